/** The newest events, kept at hand: what a new window starts from, without a gap or an event twice. */
import type { Event } from './event.ts'

/** Calls the listener for every event until the function it returns is called. */
export type Subscribe = (listener: (event: Event) => void) => () => void

export class RecentEvents {
  readonly #most: number
  readonly #stop: () => void
  #events: Event[] = []
  /** Resolves when the earlier ones are in. */
  readonly ready: Promise<void>

  /** `read` answers with the newest so many of the journal, oldest first. */
  constructor(subscribe: Subscribe, read: (limit: number) => Promise<readonly Event[]>, most = 1000) {
    this.#most = most
    this.#stop = subscribe(event => this.#add(event))
    this.ready = read(most).then(earlier => this.#prepend(earlier))
  }

  /** Oldest first. */
  get events(): readonly Event[] {
    return this.#events.slice(-this.#most)
  }

  close(): void {
    this.#stop()
  }

  #add(event: Event): void {
    this.#events.push(event)
    if (this.#events.length >= 2 * this.#most) this.#events = this.#events.slice(-this.#most)
  }

  /** What came while the journal was read may be in it already. */
  #prepend(earlier: readonly Event[]): void {
    const first = this.#events[0]?.time ?? Number.POSITIVE_INFINITY
    this.#events = [...earlier.filter(({ time }) => time < first), ...this.#events].slice(-this.#most)
  }
}
