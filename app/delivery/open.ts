/** Opening a route: its hosts in turn, with TLS and log-on as set, until one takes us. */
import { reply } from '../mail/reply.ts'
import { parseKept } from '../oauth/kept-sign-in.ts'
import type { Tokens } from '../oauth/sign-ins.ts'
import { readPlainText } from '../settings/plain-file.ts'
import type { DeliverySettings, Login, SmartHost } from '../settings/settings.ts'
import { type Exchanger, type ExchangerSearch, Exchangers } from './exchanger.ts'
import { Failure } from './failure.ts'
import type { Turn } from './hosts.ts'
import { hostPort, type NextHop, PATIENCE, type Patience } from './next-hop.ts'
import { namesDomain, type Way } from './route.ts'
import type { StsPolicies } from './sts.ts'
import { isOpportunistic } from './tls.ts'
import { noToken, TokenRefused } from './token-failure.ts'
import { Transport } from './transport.ts'
import { whileWanted } from './wanted.ts'

export interface RouteContext {
  /** A secret's value; undefined when there is none of this name. */
  readonly secret: (name: string) => string | undefined
  /** Of those who log on with one. */
  readonly tokens: Tokens
  /** Whether a host is in a local network: a name counts only when all its addresses are. */
  readonly isLocalHost: (host: string) => Promise<boolean>
  /** Whom to ask for mail exchangers. */
  readonly dnsServers: () => DeliverySettings['dnsServers']
  /** Whether this server itself listens at an address and port. */
  readonly isOwn: (address: string, port: number) => boolean
  readonly policies: StsPolicies
  /** `PATIENCE` where absent. */
  readonly patience?: Patience
}

export interface Opening extends Way {
  /** Our name in EHLO. */
  readonly hostname: string
  readonly context: RouteContext
  /** Breaks it off: then it rejects with any error at all. */
  readonly signal: AbortSignal
  readonly trace?: (line: string) => void
  /** Which hosts are tried, in which order; all in theirs where absent. */
  readonly turns?: (hosts: readonly SmartHost[]) => readonly Turn[]
}

/** Rejects with the `Failure` of the last host tried; transient, unless a domain takes no mail at all. */
export async function openRoute(opening: Opening): Promise<Transport> {
  const { route, signal, trace, domain } = opening
  if (domain !== undefined) return openExchanger(opening, domain)
  let failure: Failure | undefined
  for (const { host, opened, failed } of opening.turns?.(route.hosts) ?? route.hosts.map(asTurn)) {
    try {
      const transport = await openHost(opening, host)
      opened()
      return transport
    } catch (error) {
      if (!(error instanceof Failure)) throw error
      failed()
      trace?.(`${hostPort(host.host, host.port)}: ${error.reply.text}`)
      failure = error
    }
    if (signal.aborted) break
  }
  throw failure ?? new Failure(reply(451, '4.4.4', 'the route names no host'), 'unreachable')
}

function asTurn(host: SmartHost): Turn {
  return { host, opened: () => {}, failed: () => {} }
}

/** A token can be refused for its age alone, so that another one is tried, once. */
async function openHost(opening: Opening, host: SmartHost): Promise<Transport> {
  const { route, signal, context } = opening
  const login = route.login?.method === 'oauth2' ? route.login : undefined
  const hop = await nextHop(opening, host)
  if (!login) return openHop(hop, signal)
  try {
    const transport = await Transport.open(hop, signal).catch(async error => {
      if (!(error instanceof TokenRefused) || !hop.login || !('token' in hop.login)) throw error
      opening.trace?.(`${hostPort(host.host, host.port)}: ${error.why}; asking for another token`)
      const token = await whileWanted(signal, context.tokens.tokenAfter(login, hop.login.token))
      return Transport.open({ ...hop, login: { ...hop.login, token } }, signal)
    })
    context.tokens.accepted(login)
    return transport
  } catch (error) {
    if (!(error instanceof TokenRefused)) throw noToken(error, login.secret)
    context.tokens.refusedThere(login, error.why)
    throw error.waiting
  }
}

/** Exchangers that are asked, the best first, before it is left for later. */
const MOST_TRIED = 5

