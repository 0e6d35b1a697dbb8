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
  /** The line's text up to here, without the mark. */
  readonly facts: string
  /** Of the facts and the head: a wrong length would hide the records behind it. */
  readonly headCrc: number
}

export const MARK_LENGTH = 16
/** `mark kind headLength bodyLength bodyCrc headCrc LF`. */
export const LINE_LENGTH = MARK_LENGTH + 1 + 1 + 1 + 8 + 1 + 12 + 1 + 8 + 1 + 8 + 1

const LF = Buffer.from('\n')

function hex(value: number): string {
  return value.toString(16).padStart(8, '0')
}

function sumHead(facts: string, head: Buffer): number {
  return crc32(head, crc32(facts))
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
  const sum = sumHead(facts, beginning.subarray(LINE_LENGTH, end))
  beginning.write(`${mark} ${facts} ${hex(sum)}\n`, 0, 'latin1')
  return body.length === 0 ? [beginning] : [beginning, ...body, LF]
}

/** All bytes of a record with this line, its line and line ends included. */
export function recordLength(line: RecordLine): number {
  return LINE_LENGTH + line.headLength + 1 + line.bodyLength + 1
}

const LINE = /^(([MS]) (\d{8}) (\d{12}) ([0-9a-f]{8})) ([0-9a-f]{8})\n$/

/** Undefined when the bytes are no record of this segment. */
export function parseLine(mark: string, bytes: Buffer): RecordLine | undefined {
  const text = bytes.toString('latin1', 0, LINE_LENGTH)
  if (!text.startsWith(`${mark} `)) return undefined
  const parts = LINE.exec(text.slice(MARK_LENGTH + 1))
  if (!parts) return undefined
  const [, facts = '', kind, headLength, bodyLength, bodyCrc, headCrc] = parts
  return {
    kind: kind === 'M' ? 'M' : 'S',
    headLength: Number(headLength),
    bodyLength: Number(bodyLength),
    bodyCrc: Number.parseInt(bodyCrc ?? '', 16),
    facts,
    headCrc: Number.parseInt(headCrc ?? '', 16),
  }
}

/** The head's value; undefined when its checksum, which covers the line too, is wrong. */
export function parseHead(line: RecordLine, bytes: Buffer): unknown {
  if (sumHead(line.facts, bytes) !== line.headCrc) return undefined
  try {
    return JSON.parse(bytes.toString())
  } catch {
    return undefined
  }
}
