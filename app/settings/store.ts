/** The settings in force, and the only way to change them: checked, taken into effect, kept in history, written. */
import { decodeSettings, type FileText, formatSettings, readSettingsFile } from './file.ts'
import { type Found, HandEdits } from './hand.ts'
import { History, undoTarget } from './history.ts'
import { catchUp, keepAndWrite } from './keep.ts'
import type { Checks } from './parse.ts'
import { type Current, type Reader, readerOf } from './reader.ts'
import { replaceFile } from './replace.ts'
import type {
  Applied,
  Changer,
  Consent,
  HistoryEntry,
  Parsed,
  Problem,
  Rerouting,
  Settings,
} from './settings.ts'
import { errorText } from './system-error.ts'

export type { Current } from './reader.ts'

export interface StoreOptions {
  readonly file: string
  readonly historyFolder: string
  /** The settings of a first start, asked for only where there is no file. */
  readonly first: () => Promise<object>
  readonly checks: Checks
  /** Reads settings in place of the parser itself, where they are too long for that. */
  readonly reader?: Reader
  /** Milliseconds since the epoch. */
  readonly now: () => number
}

export type Opened =
  | { readonly ok: true; readonly store: SettingsStore }
  | { readonly ok: false; readonly problems: readonly Problem[] }

/** Takes a change into effect, or refuses it with problems and leaves everything as it was. */
export type Prepare = (
  next: Settings,
  before: Settings,
  current: { readonly next: Current; readonly before: Current },
) => Promise<readonly Problem[]>

/** Says why a change must not be made without being asked for explicitly; undefined where it may. */
export type Guard = (
  next: Current,
  before: Current,
  by: Changer,
) => Applied | undefined | Promise<Applied | undefined>

/** A change that was worked out elsewhere: what it comes to, and the settings to put in force. */
export interface Made {
  readonly applied: Applied
  readonly next?: Current
  readonly by?: Changer
  readonly consent?: Consent
}

interface Replacement {
  readonly next: Current
  readonly by: Changer
  readonly consent: Consent
  /** The earlier file that `next` is, where this is an undo. */
  readonly restored?: string
  /** Whether `next` is an earlier file, byte for byte, and how its words begin. */
  readonly earlier?: 'undo: ' | 'restore: '
}

export class SettingsStore {
  readonly #options: StoreOptions
  readonly #history: History
  readonly #reader: Reader
  #current: Current
  #prepare: Prepare = async () => []
  #guard: Guard = () => undefined
  #applied: (by: Changer, words: string) => Rerouting | undefined = () => undefined
  #turn: Promise<unknown> = Promise.resolve()
  #hand: HandEdits | undefined

  static async open(options: StoreOptions): Promise<Opened> {
    const found = await readSettingsFile(options.file)
    if (found.kind === 'unreadable') return { ok: false, problems: [found.problem] }
    const text = found.kind === 'text' ? found.text : formatSettings(await options.first())
    const read = await (options.reader ?? readerOf(options.checks)).read(text)
    if (!read.ok) return read
    try {
      if (found.kind === 'absent') await replaceFile(options.file, text)
    } catch (error) {
      return { ok: false, problems: [notWritten(options.file, error)] }
    }
    const store = new SettingsStore(options, read.current)
    options.reader?.inForce?.(read.current)
    // A history that can't be read keeps no relay from starting; the next change says so.
    await store.#history.forgetUnfinished(text).catch(() => undefined)
    await catchUp(store.#history, text, options.now())
    return { ok: true, store }
  }

  private constructor(options: StoreOptions, current: Current) {
    this.#options = options
    this.#history = new History(options.historyFolder)
    this.#reader = options.reader ?? readerOf(options.checks)
    this.#current = current
  }

  get current(): Current {
    return this.#current
  }

  /** Whom every change is put to before it is written; at most one. */
  prepare(listener: Prepare): void {
    this.#prepare = listener
  }

  /** Whom every change is put to that nobody consented to; at most one. */
  guard(guard: Guard): void {
    this.#guard = guard
  }

  /** Who hears of every change that took effect, and says what it did to queued mail; at most one. */
  applied(listener: (by: Changer, words: string) => Rerouting | undefined): void {
    this.#applied = listener
  }

  /** Replaces all settings by `raw`. */
  apply(raw: unknown, by: Changer, consent: Consent = {}): Promise<Applied> {
    return this.edit(() => ({ ok: true, value: raw }), by, consent)
  }

  /** Changes the settings as they stand when its turn comes; `change` gets them raw and must not alter them. */
  edit(change: (raw: unknown) => Parsed<unknown>, by: Changer, consent: Consent = {}): Promise<Applied> {
    return this.#inTurn(async () => {
      const changed = change(this.#current.raw)
      if (!changed.ok) return changed
      const text = textOf(changed.value)
      return text === undefined
        ? refused('Write the settings as JSON: they hold values that have none.')
        : this.#applyText(text, by, consent)
    })
  }

