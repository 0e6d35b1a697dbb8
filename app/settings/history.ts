/** History: every earlier settings file, byte for byte, with who replaced it and what the change did. */
import { appendFile, mkdir, open, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { isObject } from './path.ts'
import { readPlainFile, readPlainText } from './plain-file.ts'
import { replaceFile, syncFolder, writeSynced } from './replace.ts'
import type { Changer, HistoryEntry } from './settings.ts'
import { errorCode } from './system-error.ts'

/** One JSON object a line, newest last. */
const indexName = 'index.jsonl'

/** A copy of the settings in force, to tell what a hand changed, or broke, while nothing ran. */
const inForceName = 'in-force.json'

// Sorts by time, and holds nothing that Windows or a shell minds.
const fileName = /^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d-\d{3}Z-\d{3}\.json$/

export class History {
  readonly #folder: string

  constructor(folder: string) {
    this.#folder = folder
  }

  /** Resolves when the disk has them; `entry` names no file yet. */
  async keep(earlier: string | Uint8Array, entry: Omit<HistoryEntry, 'file'>): Promise<HistoryEntry> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 })
    const file = await this.#write(earlier, entry.time)
    const kept = { ...entry, file }
    try {
      await this.#append(`${JSON.stringify(kept)}\n`)
      await syncFolder(this.#folder)
    } catch (error) {
      await this.forget(kept)
      throw error
    }
    return kept
  }

  /** Takes back what was kept for a replacement that didn't come about. */
  async forget(entry: HistoryEntry): Promise<void> {
    await rm(join(this.#folder, entry.file), { force: true })
  }

  /** Takes back the newest entry where the file still is what it keeps: a crash came before the replacement. */
  async forgetUnfinished(standing: string): Promise<void> {
    const newest = await this.newestKeeping(standing)
    if (newest) await this.forget(newest)
  }

  /** The newest entry, if what it keeps is this text. */
  async newestKeeping(text: string): Promise<HistoryEntry | undefined> {
    const newest = (await this.entries()).find(({ unused }) => !unused)
    return newest && (await this.read(newest.file)).equals(Buffer.from(text)) ? newest : undefined
  }

  /** Newest first. What the index has no sound line for, or no file, is passed over. */
  async entries(): Promise<readonly HistoryEntry[]> {
    const [index, names] = await Promise.all([this.#index(), this.#names()])
    return index
      .split('\n')
      .map(readEntry)
      .filter(entry => entry !== undefined)
      .filter(entry => names.has(entry.file))
      .reverse()
  }

  /** The bytes of an earlier file; rejects where there is none of that name. */
  async read(file: string): Promise<Buffer> {
    if (!fileName.test(file))
      throw new Error(`Choose an earlier file that "postern settings history" lists: ${file} is none.`)
    return readPlainFile(join(this.#folder, file))
  }

  /** The text that was in force last; undefined where none ever was. */
  async inForce(): Promise<string | undefined> {
    return readPlainText(join(this.#folder, inForceName)).catch(ifAbsent(undefined))
  }

  /** Without it nothing is lost but the undo of a later edit by hand, so that it never fails. */
  async setInForce(text: string): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 })
      .then(() => replaceFile(join(this.#folder, inForceName), text))
      .catch(() => undefined)
  }

  async #write(earlier: string | Uint8Array, time: number): Promise<string> {
    const stamp = new Date(time).toISOString().replace(/[:.]/g, '-')
    for (let again = 0; ; again++) {
      const file = `${stamp}-${String(again).padStart(3, '0')}.json`
      try {
        await writeSynced(join(this.#folder, file), earlier)
        return file
      } catch (error) {
        if (errorCode(error) === 'EEXIST' && again < 999) continue
        if (errorCode(error) !== 'EEXIST') await rm(join(this.#folder, file), { force: true })
        throw error
      }
    }
  }

  /** After a line that a crash tore off, the new one begins on a line of its own. */
  async #append(line: string): Promise<void> {
    const index = await this.#index()
    const path = join(this.#folder, indexName)
    await appendFile(path, index === '' || index.endsWith('\n') ? line : `\n${line}`, { mode: 0o600 })
    const handle = await open(path, 'r+')
    await handle.sync().finally(() => handle.close())
  }

  async #index(): Promise<string> {
    return readPlainText(join(this.#folder, indexName)).catch(ifAbsent(''))
  }

  async #names(): Promise<ReadonlySet<string>> {
    return new Set(await readdir(this.#folder).catch(ifAbsent([])))
  }
}

/**
 * The earlier file that an undo brings back: the newest one, except that what was undone is passed over, so that undo
 * after undo goes further back.
 */
export function undoTarget(entries: readonly HistoryEntry[]): HistoryEntry | undefined {
  let index = 0
  for (let entry = entries[index]; entry !== undefined; entry = entries[index]) {
    const { restored } = entry
    if (restored === undefined && !entry.unused) return entry
    const back = restored === undefined ? -1 : entries.findIndex(({ file }) => file === restored)
    index = Math.max(back, index) + 1
  }
  return undefined
}

function ifAbsent<Value>(value: Value): (error: unknown) => Value {
  return error => {
    if (errorCode(error) === 'ENOENT') return value
    throw error
  }
}

const changers: readonly Changer[] = ['command line', 'window', 'file']

function readEntry(line: string): HistoryEntry | undefined {
  const value = parseLine(line)
  if (!isObject(value)) return undefined
  const { file, time, words, restored } = value
  const by = changers.find(changer => changer === value['by'])
  if (typeof file !== 'string' || !fileName.test(file) || typeof time !== 'number') return undefined
  if (typeof words !== 'string' || by === undefined) return undefined
  return {
    ...{ file, time, by, words },
    ...(typeof restored === 'string' ? { restored } : {}),
    ...(value['unused'] === true ? { unused: true } : {}),
  }
}

function parseLine(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}
