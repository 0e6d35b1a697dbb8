/** The engine of the guard: offences in, verdicts out. It knows no clock but the times that it is given. */
import { BoundedMap } from './bounded-map.ts'
import type { Offence, OffenceKind } from './offence.ts'
import { countOf, failuresOf, Offences } from './offences.ts'
import { delayAfter, PACE, type Pace } from './pace.ts'
import { MOST_ACCOUNTS, Places } from './places.ts'
import type { Rules } from './rules.ts'
import { Strangers } from './strangers.ts'

/** A source that is turned away. Times in milliseconds, of the engine's clock. */
export interface Block {
  readonly source: string
  readonly since: number
  readonly until: number
  readonly points: number
  /** What led to it. */
  readonly offences: readonly Offence[]
  /** Connections turned away since. */
  refused: number
}

/** A log-on that wants its turn. */
export interface Attempt {
  readonly source: string
  /** Its `accountKey`, or the name that was given where there is no such account. */
  readonly account: string
  readonly exists: boolean
  readonly now: number
  /** The source is never blocked, as those of the office: it counts as a place of every account. */
  readonly exempt: boolean
}

/** `later`: not before `at`, and it doesn't wait so long. */
export type Turn =
  | { readonly kind: 'turn'; readonly at: number; readonly reserved: boolean }
  | { readonly kind: 'later'; readonly at: number }
  | { readonly kind: 'blocked'; readonly block: Block }

/** Sources, blocks and names that are kept: all that strangers can make us keep. */
export interface Bounds {
  readonly sources: number
  /** Of all sources together. */
  readonly entries: number
  readonly blocks: number
  /** Names of log-ons, apart from those of accounts. */
  readonly names: number
}

export const BOUNDS: Bounds = { sources: 20_000, entries: 60_000, blocks: 20_000, names: 5_000 }

/** Failures of an account at a place of its own that cost no waiting. */
const OWN_FAILURES = 5

interface Kept {
  readonly offences: Offences
  /** When the last log-on from there was tried, or will be. */
  last: number
  /** Log-ons that were given their turn, and are not over. */
  pending: number
}

export class Engine {
  readonly places = new Places()
  readonly #bounds: Bounds
  readonly #pace: Pace
  readonly #sources: BoundedMap<Kept>
  /** The accounts there are, which no names that strangers invent drive out. */
  readonly #accounts = new BoundedMap<Strangers>(MOST_ACCOUNTS)
  readonly #names: BoundedMap<Strangers>
  readonly #blocks: BoundedMap<Block>
  #entries = 0

