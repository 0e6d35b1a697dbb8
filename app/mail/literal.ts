/** Address literals: an IP address where a domain could stand (RFC 5321 section 4.1.3). */
import { isIPv4, isIPv6 } from 'node:net'

/**
 * `[192.0.2.1]` or `[IPv6:2001:db8::1]` in canonical form; undefined for anything else. An IPv4-mapped address
 * stays IPv6, as it was written.
 */
export function parseLiteral(text: string): string | undefined {
  const inner = /^\[([!-Z^-~]+)\]$/.exec(text)?.[1] ?? ''
  if (isIPv4(inner)) return text
  const ip = /^IPv6:(.+)$/i.exec(inner)?.[1] ?? ''
  return isIPv6Literal(ip) ? `[IPv6:${canonicalIPv6(ip)}]` : undefined
}

/** The literal of a connected address, IPv4-mapped as IPv4 and without its zone; undefined when it isn't one. */
export function literalOf(ip: string): string | undefined {
  const bare = ip.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/s, '')
  if (isIPv4(bare)) return `[${bare}]`
  return isIPv6(bare) ? `[IPv6:${canonicalIPv6(bare)}]` : undefined
}

/** RFC 5321 is stricter than RFC 4291: `::` stands for two groups at least, and there is no zone. */
function isIPv6Literal(ip: string): boolean {
  if (!isIPv6(ip) || ip.includes('%')) return false
  const groups = ip.split(/::?/).filter(group => group !== '').length + (ip.includes('.') ? 1 : 0)
  return !ip.includes('::') || groups <= 6
}

/** RFC 5952: lower case, the longest run of zeros as `::`, IPv4-mapped with dots (its section 5). */
function canonicalIPv6(ip: string): string {
  const plain = new URL(`http://[${ip}]/`).hostname.slice(1, -1)
  const mapped = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(plain)
  if (!mapped) return plain
  const [high, low] = [mapped[1], mapped[2]].map(group => Number.parseInt(group ?? '', 16))
  return `::ffff:${octets(high ?? 0)}.${octets(low ?? 0)}`
}

function octets(group: number): string {
  return `${group >> 8}.${group & 255}`
}
