/** A next hop: the server a message goes to, and how we come to it. */
import type { RouteEncryption } from '../settings/settings.ts'
import type { Tlsa } from './dns-message.ts'

/** Milliseconds. */
export interface Patience {
  /** For a TCP connection. */
  readonly connect: number
  /** From then to the greeting, with TLS where it is started. */
  readonly greeting: number
  /** For every other answer. */
  readonly answer: number
  /** Until a connection that waits for one no longer counts among those that others may have. */
  readonly silent: number
}

/**
 * RFC 5321 section 4.5.3.2 asks for 5 minutes at least, and for 10 after the final dot: whoever hangs up earlier sends
 * a message twice that the next hop took after all. Nobody else waits for that.
 */
export const PATIENCE: Patience = { connect: 30_000, greeting: 300_000, answer: 600_000, silent: 30_000 }

export type HopLogin = {
  readonly user: string
  /** Whether the password or token may go without TLS. */
  readonly plaintext: boolean
} & ({ readonly password: string } | { readonly token: string })

/** What a mail host publishes of its certificate in the DNS (RFC 7672). */
export interface Dane {
  /** Those that can be used; none: TLS it must be, but any certificate will do (RFC 7672 section 2.2). */
  readonly records: readonly Tlsa[]
  /** The name that the records stand at, which is told to the server. */
  readonly base: string
  /** Names that a certificate may be for, where an authority is published (RFC 7672 section 3.2.2). */
  readonly names: readonly string[]
}

export interface NextHop {
  readonly host: string
  readonly port: number
  /** Where it is connected to; by its name where absent. */
  readonly address?: string
  readonly lmtp: boolean
  readonly encryption: RouteEncryption
  /** PEM of further authorities to trust. */
  readonly trust?: string
  readonly login?: HopLogin
  /** A certificate that holds is asked for, also where the route alone wouldn't. */
  readonly mustVerify?: boolean
  /** The certificate is checked against what the host publishes in the DNS, and against nothing else. */
  readonly dane?: Dane
  /** Our name in EHLO. */
  readonly hostname: string
  readonly patience: Patience
  /** Hears of each command and reply, secrets left out. */
  readonly trace?: (line: string) => void
}

/** `host:port`, an IPv6 address in brackets. */
export function hostPort(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}
