/** A route: where a recipient goes, the first one whose domains, senders and accounts match. */
import { parseAddress } from '../mail/address.ts'
import type { Recipient } from '../mail/envelope.ts'
import { type Matches, parsePattern } from '../mail/pattern.ts'
import type { Message } from '../queue/message.ts'
import type { Route } from '../settings/settings.ts'
import { hostPort } from './next-hop.ts'

export type Destination =
  | { readonly kind: 'mailbox'; readonly account: string }
  /** An alias, whose members are recipients of their own. */
  | { readonly kind: 'alias' }
  | { readonly kind: 'next-hop'; readonly way: Way }
  | { readonly kind: 'hold'; readonly why: string }

/** A route, and for `mx` the domain whose exchangers take the mail. */
export interface Way {
  readonly route: Route
  readonly domain?: string
}

/** Whose mail it is. */
export interface Sender {
  readonly reversePath: string
  /** The account that was logged on. */
  readonly user?: string
}

export function senderOf({ envelope, origin }: Pick<Message, 'envelope' | 'origin'>): Sender {
  const { reversePath } = envelope
  return origin.user === undefined ? { reversePath } : { reversePath, user: origin.user }
}

/** `released`: a person let it go, so that routes which only hold are passed over. */
export function destination(
  recipient: Recipient,
  sender: Sender,
  routes: readonly Route[],
  released = false,
): Destination {
  if (recipient.expanded) return { kind: 'alias' }
  if (recipient.mailbox !== undefined) return { kind: 'mailbox', account: recipient.mailbox }
  const parsed = parseAddress(recipient.address)
  const domain = parsed.ok ? parsed.address.domain : ''
  const taking = routes.filter(
    route => route.to.some(pattern => matches(pattern, domain)) && isFrom(sender, route),
  )
  const route = released ? taking.find(({ via }) => via !== 'hold') : taking[0]
  if (!route) return { kind: 'hold', why: `no route for ${domain}${taking[0] ? ' but one that holds' : ''}` }
  switch (route.via) {
    case 'smart-host':
    case 'lmtp':
      return { kind: 'next-hop', way: { route } }
    case 'mx':
      return { kind: 'next-hop', way: { route, domain } }
    case 'hold':
      return { kind: 'hold', why: `the route for ${route.to.join(', ')} holds mail` }
  }
}

/** Whether the route is for this domain in particular, and not for every one. */
export function namesDomain({ to }: Route, domain: string): boolean {
  return to.some(pattern => pattern !== '*' && matches(pattern, domain))
}

/** As in `partner.example`, `*.partner.example` (its subdomains, not itself) or `*`. */
function matches(pattern: string, domain: string): boolean {
  if (pattern === '*') return true
  return pattern.startsWith('*.') ? domain.endsWith(pattern.slice(1)) : pattern === domain
}

function isFrom({ reversePath, user }: Sender, { senders, users }: Route): boolean {
  if (users.length > 0 && !users.some(name => name.toLowerCase() === user?.toLowerCase())) return false
  if (senders.length === 0) return true
  return senders.some(pattern =>
    reversePath === '' ? pattern === '*' : (patternOf(pattern)?.(reversePath) ?? false),
  )
}

const patterns = new Map<string, Matches | undefined>()
/** Of settings that came and went; there are never so many in force. */
const MOST_PATTERNS = 1000

function patternOf(text: string): Matches | undefined {
  if (patterns.has(text)) return patterns.get(text)
  if (patterns.size >= MOST_PATTERNS) patterns.clear()
  const matches = parsePattern(text)
  patterns.set(text, matches)
  return matches
}

/** A destination in words. */
export function describeDestination(where: Destination): string {
  switch (where.kind) {
    case 'mailbox':
      return `mailbox ${where.account}`
    case 'alias':
      return 'those behind this address'
    case 'next-hop': {
      const { route, domain } = where.way
      if (domain !== undefined) return `the mail exchangers of ${domain}`
      const hosts = hostsOf(route)
      return route.via === 'lmtp' ? `LMTP ${hosts}` : `smart host ${hosts}`
    }
    case 'hold':
      return `held: ${where.why}`
  }
}

/** `a.example:587, then b.example:587`. */
function hostsOf({ hosts }: Route): string {
  return hosts.map(({ host, port }) => hostPort(host, port)).join(', then ')
}

/** The next hop's name, before one is reached. */
export function nameOf({ route, domain }: Way): string {
  if (domain !== undefined) return domain
  return route.hosts.map(({ host, port }) => hostPort(host, port)).join(', ')
}
