/** The text of a file, whatever encoding and line ends it was saved with. */
import type { Remarks } from './remarks.ts'

/** Bytes; a list of 100,000 rows is smaller. */
export const LONGEST_FILE = 16 * 1024 ** 2
/** Characters of a line. */
const LONGEST_LINE = 4000
/** Bytes looked at to tell UTF-16 without a byte order mark. */
const LOOK = 4000

export type Decoded =
  | { readonly ok: true; readonly text: string }
  /** One sentence. */
  | { readonly ok: false; readonly problem: string }

export interface TextLine {
  /** Counted from 1. */
  readonly number: number
  readonly text: string
}

/** Lines that aren't UTF-8 are read as Windows-1252, and that is noted. */
export function decode(bytes: Uint8Array, remarks: Remarks, file?: string): Decoded {
  if (bytes.length > LONGEST_FILE) return refuse('It is over 16 MiB; give less at once.')
  if (isPacked(bytes))
    return refuse('It is packed (ZIP, 7z or gzip): unpack it, and give the file that is in it.')
  const wide = wideEncoding(bytes)
  if (wide !== undefined) return decodeWhole(bytes, wide)
  const whole = decodeWhole(bytes, 'utf-8')
  return whole.ok ? whole : { ok: true, text: decodeLines(bytes, remarks, file) }
}

/** The lines that say something; one with control characters, or endless, is told as lost. */
export function linesOf(text: string, remarks: Remarks, file?: string): readonly TextLine[] {
  const lines: TextLine[] = []
  for (const [index, line] of text.split(/\r\n|\n|\r/).entries()) {
    const number = index + 1
    if (line.length > LONGEST_LINE)
      remarks.lose(number, `This line is over ${LONGEST_LINE} characters long.`, file)
    else if (/[\u0000-\u0008\u000a-\u001f\u007f-\u009f\ufffd]/.test(line)) {
      remarks.lose(number, 'This line holds characters that are no text; the file may be damaged.', file)
    } else if (line.trim() !== '') lines.push({ number, text: line })
  }
  return lines
}

function isPacked([a, b, c]: Uint8Array): boolean {
  const isZip = a === 0x50 && b === 0x4b && c === 3
  return isZip || (a === 0x37 && b === 0x7a && c === 0xbc) || (a === 0x1f && b === 0x8b && c === 8)
}

/** By the byte order mark, or by every other byte being zero, as in Latin text. */
function wideEncoding(bytes: Uint8Array): 'utf-16le' | 'utf-16be' | undefined {
  const [first, second] = bytes
  if (first === 0xff && second === 0xfe) return 'utf-16le'
  if (first === 0xfe && second === 0xff) return 'utf-16be'
  const zeros = [0, 0]
  const looked = bytes.subarray(0, LOOK)
  for (const [at, byte] of looked.entries()) if (byte === 0) zeros[at % 2] = (zeros[at % 2] ?? 0) + 1
  const [even = 0, odd = 0] = zeros
  const many = looked.length / 5
  if (odd > many && even < odd / 10) return 'utf-16le'
  return even > many && odd < even / 10 ? 'utf-16be' : undefined
}

function decodeWhole(bytes: Uint8Array, encoding: string): Decoded {
  try {
    return { ok: true, text: new TextDecoder(encoding, { fatal: true }).decode(bytes) }
  } catch {
    return refuse('It is damaged, or no text: save it once more as text in UTF-8.')
  }
}

function decodeLines(bytes: Uint8Array, remarks: Remarks, file: string | undefined): string {
  const lines: string[] = []
  // The mark of a file that began as UTF-8 is no part of its first line.
  let start = isMarked(bytes) ? 3 : 0
  while (start <= bytes.length) {
    const found = bytes.indexOf(0x0a, start)
    const end = found < 0 ? bytes.length : found
    const line = bytes.subarray(start, end)
    const whole = decodeWhole(line, 'utf-8')
    if (!whole.ok)
      remarks.note(lines.length + 1, 'This line is not UTF-8; it was read as Windows-1252 (Latin-1).', file)
    lines.push(whole.ok ? whole.text : new TextDecoder('windows-1252').decode(line))
    start = end + 1
  }
  return lines.join('\n')
}

function isMarked([a, b, c]: Uint8Array): boolean {
  return a === 0xef && b === 0xbb && c === 0xbf
}

function refuse(problem: string): Decoded {
  return { ok: false, problem }
}
