/** What is known of a host name: the last answer for IPv4 and for IPv6, each kept while there is no newer one. */
import type { Looked, LookedUp } from './name-lookup.ts'

/** `time` in milliseconds since the epoch. */
export interface Answer {
  readonly addresses: readonly string[]
  readonly time: number
}

export interface KnownName {
  readonly v4?: Answer
  readonly v6?: Answer
}

/** What is known after a look-up: a failure takes nothing away and adds nothing. */
export function afterLookUp(known: KnownName, { v4, v6 }: LookedUp, now: number): KnownName {
  const [newer4, newer6] = [newer(known.v4, v4, now), newer(known.v6, v6, now)]
  return { ...(newer4 && { v4: newer4 }), ...(newer6 && { v6: newer6 }) }
}

/**
 * Why a look-up wasn't enough, in a few words; undefined where it was. A server that fails for IPv6 only, as some do,
 * is no trouble where the name has an IPv4 address and never had another.
 */
export function failureOf(known: KnownName, { v4, v6 }: LookedUp): string | undefined {
  const kept = failed(v4, known.v4) ?? failed(v6, known.v6)
  if (kept !== undefined) return kept
  if ([v4, v6].some(looked => looked.kind === 'answered' && looked.addresses.length > 0)) return undefined
  const why = [v4, v6].find(looked => looked.kind === 'failed')
  return why?.why ?? 'the DNS knows no address of it'
}

export function addressesOf({ v4, v6 }: KnownName): readonly string[] {
  return [...(v4?.addresses ?? []), ...(v6?.addresses ?? [])]
}

/** The time of the older answer that counts; undefined where there is none. */
export function answeredAt({ v4, v6 }: KnownName): number | undefined {
  const answers = [v4, v6].filter(answer => answer !== undefined)
  const counting = answers.filter(({ addresses }) => addresses.length > 0)
  const times = (counting.length > 0 ? counting : answers).map(({ time }) => time)
  return times.length > 0 ? Math.min(...times) : undefined
}

function newer(known: Answer | undefined, looked: Looked, now: number): Answer | undefined {
  return looked.kind === 'answered' ? { addresses: looked.addresses, time: now } : known
}

/** Where addresses are kept that aren't confirmed. */
function failed(looked: Looked, known: Answer | undefined): string | undefined {
  return looked.kind === 'failed' && known && known.addresses.length > 0 ? looked.why : undefined
}
