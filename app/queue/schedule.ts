/** The retry schedule: when a deferred recipient is tried again, or that it is given up. */

export interface RetryTimes {
  /** Milliseconds after the 1st, 2nd, … failure; the last is repeated. */
  readonly retry: readonly number[]
  /** Milliseconds since the message arrived. */
  readonly giveUpAfter: number
}

/** Each wait is changed by up to this part of it either way, so that messages don't come back in step. */
const JITTER = 0.1

/**
 * The time of the next attempt, milliseconds since the epoch; undefined when it is time to give up.
 * The last attempt falls on the moment of giving up, never after it.
 *
 * @param failures attempts that failed so far, this one included: 1 or more
 * @param random 0 up to 1
 */
export function nextAttempt(
  times: RetryTimes,
  received: number,
  failures: number,
  now: number,
  random: number,
): number | undefined {
  const end = received + times.giveUpAfter
  if (now >= end) return undefined
  return Math.min(now + waitAfter(times.retry, failures, random), end)
}

/**
 * Milliseconds from one failure to the next attempt, of a recipient or of a next hop.
 *
 * @param failures in a row, this one included: 1 or more
 * @param random 0 up to 1
 */
export function waitAfter(retry: readonly number[], failures: number, random: number): number {
  const wait = retry[Math.min(failures, retry.length) - 1] ?? 0
  return Math.round(wait * (1 + JITTER * (2 * random - 1)))
}
