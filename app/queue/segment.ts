/** A segment: one file of the spool, a first line with its mark and then records, only ever appended to. */
import { randomBytes } from 'node:crypto'
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { syncFolder } from './disk.ts'
import { LINE_LENGTH, MARK_LENGTH, parseHead, parseLine, type RecordLine, recordLength } from './record.ts'

const TITLE = 'postern spool 1 '
const TITLE_LENGTH = TITLE.length + MARK_LENGTH + 1

export function segmentName(number: number): string {
  return `${String(number).padStart(8, '0')}.spool`
}

/** The segment's number; undefined for another file. */
export function segmentNumber(name: string): number | undefined {
  const digits = /^(\d{8,})\.spool$/.exec(name)?.[1]
  return digits === undefined ? undefined : Number(digits)
}

export interface Segment {
  readonly number: number
  readonly path: string
  readonly mark: string
  readonly file: FileHandle
  /** Bytes written; the next record goes here. */
  size: number
}

/** Opens a segment of an earlier run to read bodies from. */
export async function openSegment(
  path: string,
  number: number,
  mark: string,
  size: number,
): Promise<Segment> {
  return { number, path, mark, file: await open(path, 'r'), size }
}

/** Makes a new segment, its name and first line on disk for good before it is used. */
export async function createSegment(folder: string, number: number): Promise<Segment> {
  const path = join(folder, segmentName(number))
  const mark = randomBytes(MARK_LENGTH / 2).toString('hex')
  const file = await open(path, 'wx+', 0o600)
  try {
    await file.writeFile(`${TITLE}${mark}\n`)
    await file.datasync()
    await syncFolder(folder)
  } catch (error) {
    await file.close()
    throw error
  }
  return { number, path, mark, file, size: TITLE_LENGTH }
}

export interface FoundRecord {
  readonly line: RecordLine
  readonly head: unknown
  /** Where the body starts in the file. */
  readonly bodyOffset: number
}

export interface Scan {
  readonly mark: string | undefined
  readonly size: number
  /** Where the last good record ends. */
  readonly end: number
  /** Offsets at which something that is no record lies before a good one: damage, not a torn tail. */
  readonly damage: readonly number[]
}

/**
 * Reads all records of a segment in order. Bodies are skipped, unless `checkBodies`: then a record whose
 * body fails its checksum counts as damaged (a write that power loss cut short).
 */
export function scanSegment(path: string, checkBodies: boolean, found: (record: FoundRecord) => void): Scan {
  const fd = openSync(path, 'r')
  try {
    return scanFile(new Window(fd), checkBodies, found)
  } finally {
    closeSync(fd)
  }
}

function scanFile(window: Window, checkBodies: boolean, found: (record: FoundRecord) => void): Scan {
  const title = window.read(0, TITLE_LENGTH).toString('latin1')
  const size = window.size
  if (!title.startsWith(TITLE) || !title.endsWith('\n')) return { mark: undefined, size, end: 0, damage: [] }
  const mark = title.slice(TITLE.length, -1)
  const damage: number[] = []
  let end = TITLE_LENGTH
  let offset = TITLE_LENGTH
  while (offset < size) {
    const record = readRecord(window, mark, offset, checkBodies)
    if (record) {
      if (offset !== end) damage.push(end)
      found(record)
      offset += recordLength(record.line)
      end = offset
    } else {
      offset = window.find(mark, offset + 1)
    }
  }
  return { mark, size, end, damage }
}

function readRecord(
  window: Window,
  mark: string,
  offset: number,
  checkBody: boolean,
): FoundRecord | undefined {
  const line = parseLine(mark, window.read(offset, LINE_LENGTH))
  if (!line || offset + recordLength(line) > window.size) return undefined
  const head = parseHead(line, window.read(offset + LINE_LENGTH, line.headLength))
  if (head === undefined) return undefined
  const bodyOffset = offset + LINE_LENGTH + line.headLength + 1
  if (checkBody && line.bodyLength > 0 && crc32(window.read(bodyOffset, line.bodyLength)) !== line.bodyCrc)
    return undefined
  return { line, head, bodyOffset }
}

const WINDOW = 64 * 1024

/** A file read through a window, so that small neighbouring reads cost one system call. */
class Window {
  readonly size: number
  readonly #fd: number
  #start = 0
  #bytes = Buffer.alloc(0)

  constructor(fd: number) {
    this.#fd = fd
    this.size = fstatSync(fd).size
  }

  /** Fewer bytes than asked at the end of the file. */
  read(offset: number, length: number): Buffer {
    const from = offset - this.#start
    if (from >= 0 && from + length <= this.#bytes.length) return this.#bytes.subarray(from, from + length)
    const wanted = Math.min(Math.max(length, WINDOW), Math.max(0, this.size - offset))
    const bytes = Buffer.allocUnsafe(wanted)
    let got = 0
    while (got < wanted) {
      const read = readSync(this.#fd, bytes, got, wanted - got, offset + got)
      if (read === 0) break
      got += read
    }
    this.#start = offset
    this.#bytes = bytes.subarray(0, got)
    return this.#bytes.subarray(0, Math.min(length, got))
  }

  /** Where `text` next stands at or after `offset`; the file's size when nowhere. */
  find(text: string, offset: number): number {
    for (let at = offset; at < this.size; at += WINDOW - text.length) {
      const bytes = this.read(at, Math.min(WINDOW, this.size - at))
      const index = bytes.indexOf(text, 0, 'latin1')
      if (index >= 0) return at + index
    }
    return this.size
  }
}
