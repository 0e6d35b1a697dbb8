/** A replacement of the settings file, which loses nothing that stood there. */
import { describeTextChange } from './change.ts'
import type { FileText } from './file.ts'
import type { History } from './history.ts'
import { replaceFile } from './replace.ts'
import type { HistoryEntry } from './settings.ts'

interface Texts {
  /** What the file holds, which is `before` unless a hand changed it. */
  readonly standing: FileText
  /** Undefined where nothing was, or `next` is what was in force. */
  readonly before: string | undefined
  readonly next: string
}

/** Keeps what was in force, and a file changed by hand that never was, then writes. Rejects with nothing changed. */
export async function keepAndWrite(
  history: History,
  file: string,
  { standing, before, next }: Texts,
  entry: Omit<HistoryEntry, 'file'>,
): Promise<void> {
  const bytes = bytesOf(standing)
  if (bytes !== undefined && bytes !== before && bytes !== next)
    await history.keep(bytes, { time: entry.time, by: 'file', words: neverUsed, unused: true })
  const kept = before === undefined ? undefined : await history.keep(before, entry)
  if (bytes === next) return
  try {
    await replaceFile(file, next)
  } catch (error) {
    if (kept) await history.forget(kept)
    throw error
  }
}

/** At the start: keeps what was in force before, if a hand has changed the file since. Never rejects. */
export async function catchUp(history: History, text: string, time: number): Promise<void> {
  // A full disk must not keep the relay from starting.
  await keepLast(history, text, time).catch(() => undefined)
  if ((await history.inForce().catch(() => undefined)) !== text) await history.setInForce(text)
}

async function keepLast(history: History, text: string, time: number): Promise<void> {
  const last = await history.inForce()
  if (last === undefined || last === text) return
  // After a crash it may stand there already.
  if (await history.newestKeeping(last)) return
  await history.keep(last, { time, by: 'file', words: describeTextChange(last, text) })
}

const neverUsed = 'a file changed by hand that was never in force'

function bytesOf(found: FileText): string | Uint8Array | undefined {
  if (found.kind === 'text') return found.text
  return found.kind === 'absent' ? undefined : found.bytes
}
