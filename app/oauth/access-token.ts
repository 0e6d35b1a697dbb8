/** An access token, and how long it is good by clocks that may be set, or stand still while the machine sleeps. */

/** Milliseconds. */
export interface Clocks {
  /** Since the epoch; a person may set it. */
  readonly wall: () => number
  /** Since some moment; it never goes back, but may not count sleep. */
  readonly steady: () => number
}

export const CLOCKS: Clocks = { wall: Date.now, steady: () => performance.now() }

/** RFC 6749 section 5.1 lets a server leave it out; a next hop that refuses the token is asked again with another. */
const USUAL_LIFETIME = 3_600_000
/** It is renewed so long before its end, or a quarter of its life before it. */
const AHEAD = 300_000

export class AccessToken {
  readonly value: string
  readonly #clocks: Clocks
  readonly #wall: number
  readonly #steady: number
  readonly #good: number

  /** `lifetime`: milliseconds from now, as the server said. */
  constructor(value: string, lifetime: number | undefined, clocks: Clocks) {
    const whole = lifetime ?? USUAL_LIFETIME
    this.value = value
    this.#clocks = clocks
    this.#wall = clocks.wall()
    this.#steady = clocks.steady()
    this.#good = whole - Math.min(AHEAD, whole / 4)
  }

  /** Whichever clock says that more time went by is believed: a needless renewal costs nothing. */
  get isFresh(): boolean {
    const { wall, steady } = this.#clocks
    return Math.max(wall() - this.#wall, steady() - this.#steady) < this.#good
  }
}
