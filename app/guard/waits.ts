/** The waits of log-ons for their turn; all end with the relay. */
import type { Time } from './time.ts'

/** Goes on with what waits; false at the end of it all. */
type GoOn = (turn: boolean) => void

export class Waits {
  readonly #time: Pick<Time, 'now'>
  readonly #waiting = new Map<string, Set<GoOn>>()
  #closed = false

  constructor(time: Pick<Time, 'now'>) {
    this.#time = time
  }

  /** Resolves at `at`, or sooner where `place` is released: true; false when all is over. */
  async until(at: number, place: string): Promise<boolean> {
    const wait = at - this.#time.now()
    if (wait <= 0 || this.#closed) return !this.#closed
    return new Promise(resolve => {
      const goOn = (turn: boolean) => {
        clearTimeout(timer)
        this.#forget(place, goOn)
        resolve(turn)
      }
      const timer = setTimeout(goOn, wait, true)
      const others = this.#waiting.get(place) ?? new Set()
      this.#waiting.set(place, others.add(goOn))
    })
  }

  release(place: string): void {
    for (const goOn of [...(this.#waiting.get(place) ?? [])]) goOn(true)
  }

  close(): void {
    this.#closed = true
    for (const waiting of [...this.#waiting.values()]) for (const goOn of [...waiting]) goOn(false)
  }

  #forget(place: string, goOn: GoOn): void {
    const waiting = this.#waiting.get(place)
    waiting?.delete(goOn)
    if (waiting?.size === 0) this.#waiting.delete(place)
  }
}
