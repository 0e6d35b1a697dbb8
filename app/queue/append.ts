/** Appending: records laid out one behind the other and written to the end of a segment. */
import type { FileHandle } from 'node:fs/promises'
import type { Segment } from './segment.ts'

/** A record's buffers, for a segment with this mark. */
export type Encode = (mark: string) => readonly Buffer[]

export interface Layout {
  readonly buffers: readonly Buffer[]
  /** Where each record starts in the segment. */
  readonly offsets: readonly number[]
  /** Where the last one ends. */
  readonly end: number
}

/** Encodes records, as many as one write of about `limit` bytes takes, but at least one. */
export function layOut(segment: Segment, records: readonly Encode[], limit: number): Layout {
  const buffers: Buffer[] = []
  const offsets: number[] = []
  let end = segment.size
  for (const encode of records) {
    if (end - segment.size >= limit) break
    offsets.push(end)
    for (const buffer of encode(segment.mark)) {
      buffers.push(buffer)
      end += buffer.length
    }
  }
  return { buffers, offsets, end }
}

/** Appends and, where asked, syncs; when it fails nothing of it stays, as far as the disk still obeys. */
export async function append(segment: Segment, { buffers, end }: Layout, sync: boolean): Promise<void> {
  try {
    await writeFully(segment.file, buffers, segment.size)
    if (sync) await syncSegment(segment)
  } catch (error) {
    await cutOff(segment)
    throw error
  }
  segment.size = end
}

export async function syncSegment(segment: Segment): Promise<void> {
  try {
    await segment.file.datasync()
  } catch (error) {
    segment.trusted = false
    throw error
  }
}

/** What was refused to a client must not be found at the next start. */
async function cutOff(segment: Segment): Promise<void> {
  try {
    await segment.file.truncate(segment.size)
    await segment.file.datasync()
  } catch {
    segment.trusted = false
  }
}

/** Writes all buffers at `start`, however few bytes the system takes at a time; rejects with the disk's error. */
export async function writeFully(file: FileHandle, buffers: readonly Buffer[], start: number): Promise<void> {
  const total = buffers.reduce((sum, buffer) => sum + buffer.length, 0)
  const { bytesWritten } = await file.writev(buffers, start)
  if (bytesWritten === total) return
  const rest = Buffer.concat(buffers).subarray(bytesWritten)
  for (let done = 0; done < rest.length; ) {
    const wrote = await file.write(rest, done, rest.length - done, start + bytesWritten + done)
    if (wrote.bytesWritten === 0)
      throw Object.assign(new Error('the disk took no more bytes'), { code: 'ENOSPC' })
    done += wrote.bytesWritten
  }
}
