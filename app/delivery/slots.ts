/** The slots: how many connections go out at a time to all next hops together, shared so that none takes them all. */

export interface Slot {
  /** The next hop answered. */
  proven(): void
  release(): void
}

/** Who wants a connection; called when there may be room for one. */
export type Taker = () => void

export class Slots {
  readonly #most: number
  #taken = 0
  /** Taken for next hops that haven't answered yet. */
  #unproven = 0
  /** In the order they asked. */
  readonly #waiting = new Set<Taker>()

  constructor(most: number) {
    this.#most = most
  }

  /** Somebody waits for a slot: who can do without one gives it back. */
  get wanted(): boolean {
    return this.#waiting.size > 0
  }

  /**
   * Undefined where none is free: `taker` is called later, once. Next hops that haven't answered yet have half of them
   * at most, so that those that hang don't keep mail from the others.
   */
  take(taker: Taker, isProven: boolean): Slot | undefined {
    const room = this.#taken < this.#most && (isProven || this.#unproven < Math.max(1, this.#most / 2))
    if (!room) {
      this.#waiting.add(taker)
      return undefined
    }
    this.#taken++
    let unproven = isProven ? 0 : 1
    this.#unproven += unproven
    const proven = () => {
      this.#unproven -= unproven
      unproven = 0
    }
    return {
      proven,
      release: () => {
        proven()
        this.#taken--
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
