/** The open relay: addresses of the Internet that may relay without logging on. Proved, not tried. */
import { linksOf } from './machine.ts'
import { mapOf, spansWhere } from './map.ts'
import { parseFrom, type Span } from './network.ts'
import type { Policy } from './policy.ts'
import { complementOf, holdsSpans, withoutSpans } from './spans.ts'
import type { Stretch } from './stretch.ts'

/**
 * Private (RFC 1918, RFC 4193), loopback and link-local (RFC 3927, RFC 4291) addresses; and IPv4 addresses mapped to
 * IPv6, which no client has: they count as IPv4.
 */
const NOT_INTERNET = [
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '::1',
  'fc00::/7',
  'fe80::/10',
]
  .map(spanOf)
  .concat({ family: 6, first: 0xffffn << 32n, last: (0x10000n << 32n) - 1n })

/**
 * The ranges from which strangers can relay, joined; undefined proves that there are none. Complete: every address is
 * looked at, none is sampled.
 */
export function openRelay(policy: Policy): readonly Span[] | undefined {
  return openRanges(policy, mapOf(policy))
}

/** The same from a map that is there already. */
export function openRanges(policy: Policy, map: readonly Stretch[]): readonly Span[] | undefined {
  const anyone = spansWhere(map, ({ external }) => external.kind === 'anyone')
  const open = withoutSpans(anyone, trusted(policy))
  return open.length > 0 ? open : undefined
}

/** What is open after a change and wasn't before; undefined where nothing is. */
export function openedAnew(
  before: readonly Span[] | undefined,
  after: readonly Span[] | undefined,
): readonly Span[] | undefined {
  const fresh = withoutSpans(after ?? [], before ?? [])
  return fresh.length > 0 ? fresh : undefined
}

/** All addresses from which strangers may come. */
export function internetOf(policy: Pick<Policy, 'links'>): readonly Span[] {
  return complementOf(trusted(policy))
}

/** What of the networks that a machine stands in is open to strangers. */
export function strangersIn(localNetworks: readonly Span[]): readonly Span[] {
  return withoutSpans(localNetworks, [...NOT_INTERNET, ...linksOf(localNetworks)])
}

/** Whether all of its addresses are private, loopback or link-local. */
export function isPrivateSpan(span: Span): boolean {
  return holdsSpans(NOT_INTERNET, [span])
}

function trusted({ links }: Pick<Policy, 'links'>): readonly Span[] {
  return [...NOT_INTERNET, ...links]
}

function spanOf(text: string): Span {
  const parsed = parseFrom(text)
  if (!parsed.ok || parsed.from.kind !== 'span') throw new Error(`${text} is no network.`)
  return parsed.from.span
}
