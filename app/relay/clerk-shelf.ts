/** The clerk's shelf: the settings in force, those that drafts were begun from, and the rows of imports. */
import { createHash } from 'node:crypto'
import { type Held, LONG, LONG_LISTS, type LongList, type Rows, rowsIn } from '../control/pieces.ts'
import type { Current } from '../settings/reader.ts'

/** Settings kept with those in force. */
const KEPT = 2
/** Rows of imports kept. */
const IMPORTED = 500_000

export class ClerkShelf {
  readonly #kept = new Map<string, Current>()
  readonly #imports = new Map<string, Rows>()
  #current: Current | undefined
  /** The settings that a draft made last. */
  #drafted: Current | undefined
  #counted = 0

  get current(): Current {
    if (!this.#current) throw new Error('The clerk holds no settings yet.')
    return this.#current
  }

  inForce(current: Current): void {
    this.#current = current
    // A draft that is in force needs its imports no more; another's may.
    if (current === this.#drafted) this.#imports.clear()
  }

  drafted(current: Current): void {
    this.#drafted = current
  }

  /** The settings under their name, which is the same for the same text. */
  keep(current: Current): Current {
    const kept = createHash('sha256').update(current.text).digest('base64url')
    const known = this.#kept.get(kept) ?? { ...current, kept }
    this.#kept.delete(kept)
    this.#kept.set(kept, known)
    for (const key of this.#kept.keys()) {
      if (this.#kept.size <= KEPT) break
      if (key !== this.#current?.kept) this.#kept.delete(key)
    }
    return known
  }

  find(kept: string): Current {
    const found = this.#kept.get(kept)
    if (!found) throw new Error('These settings are no longer kept: try again.')
    return found
  }

  /** Keeps an import's rows, the newest and others as far as there is room: a draft may hold any of them. */
  lend(rows: Rows): string {
    const of = `import ${++this.#counted}`
    this.#imports.set(of, rows)
    let left = IMPORTED
    for (const [name, { length }] of [...this.#imports].reverse()) {
      if (left <= 0) this.#imports.delete(name)
      left -= length
    }
    return of
  }

  rowsOf(of: string, list: LongList): Rows | undefined {
    return this.#imports.get(of) ?? rowsIn(this.#kept.get(of)?.settings, list)
  }

  /** The long lists in force, and the imports. */
  lists(): readonly Held[] {
    const { kept: of = '' } = this.current
    const inForce = LONG_LISTS.flatMap(list => {
      const rows = this.rowsOf(of, list)
      return rows && rows.length > LONG ? [{ of, list, rows }] : []
    })
    const imports = [...this.#imports].map(([name, rows]) => ({ of: name, list: LONG_LISTS[0], rows }))
    return [...inForce, ...imports]
  }
}
