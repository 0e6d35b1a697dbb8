/** The idle connections of a lane: kept for a while, for what may come. */
import type { Transaction } from './source.ts'

/** Has a connection go on; undefined has it take leave. */
type Wake = (next: Transaction | undefined) => void

/** A connection with nothing to do is kept this long, milliseconds. */
const KEPT = 5000

export class Idle {
  readonly #wakes: Wake[] = []

  get some(): boolean {
    return this.#wakes.length > 0
  }

  /** Waits for something to send; undefined after a while, and when all are dismissed. */
  rest(): Promise<Transaction | undefined> {
    return new Promise(resolve => {
      const wake: Wake = next => {
        clearTimeout(timer)
        resolve(next)
      }
      const timer = setTimeout(() => {
        this.#wakes.splice(this.#wakes.indexOf(wake), 1)
        resolve(undefined)
      }, KEPT).unref()
      this.#wakes.push(wake)
    })
  }

  /** The one that came to rest last. */
  wake(next: Transaction): void {
    this.#wakes.pop()?.(next)
  }

  dismiss(): void {
    for (const wake of this.#wakes.splice(0)) wake(undefined)
  }
}
