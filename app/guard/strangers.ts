/** The strangers at one account: from how many places it was tried lately where its owner is not known. */

/** More make no difference to the pace. */
const MOST = 32

export class Strangers {
  /** When the last one tried, or will try. */
  last = Number.NEGATIVE_INFINITY
  /** When each source tried last. */
  readonly #sources = new Map<string, number>()

  note(source: string, at: number): void {
    this.#sources.delete(source)
    this.#sources.set(source, at)
    if (this.#sources.size <= MOST) return
    const [oldest = source] = this.#sources.keys()
    this.#sources.delete(oldest)
  }

  /** It was no stranger. */
  forget(source: string): void {
    this.#sources.delete(source)
  }

  /** How many others there were within the window, milliseconds. */
  besides(source: string, now: number, window: number): number {
    let others = 0
    for (const [one, at] of this.#sources) if (one !== source && now - at < window) others++
    return others
  }
}
