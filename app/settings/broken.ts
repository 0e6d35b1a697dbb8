/** A settings file that can't be used, while no relay runs: replaced or brought back, and itself kept in history. */
import { describeChange } from './change.ts'
import { decodeSettings, errorText, type FileText, formatSettings, readSettingsFile } from './file.ts'
import { History, undoTarget } from './history.ts'
import { readJson } from './json.ts'
import { parseSettingsText } from './parse.ts'
import { replaceFile } from './replace.ts'
import type { Applied, Changer, HistoryEntry, Parsed } from './settings.ts'
import type { StoreOptions } from './store.ts'

type Options = Pick<StoreOptions, 'file' | 'historyFolder' | 'checks' | 'now'>
type Entry = Pick<HistoryEntry, 'by' | 'words' | 'restored'>

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
  async applyText(text: string, by: Changer): Promise<Applied> {
    const parsed = parseSettingsText(text, this.#options.checks)
    if (!parsed.ok) return parsed
    return this.#replace(formatSettings(parsed.raw), { by, words: 'new settings in place of a broken file' })
  }

  /** Changes what the file holds, where that can be read as JSON, so that nothing of it is wrong any more. */
  async edit(change: (raw: unknown) => Parsed<unknown>, by: Changer): Promise<Applied> {
    const found = await readSettingsFile(this.#options.file)
    if (found.kind === 'unreadable') return { ok: false, problems: [found.problem] }
    const json = readJson(found.kind === 'text' ? found.text.replace(/^\uFEFF/, '') : '')
    if (!json.ok) return { ok: false, problems: [json.problem] }
    const changed = change(json.value)
    if (!changed.ok) return changed
    const text = formatSettings(changed.value)
    const parsed = parseSettingsText(text, this.#options.checks)
    if (!parsed.ok) return parsed
    return this.#replace(text, { by, words: describeChange(json.value, changed.value) })
  }

  /** Brings the newest earlier file that was in force back, byte for byte. */
  async undo(by: Changer): Promise<Applied> {
    const target = undoTarget(await this.#history.entries())
    if (!target) return refused('Correct the file: there is no earlier settings file to bring back.')
    const earlier = decodeSettings(await this.#history.read(target.file))
    const text = earlier.kind === 'text' ? earlier.text : ''
    const parsed = parseSettingsText(text, this.#options.checks)
    if (!parsed.ok) return parsed
    const words = 'undo: the settings before the last change, in place of a broken file'
    return this.#replace(text, { by, words, restored: target.file })
  }

  async #replace(next: string, entry: Entry): Promise<Applied> {
    const { file, now } = this.#options
    const found = await readSettingsFile(file)
    const bytes = bytesOf(found)
    if (bytes === undefined && found.kind === 'unreadable') return { ok: false, problems: [found.problem] }
    try {
      // Never in force, so that no undo goes back to it.
      const kept = await this.#history.keep(bytes ?? '', { time: now(), ...entry, unused: true })
      await replaceFile(file, next).catch(async error => {
        await this.#history.forget(kept)
        throw error
      })
    } catch (error) {
      return refused(`Make it possible to write ${file} and try again: ${errorText(error)}.`)
    }
    return { ok: true, words: entry.words }
  }
}

function bytesOf(found: FileText): string | Uint8Array | undefined {
  if (found.kind === 'text') return found.text
  return found.kind === 'absent' ? undefined : found.bytes
}

function refused(text: string): Applied {
  return { ok: false, problems: [{ path: '', text }] }
}
