/** The mailboxes' lane: arrivals in local mailboxes, a few at a time. */

/** Mailboxes written at the same time. */
const WORKERS = 8

export class Mailboxes {
  #waiting: (() => Promise<void>)[] = []
  readonly #workers = new Set<Promise<void>>()

  /** `write` never rejects. */
  push(write: () => Promise<void>): void {
    this.#waiting.push(write)
    if (this.#workers.size >= WORKERS) return
    const worker = this.#work().finally(() => this.#workers.delete(worker))
    this.#workers.add(worker)
  }

  /** Begins nothing more; resolves when what was begun is done. */
  async close(): Promise<void> {
    this.#waiting = []
    await Promise.all(this.#workers)
  }

  async #work(): Promise<void> {
    for (let next = this.#waiting.shift(); next; next = this.#waiting.shift()) await next()
  }
}
