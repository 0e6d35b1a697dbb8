/** Fresh contents: small ones that just came in, kept in memory for their first attempt. */
import type { Sealed } from './incoming.ts'

export class FreshContents {
  readonly #limit: number
  readonly #contents = new Map<string, Buffer>()
  #bytes = 0

  /** Keeps at most `limit` bytes; the oldest contents go first. */
  constructor(limit: number) {
    this.#limit = limit
  }

  get bytes(): number {
    return this.#bytes
  }

  add(id: string, sealed: Sealed): void {
    if (sealed.kind !== 'inline' || sealed.length > this.#limit) return
    this.forget(id)
    this.#contents.set(id, Buffer.concat(sealed.chunks))
    this.#bytes += sealed.length
    for (const oldest of this.#contents.keys()) {
      if (this.#bytes <= this.#limit) return
      this.forget(oldest)
    }
  }

  get(id: string): Buffer | undefined {
    return this.#contents.get(id)
  }

  forget(id: string): void {
    this.#bytes -= this.#contents.get(id)?.length ?? 0
    this.#contents.delete(id)
  }
}
