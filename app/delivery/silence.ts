/** Silence: which of a lane's connections wait for an answer so long that their places go to others. */
import type { Slot } from './slots.ts'

/** What an answer is waited for to, and since when: milliseconds of a clock that nobody sets. */
export interface Waiting {
  readonly to: string
  readonly since: number
}

/** What is waited for once a whole message was sent. */
export const THE_MESSAGE = 'the message'

/** One of the lane's connections. */
export interface Waiter {
  readonly waiting: Waiting | undefined
}

export class Silence {
  /** Milliseconds after which it counts. */
  readonly #after: number
  readonly #changed: () => void
  readonly #waiters = new Map<Waiter, Slot>()
  #silent = 0
  #timer: NodeJS.Timeout | undefined

  /** `changed` hears when one becomes silent, or is so no longer. */
  constructor(after: number, changed: () => void) {
    this.#after = after
    this.#changed = changed
  }

  watch(waiter: Waiter, slot: Slot): void {
    this.#waiters.set(waiter, slot)
    this.#timer ??= setInterval(() => this.#look(), this.#after / 4).unref()
  }

  forget(waiter: Waiter): void {
    this.#waiters.delete(waiter)
    if (this.#waiters.size > 0) return
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  isSilent({ waiting }: Waiter): boolean {
    return waiting !== undefined && performance.now() - waiting.since >= this.#after
  }

  /** Connections that are silent now, with what each waits for, the longest first. */
  get all(): readonly Waiting[] {
    const silent = [...this.#waiters.keys()].filter(waiter => this.isSilent(waiter))
    return silent.flatMap(({ waiting }) => waiting ?? []).sort((one, other) => one.since - other.since)
  }

  #look(): void {
    for (const [waiter, slot] of [...this.#waiters]) slot.silent(this.isSilent(waiter))
    const silent = this.all.length
    if (silent === this.#silent) return
    this.#silent = silent
    this.#changed()
  }
}