  /** Replaces all settings by a file's text, which is written in our own form. */
  applyText(text: string, by: Changer, consent: Consent = {}): Promise<Applied> {
    return this.#inTurn(() => this.#applyText(text, by, consent))
  }

  /** Makes a change that is worked out elsewhere when its turn comes. */
  take(work: () => Promise<Made>): Promise<Applied> {
    return this.#inTurn(async () => {
      const { applied, next, by = 'file', consent = {} } = await work()
      return applied.ok && next ? this.#replace({ next, by, consent }) : applied
    })
  }

  /** Brings the newest earlier file back, byte for byte; once more, the one before it. */
  undo(by: Changer, consent: Consent = {}): Promise<Applied> {
    return this.#inTurn(async () => {
      const target = undoTarget(await this.#history.entries())
      if (!target) return refused('There is no earlier settings file to bring back.')
      return this.#bringBack(target.file, { by, consent, restored: target.file, earlier: 'undo: ' })
    })
  }

  /** Brings an earlier file that `history` names back, byte for byte; an undo takes that back as any other change. */
  restore(file: string, by: Changer, consent: Consent = {}): Promise<Applied> {
    return this.#inTurn(async () => {
      const known = (await this.#history.entries()).some(entry => entry.file === file)
      if (!known) return refused('Choose an earlier file that the history lists: this one is none.')
      return this.#bringBack(file, { by, consent, earlier: 'restore: ' })
    })
  }

  /** The text of an earlier file that `history` names; undefined where there is none, or it can't be read as text. */
  async earlier(file: string): Promise<string | undefined> {
    if (!(await this.#history.entries()).some(entry => entry.file === file)) return undefined
    const found = decodeSettings(await this.#history.read(file))
    return found.kind === 'text' ? found.text : undefined
  }

  /** Newest first. */
  history(): Promise<readonly HistoryEntry[]> {
    return this.#history.entries()
  }

  /** Picks up a file changed by hand from now on; one that can't be is left alone and told to `refused`, once. */
  watch(refused: (problems: readonly Problem[]) => void): void {
    this.#hand?.close()
    this.#hand = new HandEdits(this.#options.file, () => this.#queued(() => this.#pickUp()), refused)
  }

  /** Waits for the change that is under way. */
  async close(): Promise<void> {
    this.#hand?.close()
    await this.#turn
  }

  /** Takes what the file holds now into effect, if it is other than what is in force. */
  async #pickUp(): Promise<Found> {
    const found = await readSettingsFile(this.#options.file)
    if (found.kind === 'text' && found.text === this.#current.text) return { kind: 'in force' }
    if (found.kind !== 'text') return { kind: 'refused', text: found.kind, problems: [missing(found)] }
    const { text } = found
    const read = await this.#reader.read(text)
    if (!read.ok) return { kind: 'refused', text, problems: read.problems }
    const applied = await this.#replace({ next: read.current, by: 'file', consent: {} }, found)
    return applied.ok ? { kind: 'in force' } : { kind: 'refused', text, problems: applied.problems }
  }

  async #applyText(text: string, by: Changer, consent: Consent): Promise<Applied> {
    const read = await this.#reader.read(text, 'our own')
    return read.ok ? this.#replace({ next: read.current, by, consent }) : read
  }

  async #bringBack(file: string, change: Omit<Replacement, 'next'>): Promise<Applied> {
    const earlier = decodeSettings(await this.#history.read(file))
    const read = await this.#reader.read(earlier.kind === 'text' ? earlier.text : '')
    return read.ok ? this.#replace({ ...change, next: read.current }) : read
  }

  /** `found` is the file as it stands. */
  async #replace({ next, by, consent, restored, earlier }: Replacement, found?: FileText): Promise<Applied> {
    const before = this.#current
    const standing = found ?? (await readSettingsFile(this.#options.file))
    const alike = earlier === undefined ? await this.#reader.alike(next, before) : next.text === before.text
    if (alike && holds(standing, before.text)) return { ok: true, words: 'nothing changed' }
    const warned = consent.openRelay ? undefined : await this.#guard(next, before, by)
    if (warned) return warned
    const problems = await this.#takeEffect(next, before)
    if (problems.length > 0) return { ok: false, problems }
    const hand = found === undefined && isUnused(standing, before.text, next.text) ? handLost : ''
    const words = `${earlier ?? ''}${await this.#reader.words(before, next)}${hand}`
    const entry = { time: this.#options.now(), by, words, ...(restored === undefined ? {} : { restored }) }
    try {
      const texts = { standing, before: before.text, next: next.text }
      await keepAndWrite(this.#history, this.#options.file, texts, entry)
    } catch (error) {
      const stuck = await this.#takeEffect(before, next)
      return { ok: false, problems: [notWritten(this.#options.file, error), ...stuck] }
    }
    await this.#history.setInForce(next.text)
    this.#current = next
    this.#reader.inForce?.(next)
    const rerouting = this.#applied(by, words)
    return { ok: true, words, ...(rerouting && { rerouting }) }
  }

  async #takeEffect(next: Current, before: Current): Promise<readonly Problem[]> {
    try {
      return await this.#prepare(next.settings, before.settings, { next, before })
    } catch (error) {
      return [
        {
          path: '',
          text: `Change it back or start Postern anew, since this took no effect: ${errorText(error)}.`,
        },
      ]
    }
  }

  /** One change at a time, each upon what the one before it, or a hand, left. */
  #inTurn(work: () => Promise<Applied>): Promise<Applied> {
    return this.#queued(async () => {
      try {
        await this.#pickUp()
        return await work()
      } catch (error) {
        return refused(`Look at the data folder, since the change failed: ${errorText(error)}.`)
      }
    })
  }

  #queued<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.#turn.then(work)
    this.#turn = result.catch(() => undefined)
    return result
  }
}

function holds(found: FileText, text: string): boolean {
  return found.kind === 'text' && found.text === text
}

const handLost = '; what was changed by hand in settings.json was not taken over, but is kept in history'

/** Whether the file holds what a hand wrote and was never in force. */
function isUnused(standing: FileText, before: string, next: string): boolean {
  if (standing.kind === 'text') return standing.text !== before && standing.text !== next
  return standing.kind === 'unreadable' && standing.bytes !== undefined
}

function missing(found: Exclude<FileText, { readonly kind: 'text' }>): Problem {
  if (found.kind === 'unreadable') return found.problem
  return {
    path: '',
    text: 'Put settings.json back, a copy of which is history/in-force.json: it is gone, and is written anew only with the next change.',
  }
}

function notWritten(file: string, error: unknown): Problem {
  return {
    path: '',
    text: `Make it possible to write ${file} and try again: ${errorText(error)}, and nothing was changed.`,
  }
}

function refused(text: string): Applied {
  return { ok: false, problems: [{ path: '', text }] }
}

function textOf(raw: unknown): string | undefined {
  try {
    return formatSettings(raw)
  } catch {
    return undefined
  }
}
