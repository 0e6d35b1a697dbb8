/** A map of a bounded size: what wasn't used for longest is forgotten first, half of it at a time. */
/*
 * In two generations, for a map that drops its first key each time steps over all the holes that are left by those before.
 */

export class BoundedMap<Value> {
  readonly #most: number
  readonly #dropped: (value: Value) => void
  #recent = new Map<string, Value>()
  #older = new Map<string, Value>()

  /** `dropped` is told of each value that is forgotten for want of room. */
  constructor(most: number, dropped: (value: Value) => void = () => {}) {
    this.#most = most
    this.#dropped = dropped
  }

  get size(): number {
    return this.#recent.size + this.#older.size
  }

  /** Without using it. */
  peek(key: string): Value | undefined {
    return this.#recent.get(key) ?? this.#older.get(key)
  }

  use(key: string, make: () => Value): Value {
    const found = this.#recent.get(key)
    if (found !== undefined) return found
    const value = this.#older.get(key) ?? make()
    this.set(key, value)
    return value
  }

  set(key: string, value: Value): void {
    this.#older.delete(key)
    this.#recent.set(key, value)
    if (this.#recent.size * 2 > this.#most) this.forgetOlder()
  }

  delete(key: string): boolean {
    return this.#recent.delete(key) || this.#older.delete(key)
  }

  /** What wasn't used since it was called before, or as much as there is room for. */
  forgetOlder(): void {
    for (const value of this.#older.values()) this.#dropped(value)
    this.#older = this.#recent
    this.#recent = new Map()
  }

  /** Those used longest ago first. */
  *entries(): Generator<readonly [string, Value]> {
    yield* this.#older
    yield* this.#recent
  }
}
