/** The guard's time: one that nobody sets, and what it is for people. */

export interface Clocks {
  /** Milliseconds from any beginning; nobody sets it. */
  readonly steady: () => number
  /** Milliseconds since the epoch, as the machine has it; somebody may set it. */
  readonly wall: () => number
}

export const MACHINE_CLOCKS: Clocks = { steady: () => performance.now(), wall: Date.now }

export class Time {
  readonly #clocks: Clocks
  #last: number

  constructor(clocks: Clocks) {
    this.#clocks = clocks
    this.#last = clocks.steady()
  }

  /** Milliseconds; it never goes back, and runs on while the machine's clock is set. */
  readonly now = (): number => {
    this.#last = Math.max(this.#last, this.#clocks.steady())
    return this.#last
  }

  wall(): number {
    return this.#clocks.wall()
  }

  /** What the machine's clock shows then, as it goes now. */
  toWall(time: number): number {
    return Math.round(this.#clocks.wall() + time - this.now())
  }

  /** Back from `toWall`. */
  fromWall(wall: number): number {
    return this.now() + wall - this.#clocks.wall()
  }
}
