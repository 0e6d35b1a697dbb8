/** A route: where a recipient goes, the first one whose domains match. */
import { parseAddress } from '../mail/address.ts'
import type { Recipient } from '../mail/envelope.ts'
import type { Route } from '../settings/settings.ts'
import { hostPort } from './next-hop.ts'

export type Destination =
  | { readonly kind: 'mailbox'; readonly account: string }
  | { readonly kind: 'next-hop'; readonly route: Route }
  | { readonly kind: 'hold'; readonly why: string }

/** `released`: a person let it go, so that routes which only hold are passed over. */
export function destination(recipient: Recipient, routes: readonly Route[], released = false): Destination {
  if (recipient.mailbox !== undefined) return { kind: 'mailbox', account: recipient.mailbox }
  const parsed = parseAddress(recipient.address)
  const domain = parsed.ok ? parsed.address.domain : ''
  const taking = routes.filter(({ to }) => to.some(pattern => matches(pattern, domain)))
  const route = released ? taking.find(({ via }) => via !== 'hold') : taking[0]
  if (!route) return { kind: 'hold', why: `no route for ${domain}${taking[0] ? ' but one that holds' : ''}` }
  switch (route.via) {
    case 'smart-host':
    case 'lmtp':
      return { kind: 'next-hop', route }
    case 'hold':
      return { kind: 'hold', why: `the route for ${route.to.join(', ')} holds mail` }
    case 'mx':
      return { kind: 'hold', why: 'this version sends through smart hosts only, not directly by MX' }
  }
}

/** As in `partner.example`, `*.partner.example` (its subdomains, not itself) or `*`. */
function matches(pattern: string, domain: string): boolean {
  if (pattern === '*') return true
  return pattern.startsWith('*.') ? domain.endsWith(pattern.slice(1)) : pattern === domain
}

/** A destination in words. */
export function describeDestination(where: Destination): string {
  switch (where.kind) {
    case 'mailbox':
      return `mailbox ${where.account}`
    case 'next-hop': {
      const hosts = where.route.hosts.map(({ host, port }) => hostPort(host, port)).join(', then ')
      return where.route.via === 'lmtp' ? `LMTP ${hosts}` : `smart host ${hosts}`
    }
    case 'hold':
      return `held: ${where.why}`
  }
}
