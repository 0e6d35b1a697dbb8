/** A pattern of addresses: one address, a domain, its subdomains (`*.domain`), or all (`*`). */
import { parseAddress } from './address.ts'
import { canonicalDomain } from './domain.ts'

/** Whether a canonical address is meant. */
export type Matches = (address: string) => boolean

/** Undefined for text that is no such pattern. Local parts match without case, as people mean them. */
export function parsePattern(text: string): Matches | undefined {
  if (text === '*') return () => true
  if (text.includes('@')) {
    const parsed = parseAddress(text.replace(/^@/, 'any@'))
    if (!parsed.ok) return undefined
    if (text.startsWith('@')) return inDomain(parsed.address.domain)
    const { localPart, domain } = parsed.address
    const wanted = localPart.toLowerCase()
    return address => {
      const other = parseAddress(address)
      return other.ok && other.address.domain === domain && other.address.localPart.toLowerCase() === wanted
    }
  }
  const domain = canonicalDomain(text.replace(/^\*\./, ''))
  if (domain === undefined) return undefined
  return text.startsWith('*.') ? inDomain(`.${domain}`, true) : inDomain(domain)
}

function inDomain(domain: string, below = false): Matches {
  return address => {
    const other = address.slice(address.lastIndexOf('@') + 1)
    return below ? other.endsWith(domain) : other === domain
  }
}
