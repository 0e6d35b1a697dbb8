/** The open relay: which addresses of the Internet may send to other domains without logging on. */
import { formatValue, parseFrom, type Span } from './network.ts'
import type { Policy } from './policy.ts'
import { ruleOnRecipient } from './ruling.ts'

/** Private (RFC 1918, RFC 4193), loopback and link-local (RFC 3927, RFC 4291 section 2.5.6). */
const HARMLESS: readonly Span[] = [
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '127.0.0.0/8',
  '169.254.0.0/16',
  'fc00::/7',
  'fe80::/10',
  '::1',
].flatMap(text => {
  const parsed = parseFrom(text)
  return parsed.ok && parsed.from.kind === 'span' ? [parsed.from.span] : []
})

/**
 * Every address of the Internet that relays for anybody, in ascending ranges; undefined where there is none. The networks
 * this machine stands in are not the Internet, also where their addresses are public, as IPv6 has them in most offices.
 */
export function openRelay(policy: Policy): readonly Span[] | undefined {
  const open = [...openIn(4, policy), ...openIn(6, policy)]
  return open.length > 0 ? open : undefined
}

/** What of `after` isn't within `before`: a range that is open anew, as a whole. */
export function openedAnew(
  before: readonly Span[] | undefined,
  after: readonly Span[] | undefined,
): readonly Span[] | undefined {
  const fresh = (after ?? []).filter(span => !(before ?? []).some(old => holds(old, span)))
  return fresh.length > 0 ? fresh : undefined
}

/** Between two neighbouring starts one row of each list decides, so that one address speaks for all. */
function openIn(family: 4 | 6, policy: Policy): readonly Span[] {
  const starts = startsOf(family, policy)
  const end = family === 4 ? 1n << 32n : 1n << 128n
  const open = starts.flatMap((first, index): readonly Span[] => {
    const span = { family, first, last: (starts[index + 1] ?? end) - 1n }
    return isOpen(span, policy) ? [span] : []
  })
  return merged(open)
}

/** `::ffff:0:0/96`: no client's, since a mapped address counts as IPv4. */
const MAPPED: Span = { family: 6, first: 0xffffn << 32n, last: (0x10000n << 32n) - 1n }

function harmlessTo({ ownNetworks }: Policy): readonly Span[] {
  return [...HARMLESS, MAPPED, ...ownNetworks]
}

function startsOf(family: 4 | 6, policy: Policy): readonly bigint[] {
  const { service, global } = policy
  const lists = [service, ...(global ? [global] : [])].flatMap(({ ranges }) =>
    family === 4 ? [...ranges.v4Starts].map(BigInt) : ranges.v6Starts,
  )
  const limits = harmlessTo(policy).flatMap(span =>
    span.family === family ? [span.first, span.last + 1n] : [],
  )
  const end = family === 4 ? 1n << 32n : 1n << 128n
  return [...new Set([0n, ...lists, ...limits])]
    .filter(start => start < end)
    .sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
}

function isOpen(span: Span, policy: Policy): boolean {
  if (harmlessTo(policy).some(harmless => holds(harmless, span))) return false
  const { family, first: value } = span
  const client = { text: formatValue(family, value), family, value, v4: family === 4 ? Number(value) : 0 }
  return ruleOnRecipient(policy, client, undefined, 'external').reason === 'relay'
}

function holds(outer: Span, inner: Span): boolean {
  return outer.family === inner.family && outer.first <= inner.first && inner.last <= outer.last
}

function merged(spans: readonly Span[]): readonly Span[] {
  const starts = spans.filter((span, at) => spans[at - 1]?.last !== span.first - 1n)
  const ends = spans.filter((span, at) => spans[at + 1]?.first !== span.last + 1n)
  return starts.map((span, at) => ({ ...span, last: ends[at]?.last ?? span.last }))
}
