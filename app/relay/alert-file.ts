/** The file that keeps over a restart what alerts told of. */
import { isObject } from '../settings/path.ts'
import { readPlainText } from '../settings/plain-file.ts'
import { replaceFile } from '../settings/replace.ts'

export interface KnownAlerts {
  /** Names of needs that were known when it was written. */
  readonly known: readonly string[]
  /** By address, names of those that no mail could be written of yet. */
  readonly owed: Readonly<Record<string, readonly string[]>>
}

/** Characters; a file that is larger is none of ours. */
const LARGEST = 4 * 1024 ** 2

/** Nothing where there is no file, or it can't be understood. */
export async function readAlerts(file: string): Promise<KnownAlerts> {
  try {
    const text = await readPlainText(file)
    const raw: unknown = text.length > LARGEST ? {} : JSON.parse(text)
    const { known, owed } = isObject(raw) ? raw : {}
    const entries = Object.entries(isObject(owed) ? owed : {})
    return {
      known: namesIn(known),
      owed: Object.fromEntries(entries.map(([to, names]) => [to, namesIn(names)])),
    }
  } catch {
    return { known: [], owed: {} }
  }
}

/** Whole or not at all; rejects with the system's error. */
export function writeAlerts(file: string, alerts: KnownAlerts): Promise<void> {
  return replaceFile(file, `${JSON.stringify(alerts, undefined, 1)}\n`)
}

function namesIn(raw: unknown): readonly string[] {
  return Array.isArray(raw) ? raw.filter(name => typeof name === 'string') : []
}
