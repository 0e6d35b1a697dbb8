/** Opening a route: its hosts in turn, with TLS and log-on as set, until one takes us. */
import { readFile } from 'node:fs/promises'
import { reply } from '../mail/reply.ts'
import type { Route, SmartHost } from '../settings/settings.ts'
import { Failure } from './failure.ts'
import { hostPort, type NextHop, PATIENCE, type Patience } from './next-hop.ts'
import { Transport } from './transport.ts'

export interface RouteContext {
  /** A secret's value; undefined when there is none of this name. */
  readonly secret: (name: string) => string | undefined
  /** Whether a host is in a local network: a name counts only when all its addresses are. */
  readonly isLocalHost: (host: string) => Promise<boolean>
  /** `PATIENCE` where absent. */
  readonly patience?: Patience
}

export interface Opening {
  readonly route: Route
  /** Our name in EHLO. */
  readonly hostname: string
  readonly context: RouteContext
  /** Breaks it off: then it rejects with any error at all. */
  readonly signal: AbortSignal
  readonly trace?: (line: string) => void
}

/** Rejects with the `Failure` of the last host tried; always transient. */
export async function openRoute(opening: Opening): Promise<Transport> {
  const { route, signal, trace } = opening
  let failure: Failure | undefined
  for (const host of route.hosts) {
    try {
      return await Transport.open(await nextHop(opening, host), signal)
    } catch (error) {
      if (!(error instanceof Failure)) throw error
      trace?.(`${hostPort(host.host, host.port)}: ${error.reply.text}`)
      failure = error
    }
    if (signal.aborted) break
  }
  throw failure ?? new Failure(reply(451, '4.4.4', 'the route names no host'), 'unreachable')
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
