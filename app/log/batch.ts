/** A batch: what came within a moment, handed on together, so that a burst costs its reader little. */

export class Batch<Item> {
  readonly #send: (items: readonly Item[]) => void
  readonly #every: number
  readonly #most: number
  #items: Item[] = []
  #timer: NodeJS.Timeout | undefined

  /** `every` in milliseconds; of more than `most` items only the newest are handed on. */
  constructor(send: (items: readonly Item[]) => void, every: number, most: number) {
    this.#send = send
    this.#every = every
    this.#most = most
  }

  add(item: Item): void {
    this.#items.push(item)
    if (this.#items.length >= 2 * this.#most) this.#items = this.#items.slice(-this.#most)
    this.#timer ??= setTimeout(() => this.flush(), this.#every)
  }

  /** Hands on at once what there is. */
  flush(): void {
    const items = this.#items.slice(-this.#most)
    this.clear()
    if (items.length > 0) this.#send(items)
  }

  /** Drops what there is. */
  clear(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#items = []
  }
}
