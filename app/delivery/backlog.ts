/** The backlog of a lane: which messages wait for its next hop, by id; their contents and envelopes are not held. */

/** Recipients of a message, as indexes. */
export type Indexes = readonly number[]

/** Messages that are told in one go that they wait. */
const SLICE = 200

export class Backlog {
  /** Told that the next hop is down; tried first when it is up again. */
  readonly #parked = new Map<string, Indexes>()
  readonly #fresh = new Map<string, Indexes>()
  #parking: NodeJS.Immediate | undefined

  get size(): number {
    return this.#parked.size + this.#fresh.size
  }

  has(id: string): boolean {
    return this.#parked.has(id) || this.#fresh.has(id)
  }

  /** A message stands in it once, with all of the recipients that it was added with; it is told anew. */
  add(id: string, recipients: Indexes): void {
    this.#fresh.set(id, union(this.get(id), recipients))
    this.#parked.delete(id)
  }

  park(id: string, recipients: Indexes): void {
    this.#parked.set(id, union(this.get(id), recipients))
    this.#fresh.delete(id)
  }

  /** Parks all the others, a few at a time since there may be very many, for as long as `tell` says so of each. */
  parkSoon(tell: (id: string, recipients: Indexes) => boolean): void {
    if (this.#fresh.size === 0) return
    this.#parking ??= setImmediate(() => {
      this.#parking = undefined
      let count = 0
      for (const [id, recipients] of this.#fresh) {
        if (count++ >= SLICE) return this.parkSoon(tell)
        if (!tell(id, recipients)) return
        this.park(id, recipients)
      }
    })
  }

  /** What waits longest. */
  shift(): readonly [string, Indexes] | undefined {
    return shift(this.#parked) ?? shift(this.#fresh)
  }

  get(id: string): Indexes | undefined {
    return this.#parked.get(id) ?? this.#fresh.get(id)
  }

  *ids(): Generator<string> {
    yield* this.#parked.keys()
    yield* this.#fresh.keys()
  }

  clear(): void {
    clearImmediate(this.#parking)
    this.#parked.clear()
    this.#fresh.clear()
  }
}

function shift(from: Map<string, Indexes>): readonly [string, Indexes] | undefined {
  const first = from.entries().next().value
  if (first) from.delete(first[0])
  return first
}

function union(one: Indexes | undefined, other: Indexes): Indexes {
  if (!one || one.every(index => other.includes(index))) return other
  return [...new Set([...one, ...other])]
}
