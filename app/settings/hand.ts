/** Settings changed by hand while the relay runs: picked up, or refused and left alone. */
import { setTimeout as delay } from 'node:timers/promises'
import type { Problem } from './settings.ts'
import { FileWatch } from './watch.ts'

/** What the file holds. */
export type Found =
  | { readonly kind: 'in force' }
  | { readonly kind: 'refused'; readonly text: string; readonly problems: readonly Problem[] }

/** Milliseconds until a file that reads badly is read again: its editor may be in the middle of writing it. */
const patience = 300

export class HandEdits {
  readonly #pickUp: () => Promise<Found>
  readonly #refused: (problems: readonly Problem[]) => void
  readonly #watch: FileWatch
  readonly #closed = new AbortController()
  /** What was reported last, so that it is reported once. */
  #reported: string | undefined

  constructor(file: string, pickUp: () => Promise<Found>, refused: (problems: readonly Problem[]) => void) {
    this.#pickUp = pickUp
    this.#refused = refused
    this.#watch = new FileWatch(file, () => void this.#look())
    void this.#look()
  }

  close(): void {
    this.#closed.abort()
    this.#watch.close()
  }

  async #look(): Promise<void> {
    const first = await this.#find()
    if (first === undefined || first.text === this.#reported) return
    await delay(patience, undefined, { signal: this.#closed.signal }).catch(() => undefined)
    const again = await this.#find()
    if (again === undefined || again.text === this.#reported) return
    if (again.text !== first.text) return this.#look()
    this.#reported = again.text
    this.#refused(again.problems)
  }

  /** Undefined when nothing is refused. */
  async #find(): Promise<Exclude<Found, { readonly kind: 'in force' }> | undefined> {
    if (this.#closed.signal.aborted) return undefined
    const found = await this.#pickUp()
    if (found.kind === 'refused') return found
    this.#reported = undefined
    return undefined
  }
}
