/** The host names of the rows: looked up every few minutes, with the last answers kept, also over a restart. */
import { type NamedAddresses, NOT_BY_NAME, namedAddresses } from '../access/name-answer.ts'
import type { NameFacts } from '../access/name-facts.ts'
import { formatSpan, type Span } from '../access/network.ts'
import type { Emit } from '../log/event.ts'
import type { DeliverySettings } from '../settings/settings.ts'
import { errorText } from '../settings/system-error.ts'
import { addressesOf, afterLookUp, answeredAt, failureOf, type KnownName } from './known-name.ts'
import { readNames, writeNames } from './name-file.ts'
import { type LookedUp, lookUp } from './name-lookup.ts'

/** Times in milliseconds. */
export interface NameRules {
  /** Between looks. */
  readonly every: number
  /** The same while a name can't be looked up. */
  readonly retry: number
  /** That a look-up may take. */
  readonly patience: number
  /** Addresses that no name stands for. */
  readonly inside: readonly Span[]
}

export const NAME_RULES: NameRules = {
  every: 2 * 60_000,
  retry: 30_000,
  patience: 10_000,
  inside: NOT_BY_NAME,
}

type Failing = NonNullable<NameFacts['failing']>
type Servers = DeliverySettings['dnsServers']

/** Look-ups at a time. */
const AT_ONCE = 8
/** Milliseconds after which the file is written though only the times changed. */
const STALE_FILE = 15 * 60_000

export class HostNames {
  readonly #file: string | undefined
  readonly #emit: Emit
  readonly #rules: NameRules
  readonly #known: Map<string, KnownName>
  readonly #failing = new Map<string, Failing>()
  readonly #looking = new Map<string, Promise<void>>()
  #wanted: readonly string[] = []
  #servers: Servers = 'auto'
  #changed: () => void = () => {}
  #timer: NodeJS.Timeout | undefined
  #running = false
  /** Aborted when the answers that are under way are of no use any more. */
  #turn = new AbortController()
  /** When the file was written last. */
  #written = Date.now()
  /** Whether the file holds all that is known. */
  #isWritten = true
  #writing: Promise<void> = Promise.resolve()
  #failedToWrite = false

  /** What a file keeps counts at once; a damaged one is told of, and written anew. */
  static async open(file: string, emit: Emit, rules: NameRules = NAME_RULES): Promise<HostNames> {
    try {
      return new HostNames(file, emit, rules, await readNames(file, Date.now()))
    } catch (error) {
      const text = `The last addresses of host names in access lists can't be read (${file}: ${errorText(error)}): rows by host name match nobody until the DNS has answered.`
      emit({ kind: 'warning', text })
      return new HostNames(file, emit, rules)
    }
  }

  /** Without a file nothing is kept over a restart. */
  constructor(
    file?: string,
    emit: Emit = () => {},
    rules = NAME_RULES,
    known: ReadonlyMap<string, KnownName> = new Map(),
  ) {
    this.#file = file
    this.#emit = emit
    this.#rules = rules
    this.#known = new Map(known)
  }

  /** Calls after every change of what a name stands for. At most one listener. */
  onChange(changed: () => void): void {
    this.#changed = changed
  }

