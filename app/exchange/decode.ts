/** The text of a file, whatever encoding and line ends it was saved with. */
import { isUtf8 } from 'node:buffer'
import type { Remarks } from './remarks.ts'

/** Bytes; a list of 100,000 rows is smaller. */
export const LONGEST_FILE = 16 * 1024 ** 2
/** Characters of a line of a list, and of one of main.cf, which may hold a list as a whole. */
const LONGEST_LINE = 4000
export const LONGEST_PARAMETER = 200_000
/** Characters of a line that is shown beside what is said of it. */
const LONGEST_EXCERPT = 80
/** Of a file; the settings have room for far fewer rows. */
const MOST_LINES = 500_000
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
  if (isWidest(bytes)) return refuse('It is UTF-32, which was not read: save it once more as text in UTF-8.')
  const wide = wideEncoding(bytes)
  if (wide !== undefined) return decodeWhole(bytes, wide)
  if (isUtf8(bytes)) return decodeWhole(bytes, 'utf-8')
  return { ok: true, text: decodeLines(withoutMark(bytes), remarks, file) }
}

/** The lines that say something; one with control characters, or endless, is told as lost. */
export function linesOf(
  text: string,
  remarks: Remarks,
  file?: string,
  longest = LONGEST_LINE,
): readonly TextLine[] {
  const lines: TextLine[] = []
  for (const [number, line] of numbered(text)) {
    if (number > MOST_LINES) {
      remarks.lose(number, `There are over ${MOST_LINES} lines: from here on nothing was read.`, file)
      break
    }
    if (line.length > longest) remarks.lose(number, `This line is over ${longest} characters long.`, file)
    else if (/[\u0000-\u0008\u000a-\u001f\u007f-\u009f\ufffd]/.test(line)) {
      remarks.lose(number, 'This line holds characters that are no text; the file may be damaged.', file)
    } else if (line.trim() !== '') lines.push({ number, text: line })
  }
  return lines
}

/** The beginnings of these lines, without what is no text. */
export function excerptsOf(text: string, lines: ReadonlySet<number>): ReadonlyMap<number, string> {
  const found = new Map<number, string>()
  if (lines.size === 0) return found
  const last = Math.max(...lines)
  for (const [number, line] of numbered(text)) {
    if (number > last) break
    const plain = line
      .slice(0, LONGEST_EXCERPT + 1)
      .replace(/[\p{Cc}\p{Cf}\ufffd]+/gu, ' ')
      .trim()
    const excerpt = line.length > LONGEST_EXCERPT ? `${plain.slice(0, LONGEST_EXCERPT)}…` : plain
    if (lines.has(number) && excerpt !== '') found.set(number, excerpt)
  }
  return found
}

/** One by one: millions of them needn't all be held at once. */
function* numbered(text: string): Generator<readonly [number: number, line: string]> {
  const ends = /\r\n|\n|\r|$/g
  for (let [number, start] = [1, 0]; start <= text.length; number++) {
    ends.lastIndex = start
    const end = ends.exec(text)
    yield [number, text.slice(start, end?.index)]
    start = end?.[0] ? end.index + end[0].length : text.length + 1
  }
}

function isPacked([a, b, c]: Uint8Array): boolean {
  const isZip = a === 0x50 && b === 0x4b && c === 3
  return isZip || (a === 0x37 && b === 0x7a && c === 0xbc) || (a === 0x1f && b === 0x8b && c === 8)
}

function isWidest([a, b, c, d]: Uint8Array): boolean {
  return (a === 0xff && b === 0xfe && c === 0 && d === 0) || (a === 0 && b === 0 && c === 0xfe && d === 0xff)
}

/** Editors for Windows begin UTF-8 with a byte order mark, also where other programs went on in Latin-1. */
function withoutMark(bytes: Uint8Array): Uint8Array {
  const [a, b, c] = bytes
  return a === 0xef && b === 0xbb && c === 0xbf ? bytes.subarray(3) : bytes
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

/** Written anew as UTF-8 and decoded at once: a decoder for each line would take a minute. */
function decodeLines(bytes: Uint8Array, remarks: Remarks, file: string | undefined): string {
  const written = new Uint8Array(bytes.length * 3)
  const table = windows1252()
  // Not a Buffer, whose parts cost many times more to make.
  const plain = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length)
  let [at, line] = [0, 1]
  for (let start = 0; start < bytes.length; line++) {
    const end = endOfLine(plain, start)
    const content = plain.subarray(start, end)
    if (isUtf8(content)) {
      written.set(content, at)
      at += content.length
    } else {
      remarks.note(line, 'This line is not UTF-8; it was read as Windows-1252 (Latin-1).', file)
      for (const byte of content) for (const part of table[byte] ?? []) written[at++] = part
    }
    start = end
  }
  return new TextDecoder().decode(written.subarray(0, at))
}

/** Each byte in UTF-8. */
function windows1252(): readonly Uint8Array[] {
  const decoder = new TextDecoder('windows-1252')
  return Array.from({ length: 256 }, (_, byte) =>
    new TextEncoder().encode(decoder.decode(Uint8Array.of(byte))),
  )
}

/** Behind its CR, LF or CR LF. */
function endOfLine(bytes: Uint8Array, start: number): number {
  let at = start
  while (at < bytes.length && bytes[at] !== 0x0a && bytes[at] !== 0x0d) at++
  return bytes[at] === 0x0d && bytes[at + 1] === 0x0a ? at + 2 : Math.min(at + 1, bytes.length)
}

function refuse(problem: string): Decoded {
  return { ok: false, problem }
}
