/** Recovery: what a spool folder holds at start, whatever happened to the process or the disk before. */
import { copyFile, readdir, rename, stat, truncate, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { syncFolder } from './disk.ts'
import { isDone, type Message, type RecipientState } from './message.ts'
import { recordLength } from './record.ts'
import {
  type FoundRecord,
  openSegment,
  type Segment,
  scanSegment,
  segmentName,
  segmentNumber,
} from './segment.ts'

export interface SpoolFolders {
  /** Of the segments. */
  readonly root: string
  /** Of contents that don't lie in a segment. */
  readonly large: string
  /** Of what was damaged. */
  readonly damaged: string
}

/** A message and where it lies. */
export interface Entry {
  message: Message
  /** Number of the segment that holds its record. */
  segment: number
  bodyOffset: number
  /** Bytes of its record in the segment. */
  bytes: number
  /** Bytes and CRC-32 of its content. */
  readonly length: number
  readonly crc: number
  /** Name in the large folder, for content that doesn't lie in the segment. */
  readonly file?: string
}

/** The head of an `S` record. */
export interface StateChange {
  readonly id: string
  readonly states: readonly (readonly [number, RecipientState])[]
  readonly warned?: true
}

/** The head of an `M` record. */
interface MessageHead {
  readonly message: Message
  readonly length: number
  readonly crc: number
  readonly file?: string
}

export interface Recovered {
  /** In order of arrival. */
  readonly entries: Map<string, Entry>
  /** In order of their numbers. */
  readonly segments: Map<number, Segment>
  readonly nextSegment: number
}

export function applyChange(message: Message, change: StateChange): Message {
  const states = [...message.states]
  for (const [index, state] of change.states) if (index < states.length) states[index] = state
  return { ...message, states, warned: change.warned ?? message.warned }
}

export async function recoverSpool(
  folders: SpoolFolders,
  report: (sentence: string) => void,
): Promise<Recovered> {
  const numbers = (await readdir(folders.root))
    .flatMap(name => segmentNumber(name) ?? [])
    .sort((a, b) => a - b)
  const entries = new Map<string, Entry>()
  const segments = new Map<number, Segment>()
  let damaged = false
  for (const number of numbers) {
    const last = number === numbers.at(-1)
    const found = await recoverSegment(
      folders,
      number,
      last,
      record => replay(entries, number, record),
      report,
    )
    if (found.segment) segments.set(number, found.segment)
    damaged ||= found.damaged
  }
  await dropUnfinished(folders, entries, damaged)
  await reportMissing(folders, entries, report)
  return { entries, segments, nextSegment: (numbers.at(-1) ?? 0) + 1 }
}

async function recoverSegment(
  folders: SpoolFolders,
  number: number,
  last: boolean,
  found: (record: FoundRecord) => void,
  report: (sentence: string) => void,
): Promise<{ segment?: Segment; damaged: boolean }> {
  const path = join(folders.root, segmentName(number))
  const aside = join(folders.damaged, segmentName(number))
  // Only the last segment can hold writes that were never promised: all others were synced when they were left.
  const { mark, size, end, damage } = scanSegment(path, last, found)
  if (mark === undefined) {
    const damaged = size > 0 && !last
    if (damaged) report(`The spool file ${path} can't be read and is set aside as ${aside}.`)
    await rename(path, aside)
    return { damaged }
  }
  const damaged = damage.length > 0 || (!last && end < size)
  if (damaged) {
    await copyFile(path, aside)
    report(
      `The spool file ${path} is damaged; what can be read is kept in the queue, the whole is set aside as ${aside}.`,
    )
  }
  if (end < size) await truncate(path, end)
  return { segment: await openSegment(path, number, mark, end), damaged }
}

function replay(entries: Map<string, Entry>, segment: number, { line, head, bodyOffset }: FoundRecord): void {
  if (line.kind === 'M') {
    const { message, length, crc, file } = head as MessageHead
    // A message that stands twice was moved: the later one counts, in the place of the first.
    if (isDone(message)) entries.delete(message.id)
    else {
      const entry = { message, segment, bodyOffset, bytes: recordLength(line), length, crc }
      entries.set(message.id, file === undefined ? entry : { ...entry, file })
    }
    return
  }
  const change = head as StateChange
  const entry = entries.get(change.id)
  if (!entry) return
  entry.message = applyChange(entry.message, change)
  if (isDone(entry.message)) entries.delete(change.id)
}

/** Large content without a message: it was never acknowledged, or its message is done. */
async function dropUnfinished(
  folders: SpoolFolders,
  entries: ReadonlyMap<string, Entry>,
  damaged: boolean,
): Promise<void> {
  const wanted = new Set([...entries.values()].map(entry => entry.file))
  for (const name of await readdir(folders.large)) {
    if (wanted.has(name)) continue
    // Where a segment was damaged the record may be what is lost: then nothing is deleted.
    if (damaged) await rename(join(folders.large, name), join(folders.damaged, name))
    else await unlink(join(folders.large, name))
  }
  await syncFolder(folders.large)
}

async function reportMissing(
  folders: SpoolFolders,
  entries: Map<string, Entry>,
  report: (sentence: string) => void,
): Promise<void> {
  for (const [id, { file }] of entries) {
    if (file === undefined) continue
    const path = join(folders.large, file)
    const there = await stat(path).then(
      () => true,
      () => false,
    )
    if (there) continue
    entries.delete(id)
    report(`The content of message ${id} is missing (${path}); it can't be delivered.`)
  }
}
