/** Where the entries of a list stand in another one, as the very same objects: quick where most stand as before. */

/** Entries that are looked for one by one before a table of all is made. */
const byOne = 64

export class Places {
  readonly #list: readonly unknown[]
  #misses = 0
  #table: ReadonlyMap<unknown, number> | undefined

  constructor(list: readonly unknown[]) {
    this.#list = list
  }

  /** `expected`: after an edit most entries stand where they stood, or close by. */
  find(entry: unknown, expected: number): number | undefined {
    for (const step of [0, 1, -1, 2, -2]) if (this.#list[expected + step] === entry) return expected + step
    if (this.#misses++ < byOne) return known(this.#list.indexOf(entry))
    this.#table ??= new Map(this.#list.map((one, at) => [one, at]))
    return this.#table.get(entry)
  }
}

function known(at: number): number | undefined {
  return at < 0 ? undefined : at
}
