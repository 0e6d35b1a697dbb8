/** The relay's clock: the wall's, but it never goes back, and it knows how far it is ahead then. */

/** Milliseconds that it waits for a wall clock that is set back a little. */
const LITTLE = 2000
/** A spool's times further ahead than this are a clock's that was wrong altogether, milliseconds. */
const BELIEVED = 2 * 24 * 60 * 60 * 1000

export interface Clocks {
  /** Milliseconds since the epoch, as the machine has it; somebody may set it. */
  readonly wall: () => number
  /** Milliseconds from any beginning; nobody sets it, but it may stand still while the machine sleeps. */
  readonly steady: () => number
}

const MACHINE: Clocks = { wall: Date.now, steady: () => performance.now() }

export class RelayClock {
  readonly #clocks: Clocks
  #time: number
  #at: number

  /** `newest`: the last time it showed in an earlier run, as far as that is known; it goes on from there. */
  constructor(newest = 0, clocks: Clocks = MACHINE) {
    const wall = clocks.wall()
    this.#clocks = clocks
    this.#time = newest > wall + BELIEVED ? wall : Math.max(wall, newest)
    this.#at = clocks.steady()
  }

  /** Milliseconds since the epoch. It runs on while the wall's is set back, and is ahead of that from then on. */
  readonly now = (): number => {
    const [wall, steady] = [this.#clocks.wall(), this.#clocks.steady()]
    const time = this.#time + Math.max(0, steady - this.#at)
    this.#at = steady
    if (wall >= time) this.#time = wall
    else if (time - wall > LITTLE) this.#time = time
    else this.#time = Math.max(this.#time, wall)
    return Math.floor(this.#time)
  }

  /** What the wall's clock shows at one of its own times: for people to read. */
  readonly toWall = (time: number): number => {
    const ahead = this.now() - this.#clocks.wall()
    return ahead > LITTLE ? time - ahead : time
  }
}
