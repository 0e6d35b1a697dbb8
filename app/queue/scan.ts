/** The scan of a segment: finds every good record in it, whatever lies between them. */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { crc32 } from 'node:zlib'
import { isHeadIntact, LINE_LENGTH, parseLine, type RecordLine, recordLength } from './record.ts'
import { parseTitle, TITLE_LENGTH } from './segment.ts'

export class FoundRecord {
  readonly line: RecordLine
  /** Of the head, which is intact. */
  readonly bytes: Buffer
  /** Where the body starts in the file. */
  readonly bodyOffset: number

  constructor(line: RecordLine, bytes: Buffer, offset: number) {
    this.line = line
    this.bytes = bytes
    this.bodyOffset = offset + LINE_LENGTH + line.headLength + 1
  }

  get head(): unknown {
    return JSON.parse(this.bytes.toString())
  }
}

/** Hears of each record; `isIntact` reads its body, and must be called at once. */
export type Found = (record: FoundRecord, isIntact: () => boolean) => void

export interface Scan {
  /** Undefined when the first line is wrong: then nothing was read. */
  readonly mark: string | undefined
  readonly size: number
  /** Where the last good record ends. */
  readonly end: number
  /** Offsets at which something that is no record lies before a good one: damage, not a torn tail. */
  readonly damage: readonly number[]
}

/**
 * Reads all records of a segment in order. Bodies are skipped, unless `checkBodies`: then records at the end whose
 * bodies fail their checksums are none (a write that power loss cut short). Before a good record they count:
 * they may have been acknowledged, and who asks for the content learns that it is damaged.
 */
export function scanSegment(path: string, checkBodies: boolean, found: Found): Scan {
  const fd = openSync(path, 'r')
  try {
    return scanFile(new Window(fd), checkBodies, found)
  } finally {
    closeSync(fd)
  }
}

function scanFile(window: Window, checkBodies: boolean, found: Found): Scan {
  const { size } = window
  const mark = parseTitle(window.read(0, TITLE_LENGTH).toString('latin1'))
  if (mark === undefined) return { mark, size, end: 0, damage: [] }
  const damage: number[] = []
  let unsure: FoundRecord[] = []
  let end = TITLE_LENGTH
  let offset = TITLE_LENGTH
  while (offset < size) {
    const record = readRecord(window, mark, offset)
    if (!record) {
      offset = window.find(mark, offset + 1)
      continue
    }
    const start = offset
    offset += recordLength(record.line)
    if (checkBodies && !isIntact(window, record)) {
      unsure.push(record)
      continue
    }
    if (start !== end) damage.push(end)
    for (const one of [...unsure, record]) found(one, () => isIntact(window, one))
    unsure = []
    end = offset
  }
  return { mark, size, end, damage }
}

function readRecord(window: Window, mark: string, offset: number): FoundRecord | undefined {
  const line = parseLine(mark, window.read(offset, LINE_LENGTH))
  if (!line || offset + recordLength(line) > window.size) return undefined
  const bytes = window.read(offset + LINE_LENGTH, line.headLength)
  return isHeadIntact(line, bytes) ? new FoundRecord(line, bytes, offset) : undefined
}

function isIntact(window: Window, { line, bodyOffset }: FoundRecord): boolean {
  return crc32(window.read(bodyOffset, line.bodyLength)) === line.bodyCrc
}

const WINDOW = 64 * 1024

/** A file read through a window, so that small neighbouring reads cost one system call. */
class Window {
  readonly size: number
  readonly #fd: number
  #start = 0
  #bytes: Buffer = Buffer.alloc(0)

  constructor(fd: number) {
    this.#fd = fd
    this.size = fstatSync(fd).size
  }

  /** Fewer bytes than asked at the end of the file. */
  read(offset: number, length: number): Buffer {
    const from = offset - this.#start
    if (from < 0 || from + length > this.#bytes.length) {
      this.#bytes = this.#load(offset, Math.max(length, WINDOW))
      this.#start = offset
      return this.#bytes.subarray(0, length)
    }
    return this.#bytes.subarray(from, from + length)
  }

  /** Where `text` next stands at or after `offset`; the file's size when nowhere. */
  find(text: string, offset: number): number {
    for (let at = offset; at < this.size; at += WINDOW - text.length) {
      const index = this.read(at, Math.min(WINDOW, this.size - at)).indexOf(text, 0, 'latin1')
      if (index >= 0) return at + index
    }
    return this.size
  }

  #load(offset: number, length: number): Buffer {
    const bytes = Buffer.allocUnsafe(Math.min(length, Math.max(0, this.size - offset)))
    let got = 0
    while (got < bytes.length) {
      const read = readPiece(this.#fd, bytes, got, offset + got)
      if (read === 0) break
      got += read
    }
    return bytes.subarray(0, got)
  }
}

const PAGE = 4096

/** What the disk can't read counts as zeros, so that the search for the next record goes on behind it. */
function readPiece(fd: number, bytes: Buffer, from: number, offset: number): number {
  try {
    return readSync(fd, bytes, from, bytes.length - from, offset)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EIO')) throw error
    const end = Math.min(bytes.length, from + PAGE - (offset % PAGE))
    bytes.fill(0, from, end)
    return end - from
  }
}
