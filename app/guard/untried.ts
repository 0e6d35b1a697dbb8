/** Log-ons that were put off or shut out: each was compared with what was right there a moment ago, and is a guess that cost nothing. */
import { BoundedMap } from './bounded-map.ts'

/** So many of one source within the window; then nothing more is compared before its turn. */
const MOST = 20
/** Sources that are kept. */
const KEPT = 20_000

interface Counted {
  since: number
  count: number
}

export class Untried {
  readonly #sources = new BoundedMap<Counted>(KEPT)

  /** `now` and `window` in milliseconds. */
  add(source: string, now: number, window: number): void {
    const counted = this.#sources.use(source, () => ({ since: now, count: 0 }))
    if (now - counted.since >= window) Object.assign(counted, { since: now, count: 0 })
    counted.count++
  }

  isFull(source: string, now: number, window: number): boolean {
    const counted = this.#sources.peek(source)
    return counted !== undefined && counted.count >= MOST && now - counted.since < window
  }

  forget(source: string): void {
    this.#sources.delete(source)
  }
}
