/** What is due when: message ids in order of time, a binary heap. */

interface Due {
  readonly time: number
  readonly id: string
}

export class DueList {
  readonly #heap: Due[] = []

  /** An id may stand in it more than once; whoever takes it out checks whether it still holds. */
  add(id: string, time: number): void {
    this.#heap.push({ id, time })
    this.#rise(this.#heap.length - 1)
  }

  /** The earliest time; undefined when empty. */
  get next(): number | undefined {
    return this.#heap[0]?.time
  }

  /** Takes out the ids due at `now`, earliest first. */
  *take(now: number): Generator<string> {
    for (let first = this.#heap[0]; first && first.time <= now; first = this.#heap[0]) {
      const last = this.#heap.pop()
      if (last && this.#heap.length > 0) {
        this.#heap[0] = last
        this.#sink(0)
      }
      yield first.id
    }
  }

  #time(index: number): number {
    return this.#heap[index]?.time ?? Number.POSITIVE_INFINITY
  }

  #swap(a: number, b: number): void {
    const [one, other] = [this.#heap[a], this.#heap[b]]
    if (!one || !other) return
    this.#heap[a] = other
    this.#heap[b] = one
  }

  #rise(start: number): void {
    for (let index = start; index > 0; ) {
      const parent = (index - 1) >> 1
      if (this.#time(parent) <= this.#time(index)) return
      this.#swap(parent, index)
      index = parent
    }
  }

  #sink(start: number): void {
    for (let index = start; ; ) {
      const left = 2 * index + 1
      const least = this.#time(left + 1) < this.#time(left) ? left + 1 : left
      if (this.#time(index) <= this.#time(least)) return
      this.#swap(index, least)
      index = least
    }
  }
}
