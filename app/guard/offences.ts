/** The offences of one source within a window of time: bounded, and never fewer than there were. */
import type { Offence, OffenceKind } from './offence.ts'

/** Entries that are kept; more are put together. */
export const MOST_ENTRIES = 32
/** Of the window: offences alike within so much of it are one entry, which ends with its last. */
const TOGETHER = 0.1

export class Offences {
  #entries: Offence[] = []

  get size(): number {
    return this.#entries.length
  }

  /** `now` and `window` in milliseconds; `now` never goes back. */
  add(kind: OffenceKind, who: string | undefined, now: number, window: number): void {
    this.#entries = [...this.within(now, window)]
    const at = this.#entries.findLastIndex(one => one.kind === kind && one.who === who)
    const alike = this.#entries[at]
    if (alike && now - alike.first <= window * TOGETHER)
      this.#entries[at] = { ...alike, count: alike.count + 1, last: now }
    else this.#entries.push({ kind, ...(who !== undefined && { who }), count: 1, first: now, last: now })
    if (this.#entries.length > MOST_ENTRIES) this.#putTogether()
  }

  /** The oldest first. */
  within(now: number, window: number): readonly Offence[] {
    return this.#entries.filter(({ last }) => now - last < window)
  }

  clear(): void {
    this.#entries = []
  }

  /** The two oldest of a kind become one: there are fewer kinds than entries. */
  #putTogether(): void {
    for (const [at, one] of this.#entries.entries()) {
      const next = this.#entries.findIndex((other, index) => index > at && other.kind === one.kind)
      const other = this.#entries[next]
      if (!other) continue
      this.#entries[next] = together(one, other)
      this.#entries.splice(at, 1)
      return
    }
  }
}

function together(one: Offence, other: Offence): Offence {
  const { kind, who } = one
  return {
    kind,
    ...(who !== undefined && who === other.who && { who }),
    count: one.count + other.count,
    first: Math.min(one.first, other.first),
    last: Math.max(one.last, other.last),
  }
}

export function countOf(offences: readonly Offence[], ...kinds: readonly OffenceKind[]): number {
  return offences.reduce((sum, { kind, count }) => (kinds.includes(kind) ? sum + count : sum), 0)
}

/** How often a log-on under this name failed; what is no longer told apart counts for every name. */
export function failuresOf(offences: readonly Offence[], account: string): number {
  return countOf(
    offences.filter(({ who }) => who === undefined || who === account),
    'badPassword',
    'unknownUser',
  )
}
