/** The slots: how many connections go out at a time to all next hops together, shared so that none takes them all. */

export interface Slot {
  /** The next hop answered. */
  proven(): void
  /** Whether it has been waited long for an answer: meanwhile the place is free for others. */
  silent(is: boolean): void
  release(): void
}

/** Whether a next hop has answered: `doubtful` did, and owes an answer for long. */
export type Standing = 'proven' | 'unproven' | 'doubtful'

/** Who wants a connection; called when there may be room for one. */
export type Taker = () => void

/** So many times the number of places may be set apart, so that there is an end to it. */
const SET_APART = 3

export class Slots {
  readonly #most: number
  #taken = 0
  /** Taken for next hops that haven't answered yet. */
  #unproven = 0
  /** Connections that wait long for an answer, whose places are free. */
  #apart = 0
  /** In the order they asked. */
  readonly #waiting = new Set<Taker>()

  constructor(most: number) {
    this.#most = most
  }

  /** A connection that only waits costs little, but not nothing. */
  get #mostApart(): number {
    return SET_APART * this.#most
  }

  /** Somebody waits for a slot: who can do without one gives it back. */
  get wanted(): boolean {
    return this.#waiting.size > 0
  }

  /**
   * Undefined where none is free: `taker` is called later, once. Next hops that haven't answered yet have half of them
   * at most, so that those that hang don't keep mail from the others.
   */
  take(taker: Taker, standing: Standing): Slot | undefined {
    const isProven = standing === 'proven'
    const mayHang = this.#unproven < Math.max(1, this.#most / 2)
    const room = this.#taken < this.#most && (isProven || mayHang)
    if (!room || (standing === 'doubtful' && this.#apart >= this.#mostApart)) {
      this.#waiting.add(taker)
      return undefined
    }
    return this.#newSlot(isProven)
  }

  #newSlot(isProven: boolean): Slot {
    const slot = { unproven: isProven ? 0 : 1, isApart: false }
    const count = (by: 1 | -1) => {
      this.#taken += by
      this.#unproven += by * slot.unproven
    }
    const setApart = (is: boolean) => {
      if (is === slot.isApart || (is && this.#apart >= this.#mostApart)) return
      slot.isApart = is
      this.#apart += is ? 1 : -1
      count(is ? -1 : 1)
      if (is) this.#callWaiting()
    }
    count(1)
    return {
      proven: () => {
        if (!slot.isApart) this.#unproven -= slot.unproven
        slot.unproven = 0
      },
      silent: setApart,
      release: () => {
        setApart(false)
        count(-1)
        this.#callWaiting()
      },
    }
  }

  /** It wants none any more. */
  leave(taker: Taker): void {
    this.#waiting.delete(taker)
  }

  /** Whoever still can't have one asks again, in the same order. */
  #callWaiting(): void {
    const takers = [...this.#waiting]
    this.#waiting.clear()
    for (const taker of takers) taker()
  }
}
