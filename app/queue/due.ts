/** What is due when: message ids in order of time, a binary heap. */

interface Due {
  readonly time: number
  readonly id: string
}

/** So much that is passed over does no harm. */
const FEW = 1000

export class DueList {
  #heap: Due[] = []
  /** The time that counts for each id; what stands in the heap besides is passed over. */
  readonly #times = new Map<string, number>()

  /** An id stands in it once, at the earliest time it was added with; that may be too early when it is taken out. */
  add(id: string, time: number): void {
    if ((this.#times.get(id) ?? Number.POSITIVE_INFINITY) <= time) return
    this.#times.set(id, time)
    this.#heap.push({ id, time })
    this.#rise(this.#heap.length - 1)
    if (this.#heap.length > 2 * this.#times.size + FEW) this.#clear()
  }

  /** How much stands in it, with what is passed over. */
  get length(): number {
    return this.#heap.length
  }

  /** The earliest time, or an earlier one; undefined when empty. */
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
      if (this.#times.get(first.id) !== first.time) continue
      this.#times.delete(first.id)
      yield first.id
    }
  }

  /** Leaves what counts only: in order it is a heap, too. */
  #clear(): void {
    const counting = Array.from(this.#times, ([id, time]) => ({ id, time }))
    this.#heap = counting.sort((one, other) => one.time - other.time)
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
