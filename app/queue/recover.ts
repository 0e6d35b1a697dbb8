/** Recovery: what a spool folder holds at start, whatever happened to the process or the disk before. */
import { open, readdir, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { copyAside, exists, keepEnvelope, moveAside } from './aside.ts'
import { diskProblem, syncFolder } from './disk.ts'
import type { Entry } from './entry.ts'
import { Replay } from './replay.ts'
import { type Scan, scanSegment } from './scan.ts'
import { openSegment, type Segment, segmentName, segmentNumber, TITLE_LENGTH } from './segment.ts'

export interface SpoolFolders {
  /** Of the segments. */
  readonly root: string
  /** Of contents that don't lie in a segment. */
  readonly large: string
  /** Of what was damaged. */
  readonly damaged: string
}

export interface Recovered {
  /** In order of arrival. */
  readonly entries: Map<string, Entry>
  /** In order of their numbers. */
  readonly segments: readonly Segment[]
  /** The number of the next one. */
  readonly nextSegment: number
}

type Report = (sentence: string) => void

/** Rejects only where the folders or the files in them can't be opened at all. */
export async function recoverSpool(folders: SpoolFolders, report: Report): Promise<Recovered> {
  const numbers = (await segmentNumbers(folders.root)).sort((a, b) => a - b)
  const replay = new Replay()
  const segments: Segment[] = []
  let whole = true
  for (const number of numbers) {
    const last = number === numbers.at(-1)
    const found = await recoverSegment(folders, number, last, replay, report)
    if (found.segment) segments.push(found.segment)
    whole &&= found.whole
  }
  const entries = replay.restored()
  await clearLarge(folders, entries, whole).catch(error =>
    report(diskProblem(error, `clear ${folders.large}`)),
  )
  await findMissing(folders, entries, report)
  // What is in the damaged folder keeps its number, so that nothing new is ever put in its place.
  const used = Math.max(0, ...numbers, ...(await segmentNumbers(folders.damaged)))
  return { entries, segments, nextSegment: used + 1 }
}

async function segmentNumbers(folder: string): Promise<number[]> {
  return (await readdir(folder)).flatMap(name => segmentNumber(name) ?? [])
}

/** `whole`: all that ever was in it, acknowledged or not, was read. */
async function recoverSegment(
  { root, damaged }: SpoolFolders,
  number: number,
  last: boolean,
  replay: Replay,
  report: Report,
): Promise<{ readonly segment?: Segment; readonly whole: boolean }> {
  const path = join(root, segmentName(number))
  // Only the last segment can hold writes that were never promised: all others were synced when they were left.
  const scan = scanSegment(path, last, (record, isIntact) => replay.take(number, record, isIntact))
  const { mark, size, end } = scan
  if (mark === undefined && size <= TITLE_LENGTH) {
    // It was never begun: nothing is written to a segment before its first line is on disk.
    await unlink(path)
    return { whole: true }
  }
  if (mark === undefined) {
    report(`The spool file ${path} can't be read and is set aside as ${await moveAside(path, damaged)}.`)
    return { whole: false }
  }
  const whole = end === size && scan.damage.length === 0
  const kept = whole || (await keepDamaged(path, number, scan, last, damaged, report))
  if (last && kept) await endAt(path, end)
  return { segment: await openSegment(path, number, mark, size), whole }
}

/** Sets a copy of the whole segment aside. False when that failed: then nothing of it must go. */
async function keepDamaged(
  path: string,
  number: number,
  { damage }: Scan,
  last: boolean,
  folder: string,
  report: Report,
): Promise<boolean> {
  const name = segmentName(number)
  const copy = join(folder, name)
  try {
    if (!(await copyAside(path, folder, name))) return true
  } catch (error) {
    report(diskProblem(error, `set a copy of the damaged spool file ${path} aside`))
    return false
  }
  report(
    damage.length === 0 && last
      ? `The spool file ${path} ended in a write that was cut short, as after a power cut; a copy of it is ${copy}.`
      : `The spool file ${path} is damaged; what can be read stays in the queue, a copy of it is ${copy}.`,
  )
  return true
}

/** Cuts off what was never promised, and makes what was read last: the next start counts on it. */
async function endAt(path: string, end: number): Promise<void> {
  const file = await open(path, 'r+')
  try {
    if ((await file.stat()).size > end) await file.truncate(end)
    await file.datasync()
  } finally {
    await file.close()
  }
}

/** Large content without a message: it was never acknowledged, or its message is done. */
async function clearLarge(
  { large, damaged }: SpoolFolders,
  entries: ReadonlyMap<string, Entry>,
  whole: boolean,
): Promise<void> {
  const wanted = new Set([...entries.values()].map(entry => entry.file))
  for (const entry of await readdir(large, { withFileTypes: true })) {
    const { name } = entry
    if (wanted.has(name) || !entry.isFile()) continue
    // Where a segment was damaged the record may be what is lost: then nothing is deleted.
    if (whole) await unlink(join(large, name))
    else await moveAside(join(large, name), damaged)
  }
  await syncFolder(large)
}

/** Messages whose content is gone stay in the queue, so that their senders are told when their turn comes. */
async function findMissing(
  { large, damaged }: SpoolFolders,
  entries: ReadonlyMap<string, Entry>,
  report: Report,
): Promise<void> {
  for (const entry of entries.values()) {
    const { file } = entry
    if (file === undefined || (await exists(join(large, file)))) continue
    const { message } = entry
    const envelope = join(damaged, `${message.id}.json`)
    const lost = `The content of message ${message.id} is missing (${join(large, file)})`
    try {
      if (await keepEnvelope(message, damaged)) report(`${lost}; its envelope is kept as ${envelope}.`)
    } catch (error) {
      report(`${lost}. ${diskProblem(error, 'keep its envelope')}`)
    }
  }
}
