/** The settings file as text: the very bytes that electron-store and its base conf write. */
import { isAscii } from 'node:buffer'
import { maxText } from './parse.ts'
import { NotAFile, readPlainFile } from './plain-file.ts'
import type { Problem } from './settings.ts'
import { errorCode, errorText } from './system-error.ts'
import { formatSize } from './units.ts'

export type FileText =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'absent' }
  | { readonly kind: 'unreadable'; readonly problem: Problem; readonly bytes?: Uint8Array }

/** Tabs, and no line end after the last brace. Throws for what JSON can't hold. */
export function formatSettings(raw: unknown): string {
  return JSON.stringify(raw, undefined, '\t')
}

export async function readSettingsFile(file: string): Promise<FileText> {
  try {
    return decodeSettings(await readPlainFile(file))
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return { kind: 'absent' }
    if (error instanceof NotAFile) return { kind: 'unreadable', problem: { path: '', text: error.message } }
    return { kind: 'unreadable', problem: { path: '', text: `Make ${file} readable: ${errorText(error)}.` } }
  }
}

/** A byte order mark stays in the text, so that it gives the same bytes again. */
export function decodeSettings(bytes: Uint8Array): FileText {
  if (bytes.length > 4 * maxText)
    return unreadable(bytes, `Make the file smaller than ${formatSize(maxText)}.`)
  // Most files are ASCII, and long ones of megabytes are read many times faster so.
  if (isAscii(bytes))
    return {
      kind: 'text',
      text: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1'),
    }
  try {
    return { kind: 'text', text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes) }
  } catch {
    return unreadable(bytes, 'Save the file as UTF-8: it holds bytes of another encoding.')
  }
}

function unreadable(bytes: Uint8Array, text: string): FileText {
  return { kind: 'unreadable', problem: { path: '', text }, bytes }
}
