/** A spool record: one entry of a segment, a line that says what follows, its head as JSON, its body as it came. */
/*
 * The line starts with the segment's own random mark, so that a message's text can't pass for a record when
 * a damaged segment is searched for what is left of it.
 */
import { crc32 } from 'node:zlib'

/** `M`: a message; `S`: new states of its recipients. */
export type RecordKind = 'M' | 'S'

export interface RecordLine {
  readonly kind: RecordKind
  /** Bytes of the head, without its line end. */
  readonly headLength: number
  readonly bodyLength: number
  readonly bodyCrc: number
  /** CRC-32 of the line up to here, without the mark. */
  readonly factsCrc: number
  /** Of the same and the head: a wrong length would hide the records behind it. */
  readonly headCrc: number
}

export const MARK_LENGTH = 16
/** `mark kind headLength bodyLength bodyCrc headCrc LF`. */
export const LINE_LENGTH = MARK_LENGTH + 1 + 1 + 1 + 8 + 1 + 12 + 1 + 8 + 1 + 8 + 1

const LF = Buffer.from('\n')

function hex(value: number): string {
  return value.toString(16).padStart(8, '0')
}

/** The buffers of one record, in the order they are written; `bodyCrc` is the body's CRC-32 (IEEE 802.3). */
export function encodeRecord(
  mark: string,
  kind: RecordKind,
  head: unknown,
  body: readonly Buffer[] = [],
  bodyCrc = 0,
): readonly Buffer[] {
  const text = JSON.stringify(head)
  const bodyLength = body.reduce((sum, chunk) => sum + chunk.length, 0)
  const headLength = Buffer.byteLength(text)
  const end = LINE_LENGTH + headLength
  // The line needs the head's checksum: it is written last, into the place that was left for it.
  const beginning = Buffer.allocUnsafe(end + (body.length === 0 ? 2 : 1)).fill(LF, end)
  beginning.write(text, LINE_LENGTH, 'utf8')
  const lengths = `${String(headLength).padStart(8, '0')} ${String(bodyLength).padStart(12, '0')}`
  const facts = `${kind} ${lengths} ${hex(bodyCrc)}`
  const sum = crc32(beginning.subarray(LINE_LENGTH, end), crc32(facts))
  beginning.write(`${mark} ${facts} ${hex(sum)}\n`, 0, 'latin1')
  return body.length === 0 ? [beginning] : [beginning, ...body, LF]
}

/** All bytes of a record with this line, its line and line ends included. */
export function recordLength(line: RecordLine): number {
  return LINE_LENGTH + line.headLength + 1 + line.bodyLength + 1
}

/** Where the parts of a line stand, and the spaces before them. */
const KIND = MARK_LENGTH + 1
const HEAD_LENGTH = KIND + 2
const BODY_LENGTH = HEAD_LENGTH + 9
const BODY_CRC = BODY_LENGTH + 13
const HEAD_CRC = BODY_CRC + 9
const SPACES = [KIND, HEAD_LENGTH, BODY_LENGTH, BODY_CRC, HEAD_CRC].map(start => start - 1)

/** Undefined when the bytes are no record of this segment. There are very many, so it is read byte by byte. */
export function parseLine(mark: string, bytes: Buffer): RecordLine | undefined {
  if (bytes[LINE_LENGTH - 1] !== 0x0a || bytes.toString('latin1', 0, MARK_LENGTH) !== mark) return undefined
  const kind = bytes[KIND]
  if ((kind !== 0x4d && kind !== 0x53) || SPACES.some(at => bytes[at] !== 0x20)) return undefined
  const headLength = numberIn(bytes, HEAD_LENGTH, 8, 10)
  const bodyLength = numberIn(bytes, BODY_LENGTH, 12, 10)
  const bodyCrc = numberIn(bytes, BODY_CRC, 8, 16)
  const headCrc = numberIn(bytes, HEAD_CRC, 8, 16)
  if (Number.isNaN(headLength + bodyLength + bodyCrc + headCrc)) return undefined
  const factsCrc = crc32(bytes.subarray(KIND, HEAD_CRC - 1))
  return { kind: kind === 0x4d ? 'M' : 'S', headLength, bodyLength, bodyCrc, factsCrc, headCrc }
}

/** NaN where one of the bytes is no digit; of letters only small ones are. */
function numberIn(bytes: Buffer, start: number, length: number, base: 10 | 16): number {
  let value = 0
  for (let at = start; at < start + length; at++) value = value * base + digitOf(bytes[at] ?? 0, base)
  return value
}

function digitOf(byte: number, base: 10 | 16): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30
  return base === 16 && byte >= 0x61 && byte <= 0x66 ? byte - 0x57 : Number.NaN
}

/** False when the head's checksum, which covers the line too, is wrong. */
export function isHeadIntact(line: RecordLine, bytes: Buffer): boolean {
  return crc32(bytes, line.factsCrc) === line.headCrc
}
