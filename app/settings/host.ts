/** A host with its port, as routes and DNS servers name them: `host`, `host:port`, `192.0.2.1:25`, `[2001:db8::1]:25`. */
import { isIP, isIPv6 } from 'node:net'
import { domainToASCII } from 'node:url'

export interface HostAndPort {
  readonly host: string
  readonly port: number | undefined
}

/** Undefined when it is none; the host comes back in lower case and A-label form. */
export function parseHost(text: string): HostAndPort | undefined {
  if (isIPv6(text)) return { host: text.toLowerCase(), port: undefined }
  const found = /^(?:\[([^[\]]+)\]|([^[\]:]+))(?::(\d{1,5}))?$/.exec(text)
  if (!found) return undefined
  const [, bracketed, plain = '', digits] = found
  const host =
    bracketed === undefined ? canonicalHost(plain) : isIPv6(bracketed) ? bracketed.toLowerCase() : undefined
  const port = digits === undefined ? undefined : Number(digits)
  return host === undefined || port === 0 || (port ?? 1) > 65535 ? undefined : { host, port }
}

/** `host:port`, in brackets where the host is IPv6. */
export function formatHost(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}

/** An IPv4 address or a host name of one or more labels (RFC 1123 section 2.1; "_" is met in offices). */
export function canonicalHost(text: string): string | undefined {
  // domainToASCII reads a URL's host, in which "%41" and other signs would mean more than they say.
  if (!/^[\w.\-\u0080-\u{10ffff}]+$/u.test(text)) return undefined
  const host = domainToASCII(text.replace(/\.$/, '')).toLowerCase()
  if (isIP(host) !== 0) return host === text ? host : undefined
  const label = '[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?'
  const isName = host.length <= 253 && new RegExp(`^${label}(?:\\.${label})*$`).test(host)
  return isName && !/(?:^|\.)\d+$/.test(host) ? host : undefined
}
