/** What of the guard outlasts a restart: the blocks with their ends, and where the accounts logged on. */
import type { Emit } from '../log/event.ts'
import { errorText } from '../settings/system-error.ts'
import type { Engine } from './engine.ts'
import { readState, writeState } from './state-file.ts'
import type { Time } from './time.ts'

/** Milliseconds after a change until it is written, so that a flood of them is written once. */
const SOON = 2000
/** The same for log-ons, which are many, and of which only the day counts. */
const LATER = 60_000

export class KeptState {
  readonly #engine: Engine
  readonly #time: Time
  readonly #file: string | undefined
  readonly #emit: Emit
  #timer: NodeJS.Timeout | undefined
  #due = Number.POSITIVE_INFINITY
  #isWritten = true
  #writing: Promise<void> = Promise.resolve()
  #hasFailed = false

  constructor(engine: Engine, time: Time, file: string | undefined, emit: Emit) {
    this.#engine = engine
    this.#time = time
    this.#file = file
    this.#emit = emit
  }

  /** Never rejects. */
  async read(): Promise<void> {
    if (this.#file === undefined) return
    try {
      const { blocks, places } = await readState(this.#file, this.#time)
      for (const block of blocks) this.#engine.restore(block)
      for (const place of places) this.#engine.places.learn(place)
    } catch (error) {
      const text = `Which addresses are blocked can't be read (${this.#file}: ${errorText(error)}): none is, until it errs again.`
      this.#emit({ kind: 'warning', text })
    }
  }

  /** Blocks are others than before. */
  changed(): void {
    this.#writeAfter(SOON)
  }

  /** Places are. */
  learned(): void {
    this.#writeAfter(LATER)
  }

  async close(): Promise<void> {
    clearTimeout(this.#timer)
    await this.#write()
  }

  #writeAfter(wait: number): void {
    this.#isWritten = false
    const due = this.#time.now() + wait
    if (this.#file === undefined || due >= this.#due) return
    this.#due = due
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => void this.#write(), wait).unref()
  }

  /** One after the other; a failure is told once, until it works again. */
  #write(): Promise<void> {
    this.#due = Number.POSITIVE_INFINITY
    this.#writing = this.#writing.then(async () => {
      const file = this.#file
      if (this.#isWritten || file === undefined) return
      this.#isWritten = true
      try {
        await writeState(file, this.#engine, this.#time)
        this.#hasFailed = false
      } catch (error) {
        this.#isWritten = false
        if (this.#hasFailed) return
        this.#hasFailed = true
        const text = `Which addresses are blocked can't be kept (${errorText(error)}): after a restart none is.`
        this.#emit({ kind: 'warning', text })
      }
    })
    return this.#writing
  }
}