async function openExchanger(opening: Opening, domain: string): Promise<Transport> {
  const { signal, trace } = opening
  const { trust } = opening.route
  const known = trust === undefined ? {} : { trust: await trusted(trust) }
  const exchangers = new Exchangers(searchOf(opening, domain))
  let failure: Failure | undefined
  for (let tried = 0; tried < MOST_TRIED && !signal.aborted; tried++) {
    const found = await exchangers.next().catch((error: unknown) => {
      // What the others said tells more than that there are no more of them.
      throw failure ?? error
    })
    try {
      const transport = await openHop({ ...exchangerHop(opening, found), ...known }, signal, found)
      tellTested(opening, domain, found, transport)
      return transport
    } catch (error) {
      if (!(error instanceof Failure)) throw error
      trace?.(`${hostPort(found.host, found.port)}: ${error.reply.text}`)
      failure = error
    }
  }
  throw failure ?? new Error('not wanted any more')
}

/** RFC 8461 section 5: what a policy that is only tried out would have kept from going there. */
function tellTested(
  { context }: Opening,
  domain: string,
  { host, tested }: Exchanger,
  { unproved }: Transport,
): void {
  const why = tested?.names === false ? "it isn't named there" : unproved
  if (tested && why !== undefined)
    context.policies.tellOnce(
      `The policy (MTA-STS) that ${domain} tries out forbids ${host}, since ${why}: mail went there all the same.`,
    )
}

function searchOf({ route, context, signal, hostname }: Opening, domain: string): ExchangerSearch {
  const { dnsServers, isOwn, policies, patience = PATIENCE } = context
  const inside = namesDomain(route, domain)
  const where = { domain, port: route.port ?? 25, servers: dnsServers(), hostname, inside }
  return { ...where, policies, isOwn, patience: patience.connect, signal }
}

/** RFC 8461 section 4, RFC 7672 section 2.2: what the domain asks for, whatever the route would do without. */
function exchangerHop(opening: Opening, { host, port, demand }: Exchanger): NextHop {
  const { route, hostname, context, trace } = opening
  const must = demand.kind !== 'nothing' && route.encryption !== 'tls'
  return {
    host,
    port,
    lmtp: false,
    encryption: must ? 'starttls-required' : route.encryption,
    mustVerify: demand.kind === 'verified',
    ...(demand.kind === 'published' && { dane: demand.dane }),
    hostname,
    patience: context.patience ?? PATIENCE,
    ...(trace && { trace }),
  }
}

/**
 * Where TLS was only an offer and breaks off, it goes on without, over a new connection (RFC 7435); `found` is the
 * address that is connected to already.
 */
async function openHop(hop: NextHop, signal: AbortSignal, found?: Exchanger): Promise<Transport> {
  try {
    return await Transport.open(hop, signal, found?.socket)
  } catch (error) {
    if (!(error instanceof Failure) || error.kind !== 'tls' || !isOpportunistic(hop) || signal.aborted)
      throw error
    hop.trace?.(`${hostPort(hop.host, hop.port)}: ${error.reply.text}; it goes on without TLS`)
    const plain = { ...hop, encryption: 'none' } as const
    if (!found) return Transport.open(plain, signal)
    return Transport.open({ ...plain, address: found.address }, signal)
  }
}

async function nextHop(
  { route, hostname, context, signal, trace }: Opening,
  { host, port }: SmartHost,
): Promise<NextHop> {
  const login = route.login && {
    user: route.login.user,
    ...(await credentialOf(route.login, context, signal)),
    plaintext: route.plaintextLogin === 'local-networks' && (await context.isLocalHost(host)),
  }
  return {
    host,
    port,
    lmtp: route.via === 'lmtp',
    encryption: route.encryption,
    ...(route.trust !== undefined && { trust: await trusted(route.trust) }),
    ...(login && { login }),
    hostname,
    patience: context.patience ?? PATIENCE,
    ...(trace && { trace }),
  }
}

async function credentialOf(
  login: Login,
  { secret, tokens }: RouteContext,
  signal: AbortSignal,
): Promise<{ readonly password: string } | { readonly token: string }> {
  if (login.method === 'oauth2')
    return {
      token: await whileWanted(signal, tokens.token(login)).catch(error => {
        throw noToken(error, login.secret)
      }),
    }
  const password = secret(login.secret)
  // A token is no password, and is for its own issuer only.
  if (password !== undefined && !parseKept(password)) return { password }
  const words = `the password "${login.secret}" isn't in the secret store: set it with  postern secret set ${login.secret}`
  throw new Failure(reply(454, '4.7.0', words), 'log-on')
}

/** The PEM text, or that of the file named. */
async function trusted(trust: string): Promise<string> {
  if (trust.includes('-----BEGIN')) return trust
  try {
    return await readPlainText(trust)
  } catch {
    throw new Failure(reply(454, '4.7.5', `the certificate file ${trust} of the route can't be read`), 'tls')
  }
}