  /** By the name; one that never was looked up isn't there. */
  get addresses(): ReadonlyMap<string, NamedAddresses> {
    return new Map([...this.#known].map(([name, known]) => [name, this.#named(known)]))
  }

  /** Of each name that is wanted; `taken` is what counts of the addresses. */
  facts(taken = this.addresses): readonly NameFacts[] {
    return this.#wanted.map(name => {
      const found = taken.get(name)
      const [answered, failing] = [answeredAt(this.#known.get(name) ?? {}), this.#failing.get(name)]
      return {
        name,
        addresses: found?.taken.map(formatSpan) ?? [],
        refused: found?.refused.map(formatSpan) ?? [],
        ...(answered !== undefined && { answered }),
        ...(failing && { failing }),
      }
    })
  }

  /** From now on these names, of these DNS servers; new ones are looked up at once, and all others forgotten. */
  want(names: readonly string[], servers: Servers): void {
    const others = JSON.stringify(servers) !== JSON.stringify(this.#servers)
    const fresh = others ? names : names.filter(name => !this.#wanted.includes(name))
    this.#wanted = names
    this.#servers = servers
    for (const name of [...this.#known.keys()]) if (!names.includes(name)) this.#forget(name)
    if (others) this.#endTurn()
    if (this.#running && fresh.length > 0) void this.look(fresh)
  }

  /** Doesn't wait for the DNS. */
  start(): void {
    this.#running = true
    void this.look()
  }

  async stop(): Promise<void> {
    this.#running = false
    clearTimeout(this.#timer)
    this.#endTurn()
    await this.#write()
  }

  /** Looks them up now; resolves when that is done, well or badly. */
  async look(names: readonly string[] = this.#wanted): Promise<void> {
    const { signal } = this.#turn
    const left = [...names]
    const lookAtNext = async () => {
      while (!signal.aborted) {
        const name = left.shift()
        if (name === undefined) return
        await this.#lookAt(name, signal)
      }
    }
    await Promise.all(Array.from({ length: AT_ONCE }, lookAtNext))
    if (signal.aborted) return
    this.#schedule()
    if (Date.now() - this.#written > STALE_FILE) await this.#write()
  }

  #forget(name: string): void {
    this.#known.delete(name)
    this.#failing.delete(name)
    this.#isWritten = false
  }

  #schedule(): void {
    clearTimeout(this.#timer)
    if (!this.#running || this.#wanted.length === 0) return
    const { every, retry } = this.#rules
    this.#timer = setTimeout(() => void this.look(), this.#failing.size > 0 ? retry : every).unref()
  }

  #endTurn(): void {
    this.#turn.abort()
    this.#turn = new AbortController()
    this.#looking.clear()
  }

  /** One at a time for each name: who comes later waits for the same answer. */
  #lookAt(name: string, signal: AbortSignal): Promise<void> {
    const before = this.#looking.get(name)
    if (before) return before
    const looking = this.#ask(name, signal).finally(() => {
      if (this.#looking.get(name) === looking) this.#looking.delete(name)
    })
    this.#looking.set(name, looking)
    return looking
  }

  async #ask(name: string, signal: AbortSignal): Promise<void> {
    const { patience } = this.#rules
    const looked = await lookUp({ name, servers: this.#servers, patience, signal })
    if (!signal.aborted && this.#wanted.includes(name)) this.#learn(name, looked)
  }

  #learn(name: string, looked: LookedUp): void {
    const now = Date.now()
    const known = this.#known.get(name)
    const next = afterLookUp(known ?? {}, looked, now)
    const isOther = addressesOf(known ?? {}).join() !== addressesOf(next).join()
    const why = failureOf(known ?? {}, looked)
    const failing = this.#failing.get(name)
    this.#known.set(name, next)
    this.#isWritten = false
    if (why === undefined) this.#failing.delete(name)
    else this.#failing.set(name, { since: failing?.since ?? now, why })
    // First, so that whoever hears of it finds it so.
    if (isOther || !known) this.#changed()
    if (isOther) void this.#write()
    if (why !== undefined && !failing)
      this.#emit({ kind: 'name-unresolved', name, why, ...this.#listed(next) })
    else if (isOther || (why === undefined && failing))
      this.#emit({
        ...{ kind: 'name-resolved', name, ...this.#listed(next) },
        before: this.#listed(known ?? {}).addresses,
      })
  }

  #named(known: KnownName): NamedAddresses {
    return namedAddresses(addressesOf(known), this.#rules.inside)
  }

  #listed(known: KnownName) {
    const { taken, refused } = this.#named(known)
    return { addresses: taken.map(formatSpan), refused: refused.map(formatSpan) }
  }

  /** One after the other. */
  #write(): Promise<void> {
    const file = this.#file
    if (file === undefined || this.#isWritten) return this.#writing
    this.#written = Date.now()
    this.#isWritten = true
    this.#writing = this.#writing
      .then(() => writeNames(file, this.#known))
      .then(
        () => {
          this.#failedToWrite = false
        },
        (error: unknown) => this.#tellOnce(file, error),
      )
    return this.#writing
  }

  #tellOnce(file: string, error: unknown): void {
    if (this.#failedToWrite) return
    this.#failedToWrite = true
    const text = `The addresses of host names in access lists can't be kept over a restart (${file}: ${errorText(error)}).`
    this.#emit({ kind: 'warning', text })
  }
}
