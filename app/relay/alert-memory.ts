/** The memory of alerts: which needs are known, and who is still to be told of one; kept over a restart. */
import type { Warning } from '../control/control.ts'
import { isNews, type Needs, namesOf, needsOf } from '../control/needs.ts'
import { type KnownAlerts, readAlerts, writeAlerts } from './alert-file.ts'

/**
 * Milliseconds from the start in which what was known before counts as standing, seen or not: that a server is down,
 * say, is only found out again.
 */
const FOUND_OUT = 60 * 60 * 1000

export class AlertMemory {
  readonly #file: string
  readonly #since: number
  #known: Needs
  /** Of an earlier run, and whether each was seen in this one. */
  readonly #earlier: Map<string, boolean>
  #owed: Map<string, Set<string>>
  #written: string

  /** Without a file that can be understood, nothing is known: then it is told again. `now`: milliseconds, of any clock that runs on. */
  static async open(file: string, now: number): Promise<AlertMemory> {
    return new AlertMemory(file, now, await readAlerts(file))
  }

  private constructor(file: string, now: number, kept: KnownAlerts) {
    this.#file = file
    this.#since = now
    this.#known = new Set(kept.known)
    this.#earlier = new Map(kept.known.map(name => [name, false]))
    this.#owed = new Map(Object.entries(kept.owed).map(([to, names]) => [to, new Set(names)]))
    this.#written = JSON.stringify(kept)
  }

  /** What was known in an earlier run and still stands, as far as is known. */
  get earlier(): Needs {
    return new Set(this.#earlier.keys())
  }

  /** Takes what stands now; `to`: who is told of what is new in it. */
  look(standing: readonly Warning[], to: readonly string[], now: number): void {
    const names = needsOf(standing)
    const fresh = standing.filter(warning => isNews(warning, this.#known)).flatMap(namesOf)
    const news = fresh.filter(name => !this.#known.has(name))
    for (const [name, seen] of this.#earlier) {
      if (names.has(name)) this.#earlier.set(name, true)
      else if (seen || now - this.#since >= FOUND_OUT) this.#earlier.delete(name)
    }
    this.#known = new Set([...names, ...this.#earlier.keys()])
    // What stands no more needs nobody, and who is to be told no more hears nothing.
    this.#owed = new Map(
      to.map(address => {
        const owed = [...(this.#owed.get(address) ?? []), ...news]
        return [address, new Set(owed.filter(name => names.has(name)))]
      }),
    )
  }

  /** Of what stands, what this address is still to be told. */
  owed(to: string, standing: readonly Warning[]): readonly Warning[] {
    const names = this.#owed.get(to)
    return standing.filter(warning => namesOf(warning).some(name => names?.has(name)))
  }

  told(to: string): void {
    this.#owed.delete(to)
  }

  /** Writes it if it is other than what was written last; rejects with the system's error, and may be tried again. */
  async keep(): Promise<void> {
    const owed = [...this.#owed].filter(([, names]) => names.size > 0)
    const kept: KnownAlerts = {
      known: [...this.#known].sort(),
      owed: Object.fromEntries(owed.map(([to, names]) => [to, [...names]])),
    }
    const text = JSON.stringify(kept)
    if (text === this.#written) return
    await writeAlerts(this.#file, kept)
    this.#written = text
  }
}