  constructor(bounds: Bounds = BOUNDS, pace: Pace = PACE) {
    this.#bounds = bounds
    this.#pace = pace
    this.#sources = new BoundedMap(bounds.sources, ({ offences }) => {
      this.#entries -= offences.size
    })
    this.#names = new BoundedMap(bounds.names)
    this.#blocks = new BoundedMap(bounds.blocks)
  }

  /** What is kept, for whoever bounds it. */
  get sizes(): Bounds {
    return {
      sources: this.#sources.size,
      entries: this.#entries,
      blocks: this.#blocks.size,
      names: this.#names.size,
    }
  }

  /** The block that counts now. */
  blockOf(source: string, now: number): Block | undefined {
    const block = this.#blocks.peek(source)
    if (!block || now < block.until) return block
    this.#blocks.delete(source)
    return undefined
  }

  blocks(now: number): readonly Block[] {
    return [...this.#blocks.entries()].flatMap(([, block]) => (now < block.until ? [block] : []))
  }

  /** A block of an earlier run. */
  restore(block: Block): void {
    this.#blocks.set(block.source, block)
  }

  /** What a source did within the window, and what led to its block. */
  offencesOf(source: string, now: number, window: number): readonly Offence[] {
    return this.#sources.peek(source)?.offences.within(now, window) ?? []
  }

  pointsOf(source: string, now: number, { window, points }: Rules): number {
    return this.offencesOf(source, now, window).reduce(
      (sum, { kind, count }) => sum + points[kind] * count,
      0,
    )
  }

  /** Takes note; the block that it leads to. One that is exempt, or blocked already, is never blocked by it. */
  offend(
    source: string,
    kind: OffenceKind,
    who: string | undefined,
    now: number,
    rules: Rules,
    exempt: boolean,
  ): Block | undefined {
    if (!rules.enabled) return undefined
    const kept = this.#keep(source)
    const before = kept.offences.size
    kept.offences.add(kind, who, now, rules.window)
    this.#entries += kept.offences.size - before
    if (this.#entries > this.#bounds.entries) this.#sources.forgetOlder()
    if (exempt || this.blockOf(source, now)) return undefined
    const points = this.pointsOf(source, now, rules)
    return points > rules.threshold ? this.#block(source, kept, points, now, rules) : undefined
  }

  /** The block that keeps the log-on out. While its source is blocked, whoever is known there may go on. */
  barring({ source, account, now, exempt }: Attempt, rules: Rules): Block | undefined {
    const block = exempt || !rules.enabled ? undefined : this.blockOf(source, now)
    if (!block || this.places.isKnown(account, source, now)) return undefined
    // A stranger has one try: he may be a colleague of who is known there.
    const hasFailed = failuresOf(this.#failedAt(source, now, rules), account) > 0
    return hasFailed || !this.isShared(source, now) ? block : undefined
  }

  /** When the log-on may be tried; then it must be settled. */
  attempt(attempt: Attempt, rules: Rules): Turn {
    const { source, account, now, exempt } = attempt
    if (!rules.enabled) return { kind: 'turn', at: now, reserved: false }
    const block = this.barring(attempt, rules)
    if (block) return { kind: 'blocked', block }
    const failed = this.#failedAt(source, now, rules)
    const isKnown = this.places.isKnown(account, source, now)
    if (isKnown && failuresOf(failed, account) < OWN_FAILURES)
      return { kind: 'turn', at: now, reserved: false }
    const kept = this.#keep(source)
    const strangers = exempt || isKnown ? undefined : this.#strangersAt(attempt)
    const at = Math.max(
      now,
      kept.last + delayAfter(logOnsIn(failed) + kept.pending, this.#pace, this.#pace.source),
      strangers ? strangers.last + this.#delayAmong(strangers, attempt, rules) : now,
    )
    if (at - now > this.#pace.patience) return { kind: 'later', at }
    kept.last = at
    kept.pending++
    strangers?.note(source, at)
    // Whoever tries alone holds up nobody else: his own source slows him.
    if (strangers && this.#delayAmong(strangers, attempt, rules) > 0) strangers.last = at
    return { kind: 'turn', at, reserved: true }
  }

  /** The reserved attempt is over, whatever came of it. */
  settle({ source }: Attempt): void {
    const kept = this.#sources.peek(source)
    if (kept) kept.pending = Math.max(0, kept.pending - 1)
  }

  /** A log-on that was right. */
  succeed({ source, account, exists, now }: Attempt): void {
    this.places.learn({ account, source, last: now })
    this.#among(exists).peek(account)?.forget(source)
  }

  /** A log-on that was not; the block that it leads to. */
  fail(attempt: Attempt, rules: Rules): Block | undefined {
    const { source, account, exists, now, exempt } = attempt
    const kind = exists ? 'badPassword' : 'unknownUser'
    return this.offend(source, kind, account, now, rules, exempt)
  }

  /** Whether an account is known there: then others than the one who offended may be there, too. */
  isShared(source: string, now: number): boolean {
    return this.places.hasAt(source, now)
  }

  /** False where it was not blocked. What it did is forgotten. */
  unblock(source: string, now: number): boolean {
    const blocked = this.blockOf(source, now) !== undefined
    this.#blocks.delete(source)
    const kept = this.#sources.peek(source)
    if (kept) {
      this.#entries -= kept.offences.size
      kept.offences.clear()
      kept.last = Number.NEGATIVE_INFINITY
    }
    return blocked
  }

  /** Also what led to its block. */
  #failedAt(source: string, now: number, { window }: Rules): readonly Offence[] {
    return [...(this.blockOf(source, now)?.offences ?? []), ...this.offencesOf(source, now, window)]
  }

  #delayAmong(strangers: Strangers, { source, now }: Attempt, { window }: Rules): number {
    return delayAfter(strangers.besides(source, now, window), this.#pace, this.#pace.account)
  }

  #block(source: string, kept: Kept, points: number, now: number, rules: Rules): Block {
    const offences = kept.offences.within(now, rules.window)
    // They led to this block, and lead to no other.
    this.#entries -= kept.offences.size
    kept.offences.clear()
    const block = { source, since: now, until: now + rules.blockTime, points, offences, refused: 0 }
    this.#blocks.set(source, block)
    return block
  }

  #keep(source: string): Kept {
    return this.#sources.use(source, newKept)
  }

  #strangersAt({ account, exists }: Attempt): Strangers {
    return this.#among(exists).use(account, () => new Strangers())
  }

  #among(exists: boolean): BoundedMap<Strangers> {
    return exists ? this.#accounts : this.#names
  }
}

function newKept(): Kept {
  return { offences: new Offences(), last: Number.NEGATIVE_INFINITY, pending: 0 }
}

function logOnsIn(offences: readonly Offence[]): number {
  return countOf(offences, 'badPassword', 'unknownUser')
}
