/** A source: what offences are counted by, an IPv4 address or an IPv6 network of 64 bits. */
import { type Client, formatValue, parseClient } from '../access/network.ts'

/** In IPv6 a customer, and so an attacker, has at least a /64 of addresses (RFC 6177). */
const HOST_BITS = 64n

/** `203.0.113.7`, or `2001:db8:1:2::/64`. */
export function sourceOf({ family, value, text }: Pick<Client, 'family' | 'value' | 'text'>): string {
  if (family === 4) return text
  return `${formatValue(6, (value >> HOST_BITS) << HOST_BITS)}/64`
}

/** Of what a person writes: an address, or a network as `sourceOf` writes it. Undefined where it is neither. */
export function readSource(text: string): string | undefined {
  const words = text.trim().replace(/\/64$/, '')
  const client = parseClient(words)
  if (!client || (words !== text.trim() && client.family === 4)) return undefined
  return sourceOf(client)
}

/** The first address of a source. */
export function clientOf(source: string): Client | undefined {
  return parseClient(source.replace(/\/64$/, ''))
}
