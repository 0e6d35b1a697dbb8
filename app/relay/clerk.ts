/** The clerk: works in a thread of its own on what grows with long lists, so that the relay never waits for it. */
import { existsSync } from 'node:fs'
import { join, resolve as resolvePath } from 'node:path'
import { setImmediate as breathe } from 'node:timers/promises'
import { type ResourceLimits, Worker } from 'node:worker_threads'
import type { Policy } from '../access/policy.ts'
import { type LongList, withList } from '../control/pieces.ts'
import { sentenceOf } from '../control/sentence.ts'
import { rememberOpen } from '../control/status-answer.ts'
import type { Current, Reader, ReadSettings } from '../settings/reader.ts'
import { readerOf } from '../settings/reader.ts'
import type { Applied, Changer, Settings } from '../settings/settings.ts'
import type { Made } from '../settings/store.ts'
import { CHECKS } from './checks.ts'
import type { Asked, FromClerk, Handed, Place, ToClerk, Work } from './clerk-words.ts'
import { policyOf } from './policy-of.ts'

/** Characters of a text, or of arguments, from which on it is the clerk's: less is done in a few milliseconds. */
const LONG_TEXT = 100_000
/** Rows fetched at once: a few milliseconds. */
const AT_ONCE = 1000
/** Milliseconds without a call after which the thread ends. */
const IDLE = 5 * 60_000
/** Room for a few lists of the most rows, and for what comes and goes while one is worked on: it is collected less often. */
const ROOM = { maxOldGenerationSizeMb: 1024, maxYoungGenerationSizeMb: 192 }

type Wait = { resolve(value: never): void; reject(error: Error): void }
type Answers = {
  [Name in keyof Asked]: (...args: Parameters<Asked[Name]>) => Promise<ReturnType<Asked[Name]>>
}

export class Clerk {
  /** Answers what the clerk asks, and says where it stands; set once they are there. */
  answers: Answers | undefined
  place: () => Place = () => ({ machine: { localNetworks: [], routers: [] }, names: [], secrets: [] })
  /** The text in force. */
  current: () => Current | undefined = () => undefined
  readonly reader: Reader
  readonly #room: ResourceLimits
  readonly #waiting = new Map<number, Wait>()
  #thread: Worker | undefined
  #counted = 0
  /** Whether a draft may hold rows of an import that only the thread has. */
  #lends = false
  #idle: NodeJS.Timeout | undefined

