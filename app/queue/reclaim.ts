/** The reclaimer: clears away segments that hold nothing wanted any more, or little. */
import type { Committer } from './committer.ts'
import { diskProblem, syncFolder } from './disk.ts'
import type { Segment } from './segment.ts'
import type { Shelf } from './shelf.ts'

export interface ReclaimerParts {
  /** Of the segments. */
  readonly folder: string
  readonly shelf: Shelf
  readonly committer: Committer
  /** Writes what a segment holds of wanted messages again, at the end of the spool. */
  readonly relocate: (segment: Segment) => Promise<void>
  readonly report: (sentence: string) => void
}

/** After a failure it rests so long, milliseconds. */
const REST = 60_000

export class Reclaimer {
  readonly #parts: ReclaimerParts
  #running: Promise<void> | undefined
  #restsUntil = 0
  #closed = false

  constructor(parts: ReclaimerParts) {
    this.#parts = parts
  }

  /** Looks whether there is something to clear away. */
  wake(): void {
    if (this.#running || this.#closed || !this.#next() || performance.now() < this.#restsUntil) return
    this.#running = this.#clear()
      .catch(error => {
        this.#restsUntil = performance.now() + REST
        this.#parts.report(diskProblem(error, 'clear its spool'))
      })
      .finally(() => {
        this.#running = undefined
      })
  }

  /** Ends with the segment it is at. */
  async close(): Promise<void> {
    this.#closed = true
    await this.#running
  }

  #next(): Segment | undefined {
    return this.#parts.shelf.reclaimable(this.#parts.committer.active)
  }

  /**
   * Segments go strictly from the oldest on, each for good before the next: the records that say a message is
   * done stand behind the message, so they must never be gone before it.
   */
  async #clear(): Promise<void> {
    const { folder, shelf, relocate } = this.#parts
    for (let oldest = this.#next(); oldest && !this.#closed; oldest = this.#next()) {
      if (!shelf.isEmpty(oldest)) await relocate(oldest)
      if (!shelf.isEmpty(oldest)) return
      await shelf.remove(oldest)
      await syncFolder(folder)
    }
  }
}
