/** A next hop: the server a message goes to, and how we come to it. */
import type { RouteEncryption } from '../settings/settings.ts'

export interface NextHop {
  readonly host: string
  readonly port: number
  readonly lmtp: boolean
  readonly encryption: RouteEncryption
  /** PEM of further authorities to trust. */
  readonly trust?: string
  readonly login?: {
    readonly user: string
    readonly password: string
    /** Whether the password may go without TLS. */
    readonly plaintext: boolean
  }
  /** Our name in EHLO. */
  readonly hostname: string
  /** Hears of each command and reply, secrets left out. */
  readonly trace?: (line: string) => void
}

/** `host:port`, an IPv6 address in brackets. */
export function hostPort(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}
