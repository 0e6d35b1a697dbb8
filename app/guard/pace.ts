/** The pace of log-ons that may be guesses: each failure makes the next one wait longer. Times in milliseconds. */

export interface Pace {
  /** Failures that cost nothing: people mistype. */
  readonly free: number
  /** The first wait after the last attempt; each next one is twice as long. */
  readonly first: number
  /** The longest between log-ons from one source. */
  readonly source: number
  /** The same for strangers at one account, from wherever they come. */
  readonly account: number
  /** How long a log-on waits for its turn; who would wait longer is told to come again. */
  readonly patience: number
}

export const PACE: Pace = { free: 3, first: 500, source: 15_000, account: 60_000, patience: 15_000 }

/** How long after the last attempt the one may begin that so many failures, or attempts under way, go before. */
export function delayAfter(failures: number, { free, first }: Pace, most: number): number {
  return failures < free ? 0 : Math.min(most, first * 2 ** Math.min(failures - free, 20))
}
