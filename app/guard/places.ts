/** The places where accounts logged on: where their owners are known. */
import { BoundedMap } from './bounded-map.ts'

/** A log-on from a source, and when it was the last, milliseconds. */
export interface Place {
  readonly account: string
  readonly source: string
  readonly last: number
}

/** Milliseconds that a good log-on counts: 30 days. */
export const KNOWN_FOR = 30 * 24 * 60 * 60 * 1000
/** Kept of each account; a laptop on the road has many. */
const MOST_OF_ONE = 100
export const MOST_ACCOUNTS = 10_000

export class Places {
  /** By account: the time of the last good log-on, by source. */
  readonly #known = new BoundedMap<BoundedMap<number>>(MOST_ACCOUNTS)

  learn({ account, source, last }: Place): void {
    this.#known.use(account, () => new BoundedMap(MOST_OF_ONE)).set(source, last)
  }

  isKnown(account: string, source: string, now: number): boolean {
    const last = this.#known.peek(account)?.peek(source)
    return last !== undefined && now - last < KNOWN_FOR
  }

  /** The accounts that are known at a source. */
  at(source: string, now: number): readonly string[] {
    return [...this.#known.entries()].flatMap(([account]) =>
      this.isKnown(account, source, now) ? [account] : [],
    )
  }

  hasAt(source: string, now: number): boolean {
    for (const [account] of this.#known.entries()) if (this.isKnown(account, source, now)) return true
    return false
  }

  all(now: number): readonly Place[] {
    return [...this.#known.entries()].flatMap(([account, sources]) =>
      [...sources.entries()].flatMap(([source, last]) =>
        now - last < KNOWN_FOR ? [{ account, source, last }] : [],
      ),
    )
  }
}