  constructor(room: ResourceLimits = ROOM) {
    this.#room = room
    const short = readerOf(CHECKS)
    this.reader = {
      read: (text, form = 'as it is') => (this.takes(text) ? this.#read(text, form) : short.read(text, form)),
      alike: (one, other) =>
        one.kept !== undefined && other.kept !== undefined
          ? this.ask('alike', one.kept, other.kept)
          : (one.kept ?? other.kept)
            ? Promise.resolve(one.text === other.text)
            : short.alike(one, other),
      words: async (before, after) =>
        before.kept === undefined && after.kept === undefined
          ? short.words(before, after)
          : this.ask('words', await this.#keptOf(before), await this.#keptOf(after)),
      inForce: current => {
        if (current.kept !== undefined) void this.ask('inForce', current.kept).catch(() => undefined)
        else if (this.#thread) void this.ask('hold', current.text).catch(() => undefined)
      },
    }
  }

  /** From now on the queue itself says which of its mail goes elsewhere. */
  knowQueue(rerouting: Answers['rerouting']): void {
    if (this.answers) this.answers = { ...this.answers, rerouting }
  }

  /** Whether what grows with the settings in force, or with these arguments, is the clerk's. */
  takes(...args: readonly unknown[]): boolean {
    return (
      this.#thread !== undefined ||
      (this.current()?.text.length ?? 0) > LONG_TEXT ||
      sizeOf(args, LONG_TEXT) > LONG_TEXT
    )
  }

  answer(name: string, ...args: readonly unknown[]): Promise<unknown> {
    if (name === 'previewImport') this.#lends = true
    return this.ask('answer', name, args, this.place())
  }

  async change(name: string, ...args: readonly unknown[]): Promise<Made> {
    const { applied, handed, by, consent } = await this.ask('change', name, args, this.place())
    if (!handed) return { applied }
    if (name === 'applyDraft') this.#lends = false
    return { applied, next: await this.#whole(handed), ...(by && { by }), ...(consent && { consent }) }
  }

  /** Undefined where it isn't the clerk's. */
  async compile({ kept, settings }: Pick<Current, 'kept' | 'settings'>) {
    if (kept === undefined) return undefined
    const place = this.place()
    const { lists, names, open } = await this.ask('compile', kept, place)
    const policy: Policy = policyOf(settings, place.machine, lists)
    rememberOpen(policy, open)
    return { policy, names, machine: place.machine }
  }

  async guard(next: Current, before: Current, by: Changer): Promise<Applied | undefined> {
    return this.ask('guard', await this.#keptOf(next), await this.#keptOf(before), by, this.place())
  }

  async ask<Name extends Extract<keyof Work, string>>(
    name: Name,
    ...args: Parameters<Work[Name]>
  ): Promise<ReturnType<Work[Name]>> {
    this.#thread ??= this.#start()
    clearTimeout(this.#idle)
    return this.#call(this.#thread, name, args)
  }

  async close(): Promise<void> {
    clearTimeout(this.#idle)
    const thread = this.#thread
    if (!thread) return
    this.#end(thread, new Error('the relay has stopped'))
    await thread.terminate()
  }

  #start(): Worker {
    const thread = new Worker(threadFile(), { resourceLimits: this.#room })
    thread.unref()
    thread.on('message', (message: FromClerk) => this.#take(thread, message))
    thread.on('error', error => this.#end(thread, error))
    thread.on('exit', () => this.#end(thread, new Error('it has ended')))
    this.#thread = thread
    const current = this.current()
    if (current) this.#call(thread, 'hold', [current.text]).catch(() => undefined)
    return thread
  }

  #call<Name extends Extract<keyof Work, string>>(
    thread: Worker,
    name: Name,
    args: Parameters<Work[Name]>,
  ): Promise<ReturnType<Work[Name]>> {
    return new Promise((resolve, reject) => {
      const id = ++this.#counted
      this.#waiting.set(id, { resolve, reject })
      const message: ToClerk = { call: { id, name, args } }
      thread.ref()
      thread.postMessage(message)
    })
  }

  #take(thread: Worker, message: FromClerk): void {
    if ('call' in message) return void this.#reply(thread, message.call)
    const { answer } = message
    const waits = this.#waiting.get(answer.id)
    this.#waiting.delete(answer.id)
    if (this.#waiting.size === 0) this.#rest(thread)
    if ('value' in answer) waits?.resolve(answer.value as never)
    else waits?.reject(new Error(answer.sentence))
  }

  async #reply(thread: Worker, { id, name, args }: Extract<FromClerk, { call: unknown }>['call']) {
    const send = (message: ToClerk) => thread.postMessage(message)
    try {
      const answers = this.answers
      if (!answers) throw new Error('The relay is not open yet.')
      send({ answer: { id, value: await Reflect.apply(answers[name], answers, args) } })
    } catch (error) {
      send({ answer: { id, sentence: sentenceOf(error) } })
    }
  }

  #rest(thread: Worker): void {
    thread.unref()
    clearTimeout(this.#idle)
    if (this.#lends) return
    this.#idle = setTimeout(() => void this.close(), IDLE)
    this.#idle.unref()
  }

  /** What was asked of a thread that ended is not answered any more; the next question starts another. */
  #end(thread: Worker, error: Error): void {
    if (this.#thread !== thread) return
    this.#thread = undefined
    const text = `This could not be worked out, since the thread for long lists ended: ${error.message}.`
    for (const { reject } of this.#waiting.values()) reject(new Error(text))
    this.#waiting.clear()
  }

  async #read(text: string, form: 'as it is' | 'our own'): Promise<ReadSettings> {
    const read = await this.ask('read', text, form)
    return read.ok ? { ok: true, current: await this.#whole(read.handed) } : read
  }

  /** Fetches the rows of the long lists a few at a time, so that whatever else there is to do is done between. */
  async #whole({ kept, text, raw, settings, long }: Handed): Promise<Current> {
    let whole: Settings = settings
    for (const { list, count } of long) whole = withList(whole, list, await this.#rows(kept, list, count))
    return { raw, settings: whole, text, kept }
  }

  async #rows(of: string, list: LongList, count: number): Promise<readonly unknown[]> {
    const rows: unknown[] = []
    while (rows.length < count) {
      const some: unknown = JSON.parse(await this.ask('rows', of, list, rows.length, AT_ONCE))
      if (!Array.isArray(some) || some.length === 0) break
      rows.push(...some)
      await breathe()
    }
    return rows
  }

  async #keptOf({ kept, text }: Current): Promise<string> {
    if (kept !== undefined) return kept
    const read = await this.ask('read', text, 'as it is')
    if (!read.ok) throw new Error('The settings in force can no longer be read.')
    return read.handed.kept
  }
}

/** Beside the program that was built, or above it; for the source itself where the build puts it. */
function threadFile(): string {
  const built = typeof __dirname === 'string' ? [__dirname, join(__dirname, '..')] : []
  const found = built.map(folder => join(folder, 'clerk.cjs')).find(existsSync)
  return found ?? resolvePath('dist', 'clerk.cjs')
}

/** Characters of all texts in a value, as far as `most`, with some for each value; no deeper than a draft's rows. */
function sizeOf(value: unknown, most: number, depth = 8): number {
  if (typeof value === 'string') return value.length
  if (typeof value !== 'object' || value === null || depth === 0) return 0
  let size = 0
  for (const inner of Object.values(value)) {
    size += 8 + sizeOf(inner, most, depth - 1)
    if (size > most) return size
  }
  return size
}
