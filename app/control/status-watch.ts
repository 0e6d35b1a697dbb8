/** The status as it changes: asked for again after events, never so often that the asking costs much. */
import type { Subscribe } from '../log/recent.ts'
import type { Status } from './control.ts'

/** Milliseconds. */
const SOONEST = 250
const LATEST = 10_000
/** Of the time, at most one part in so many is spent on asking. */
const SHARE = 50

export class StatusWatch {
  readonly #ask: () => Promise<Status>
  readonly #listeners = new Set<(status: Status) => void>()
  readonly #unsubscribe: () => void
  readonly #heartbeat: NodeJS.Timeout
  #last: Status | undefined
  #told = ''
  /** How often it was asked for, and the latest of these that was answered. */
  #asked = 0
  #answered = 0
  #timer: NodeJS.Timeout | undefined
  #pause = SOONEST
  #closed = false

  constructor(ask: () => Promise<Status>, subscribe: Subscribe) {
    this.#ask = ask
    this.#unsubscribe = subscribe(() => this.#soon())
    this.#heartbeat = setInterval(() => this.#soon(), LATEST).unref()
  }

  /** As it was when it was last asked for. */
  get last(): Status | undefined {
    return this.#last
  }

  /** Calls for every change from now on, until the function it returns is called. */
  subscribe(listener: (status: Status) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Asks now; rejects where it can't be asked. */
  async look(): Promise<Status> {
    const start = performance.now()
    const turn = ++this.#asked
    const status = await this.#ask()
    // One that was asked for later has come already: what this one says is over.
    if (turn < this.#answered) return status
    this.#answered = turn
    this.#pause = Math.max(SOONEST, (performance.now() - start) * SHARE)
    this.#last = status
    const text = JSON.stringify(status)
    if (text !== this.#told && !this.#closed) {
      this.#told = text
      for (const listener of this.#listeners) listener(status)
    }
    return status
  }

  close(): void {
    this.#closed = true
    this.#unsubscribe()
    clearInterval(this.#heartbeat)
    clearTimeout(this.#timer)
  }

  #soon(): void {
    if (this.#closed) return
    this.#timer ??= setTimeout(() => {
      // An event that comes while it is asked has it asked again.
      this.#timer = undefined
      this.look().catch(() => undefined)
    }, this.#pause)
  }
}
