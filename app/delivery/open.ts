/** Opening a route: its hosts in turn, with TLS and log-on as set, until one takes us. */
import { readFile } from 'node:fs/promises'
import { reply } from '../mail/reply.ts'
import type { DeliverySettings, Route, SmartHost } from '../settings/settings.ts'
import { type Exchanger, findExchanger } from './exchanger.ts'
import { Failure } from './failure.ts'
import type { Turn } from './hosts.ts'
import { hostPort, type NextHop, PATIENCE, type Patience } from './next-hop.ts'
import type { Way } from './route.ts'
import type { StsPolicies } from './sts.ts'
import { Transport } from './transport.ts'

export interface RouteContext {
  /** A secret's value; undefined when there is none of this name. */
  readonly secret: (name: string) => string | undefined
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
      const transport = await Transport.open(await nextHop(opening, host), signal)
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

/** Exchangers that are asked, the best first, before it is left for later. */
const MOST_TRIED = 5

async function openExchanger(opening: Opening, domain: string): Promise<Transport> {
  const { signal, trace } = opening
  const passed: string[] = []
  let failure: Failure | undefined
  while (passed.length < MOST_TRIED && !signal.aborted) {
    const found = await search(opening, domain, passed).catch(error => {
      // What the others said tells more than that there are no more of them.
      throw failure ?? error
    })
    try {
      return await Transport.open(exchangerHop(opening, found), signal, found.socket)
    } catch (error) {
      if (!(error instanceof Failure)) throw error
      trace?.(`${hostPort(found.host, found.port)}: ${error.reply.text}`)
      failure = error
      passed.push(found.address)
    }
  }
  throw failure ?? new Error('not wanted any more')
}

function search({ route, context, signal }: Opening, domain: string, passed: readonly string[]) {
  const { dnsServers, isOwn, policies, patience = PATIENCE } = context
  const where = { domain, port: route.port ?? 25, servers: dnsServers(), passed: [...passed] }
  return findExchanger({ ...where, policies, isOwn, patience: patience.connect, signal })
}

/** RFC 8461 section 4: a policy that is enforced asks for TLS with a certificate for the exchanger's name. */
function exchangerHop(opening: Opening, { host, port, mustVerify }: Exchanger): NextHop {
  const { route, hostname, context, trace } = opening
  return {
    host,
    port,
    lmtp: false,
    encryption: mustVerify && route.encryption !== 'tls' ? 'starttls-required' : route.encryption,
    mustVerify,
    hostname,
    patience: context.patience ?? PATIENCE,
    ...(trace && { trace }),
  }
}

async function nextHop(
  { route, hostname, context, trace }: Opening,
  { host, port }: SmartHost,
): Promise<NextHop> {
  const login = route.login && {
    user: route.login.user,
    password: passwordOf(route.login, context),
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

function passwordOf(login: NonNullable<Route['login']>, { secret }: RouteContext): string {
  if (login.method === 'oauth2')
    throw new Failure(
      reply(454, '4.7.0', 'this version logs on with a password only, not by OAuth2'),
      'log-on',
    )
  const password = secret(login.secret)
  if (password !== undefined) return password
  const words = `the password "${login.secret}" isn't in the secret store: set it with  postern secret set ${login.secret}`
  throw new Failure(reply(454, '4.7.0', words), 'log-on')
}

/** The PEM text, or that of the file named. */
async function trusted(trust: string): Promise<string> {
  if (trust.includes('-----BEGIN')) return trust
  try {
    return await readFile(trust, 'utf8')
  } catch {
    throw new Failure(reply(454, '4.7.5', `the certificate file ${trust} of the route can't be read`), 'tls')
  }
}
