/** A token bucket: how many messages a minute go to a next hop, by a clock that nobody sets. */

const MINUTE = 60_000

export class Bucket {
  readonly perMinute: number
  /** Milliseconds of a clock that only goes forward. */
  readonly #steady: () => number
  /** So many may go in one go after a pause. */
  readonly #most: number
  /** Tokens a millisecond: with those of one go, no minute has more than it may. */
  readonly #rate: number
  #tokens: number
  #filled: number

  constructor(perMinute: number, steady: () => number) {
    this.perMinute = perMinute
    this.#steady = steady
    this.#most = Math.max(1, Math.floor(perMinute / 10))
    this.#rate = (perMinute - this.#most + 1) / MINUTE
    this.#tokens = this.#most
    this.#filled = steady()
  }

  /** 0 where a message may go; else the milliseconds until one may. */
  get wait(): number {
    const now = this.#steady()
    this.#tokens = Math.min(this.#most, this.#tokens + (now - this.#filled) * this.#rate)
    this.#filled = now
    return this.#tokens < 1 ? Math.ceil((1 - this.#tokens) / this.#rate) : 0
  }

  /** Counts a message that goes, after it had no wait. */
  take(): void {
    this.#tokens -= 1
  }
}
