/** A segment: one file of the spool, a first line with its mark and then records, only ever appended to. */
import { randomBytes } from 'node:crypto'
import { type FileHandle, open, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { syncFolder } from './disk.ts'
import { MARK_LENGTH } from './record.ts'

const TITLE = 'postern spool 1 '
export const TITLE_LENGTH = TITLE.length + MARK_LENGTH + 1 + 8 + 1

export function segmentName(number: number): string {
  return `${String(number).padStart(8, '0')}.spool`
}

/** The segment's number; undefined for another file. */
export function segmentNumber(name: string): number | undefined {
  const digits = /^(\d{8,})\.spool$/.exec(name)?.[1]
  return digits === undefined ? undefined : Number(digits)
}

/** `postern spool 1 mark crc LF`: a mark read wrongly would make every record look like none. */
function titleOf(mark: string): string {
  return `${TITLE}${mark} ${crc32(mark).toString(16).padStart(8, '0')}\n`
}

/** The mark that a segment's first line names; undefined when it isn't such a line. */
export function parseTitle(line: string): string | undefined {
  const mark = line.slice(TITLE.length, TITLE.length + MARK_LENGTH)
  return mark.length === MARK_LENGTH && line === titleOf(mark) ? mark : undefined
}

export interface Segment {
  readonly number: number
  readonly path: string
  readonly mark: string
  readonly file: FileHandle
  /** Bytes written; the next record goes here. */
  size: number
  /** False after a failed sync: nobody knows what is on the disk, and nothing more is written to it. */
  trusted: boolean
}

/** Opens a segment of an earlier run to read bodies from. */
export async function openSegment(
  path: string,
  number: number,
  mark: string,
  size: number,
): Promise<Segment> {
  return { number, path, mark, file: await open(path, 'r'), size, trusted: true }
}

/** Makes a new segment, its name and first line on disk for good before it is used. */
export async function createSegment(folder: string, number: number): Promise<Segment> {
  const path = join(folder, segmentName(number))
  const mark = randomBytes(MARK_LENGTH / 2).toString('hex')
  const file = await open(path, 'wx+', 0o600)
  try {
    await file.writeFile(titleOf(mark))
    await file.datasync()
    await syncFolder(folder)
  } catch (error) {
    await file.close()
    await unlink(path).catch(() => {})
    throw error
  }
  return { number, path, mark, file, size: TITLE_LENGTH, trusted: true }
}
