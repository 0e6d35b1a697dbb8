/** A settings file that can't be used, while no relay runs: replaced or brought back, and itself kept in history. */
import { describeTextChange } from './change.ts'
import { decodeSettings, formatSettings, readSettingsFile } from './file.ts'
import { History } from './history.ts'
import { readJson } from './json.ts'
import { keepAndWrite } from './keep.ts'
import { parseSettingsText } from './parse.ts'
import type { Applied, Changer, Consent, HistoryEntry, Parsed, Settings } from './settings.ts'
import type { StoreOptions } from './store.ts'
import { errorText } from './system-error.ts'

interface Options extends Pick<StoreOptions, 'file' | 'historyFolder' | 'checks' | 'now'> {
  /** Says why settings must not be taken without being asked for explicitly. */
  readonly guard?: (next: Settings, by: Changer) => Applied | undefined
}

export class BrokenSettings {
  readonly #options: Options
  readonly #history: History

  constructor(options: Options) {
    this.#options = options
    this.#history = new History(options.historyFolder)
  }

  /** Newest first. */
  history(): Promise<readonly HistoryEntry[]> {
    return this.#history.entries()
  }

  /** Puts a file's text in its place, written in our own form. */
  async applyText(text: string, by: Changer, consent: Consent = {}): Promise<Applied> {
    const parsed = parseSettingsText(text, this.#options.checks)
    if (!parsed.ok) return parsed
    const warned = consent.openRelay ? undefined : this.#options.guard?.(parsed.settings, by)
    return warned ?? this.#replace(formatSettings(parsed.raw), by)
  }

  /** Changes what the file holds, where that can be read as JSON, so that nothing of it is wrong any more. */
  async edit(change: (raw: unknown) => Parsed<unknown>, by: Changer, consent?: Consent): Promise<Applied> {
    const found = await readSettingsFile(this.#options.file)
    if (found.kind === 'unreadable') return { ok: false, problems: [found.problem] }
    const json = readJson(found.kind === 'text' ? found.text : '')
    if (!json.ok) return { ok: false, problems: [json.problem] }
    const changed = change(json.value)
    return changed.ok ? this.applyText(formatSettings(changed.value), by, consent) : changed
  }

  /** Brings back, byte for byte, what was in force last. */
  async undo(by: Changer): Promise<Applied> {
    const text = await this.#history.inForce()
    if (text === undefined) return refused('Correct the file: no settings were in force here before.')
    const parsed = parseSettingsText(text, this.#options.checks)
    return parsed.ok ? this.#replace(text, by) : parsed
  }

  /** The text of an earlier file that the history names; undefined where there is none. */
  async earlier(file: string): Promise<string | undefined> {
    if (!(await this.history()).some(entry => entry.file === file)) return undefined
    const found = decodeSettings(await this.#history.read(file))
    return found.kind === 'text' ? found.text : undefined
  }

  /** Brings an earlier file that the history names back, byte for byte. */
  async restore(file: string, by: Changer, consent: Consent = {}): Promise<Applied> {
    const text = await this.earlier(file)
    if (text === undefined)
      return refused('Choose an earlier file that "postern settings history" lists: this one is none.')
    const parsed = parseSettingsText(text, this.#options.checks)
    if (!parsed.ok) return parsed
    const warned = consent.openRelay ? undefined : this.#options.guard?.(parsed.settings, by)
    return warned ?? this.#replace(text, by)
  }

  async #replace(next: string, by: Changer): Promise<Applied> {
    const { file, now } = this.#options
    const standing = await readSettingsFile(file)
    if (standing.kind === 'unreadable' && !standing.bytes) return { ok: false, problems: [standing.problem] }
    const last = await this.#history.inForce()
    const before = last === next ? undefined : last
    const words = wordsOf(last, next)
    try {
      await keepAndWrite(this.#history, file, { standing, before, next }, { time: now(), by, words })
    } catch (error) {
      return refused(`Make it possible to write ${file} and try again: ${errorText(error)}.`)
    }
    await this.#history.setInForce(next)
    return { ok: true, words: `the broken file is kept in history; ${words}` }
  }
}

function wordsOf(last: string | undefined, next: string): string {
  if (last === undefined) return 'other settings are in its place'
  return last === next ? 'the settings are as they were last' : describeTextChange(last, next)
}

function refused(text: string): Applied {
  return { ok: false, problems: [{ path: '', text }] }
}
