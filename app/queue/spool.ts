/** The spool: every accepted message on disk, from its 250 until each recipient is done. */
import { mkdir, unlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { crc32 } from 'node:zlib'
import type { Encode } from './append.ts'
import { copyAside, exists, keepContent, keepEnvelope } from './aside.ts'
import { Committer } from './committer.ts'
import { type Content, fileIntact, readBeginning } from './content.ts'
import { diskProblem, syncFolder } from './disk.ts'
import { Entry, type Place, type StateChange } from './entry.ts'
import { FreshContents } from './fresh.ts'
import { Incoming, type Sealed } from './incoming.ts'
import { SPOOL_LIMITS, type SpoolLimits } from './limits.ts'
import { isDone, type Message, type RecipientState } from './message.ts'
import { Reclaimer } from './reclaim.ts'
import { encodeRecord } from './record.ts'
import { type Recovered, recoverSpool, type SpoolFolders } from './recover.ts'
import { createSegment, type Segment, TITLE_LENGTH } from './segment.ts'
import { Shelf } from './shelf.ts'

/** Content that isn't what was accepted: it is not sent, but set aside and reported. */
export class DamagedContent extends Error {}

/** So many messages are moved at a time: they share a write and a sync. */
const TOGETHER = 64

type Report = (sentence: string) => void

export class Spool {
  readonly #folders: SpoolFolders
  readonly #report: Report
  readonly #entries: Map<string, Entry>
  readonly #shelf: Shelf
  readonly #committer: Committer
  readonly #reclaimer: Reclaimer
  readonly #fresh: FreshContents
  /** Files on their way out. */
  readonly #dropping = new Set<Promise<void>>()

  /** Opens the spool and finds everything in it; damage is set aside and reported, never fatal. */
  static async open(root: string, report: Report, limits: SpoolLimits = SPOOL_LIMITS): Promise<Spool> {
    const folders = { root, large: join(root, 'large'), damaged: join(root, 'damaged') }
    for (const folder of Object.values(folders)) await mkdir(folder, { recursive: true, mode: 0o700 })
    await syncFolder(dirname(root))
    const recovered = await recoverSpool(folders, report)
    try {
      const active = await createSegment(root, recovered.nextSegment)
      return new Spool(folders, report, recovered, active, limits)
    } catch (error) {
      for (const { file } of recovered.segments) await file.close()
      throw error
    }
  }

  private constructor(
    folders: SpoolFolders,
    report: Report,
    recovered: Recovered,
    active: Segment,
    limits: SpoolLimits,
  ) {
    this.#folders = folders
    this.#report = report
    this.#entries = recovered.entries
    this.#fresh = new FreshContents(limits.freshBytes)
    const shelf = new Shelf([...recovered.segments, active], limits.slackBytes)
    this.#shelf = shelf
    for (const { place } of this.#entries.values()) shelf.count(place, 1)
    const committer = new Committer(active, {
      folder: folders.root,
      segmentBytes: limits.segmentBytes,
      began: (segment, left) => this.#began(segment, left),
      failed: error => report(diskProblem(error, 'write to its spool')),
    })
    this.#committer = committer
    const relocate = (segment: Segment) => this.#relocateAll(segment)
    this.#reclaimer = new Reclaimer({ folder: folders.root, shelf, committer, relocate, report })
    this.#reclaimer.wake()
  }

  /** All messages that aren't done, in order of arrival. */
  messages(): IterableIterator<Message> {
    const entries = this.#entries.values()
    return (function* () {
      for (const entry of entries) yield entry.message
    })()
  }

  /** Their ids, in the same order. */
  ids(): IterableIterator<string> {
    return this.#entries.keys()
  }

  get(id: string): Message | undefined {
    return this.#entries.get(id)?.message
  }

  /** Starts taking in the content of message `id`. */
  receive(id: string): Incoming {
    return new Incoming(this.#folders.large, `${id}.eml`)
  }

  /** Resolves when message and content would survive a power cut; rejects with the disk's error. */
  async commit(message: Message, incoming: Incoming): Promise<void> {
    const sealed = await incoming.seal()
    const written = await this.#write(() => message, sealed, sealed.kind === 'inline' ? sealed.crc : 0)
    this.#fresh.add(message.id, sealed)
    this.#entries.set(message.id, Entry.of({ message, ...factsOf(sealed) }, written))
    this.#shelf.count(written, 1)
  }

  /** Records new states; the message is gone from the spool when all its recipients are done. */
  update(id: string, states: ReadonlyMap<number, RecipientState>, warned?: true): Message | undefined {
    const entry = this.#entries.get(id)
    if (!entry) return undefined
    const change: StateChange = { id, states: [...states], ...(warned && { warned }) }
    entry.change(change)
    this.#fresh.forget(id)
    const encode: Encode = mark => encodeRecord(mark, 'S', change)
    if (isDone(entry.message)) this.#finish(id, entry, encode)
    else this.#committer.note(encode)
    return entry.message
  }

  /** The content, checked against its checksum; rejects with `DamagedContent` when that is wrong. */
  async content(id: string): Promise<Content> {
    const entry = this.#entries.get(id)
    if (!entry) throw new Error(`There is no message ${id} in the queue.`)
    const fresh = this.#fresh.get(id)
    if (fresh) return { kind: 'bytes', bytes: fresh }
    const { length, crc, file } = entry
    if (file !== undefined) {
      const path = join(this.#folders.large, file)
      if (await fileIntact(path, length, crc)) return { kind: 'file', path, length }
    } else {
      const bytes = await this.#read(entry, length)
      if (bytes.length === length && crc32(bytes) === crc) return { kind: 'bytes', bytes }
    }
    throw new DamagedContent(`The content of message ${id} is damaged on disk.`)
  }

  /** The first bytes of the content, unchecked, for showing a message's header; none where they are missing. */
  async beginning(id: string, length: number): Promise<Buffer> {
    const entry = this.#entries.get(id)
    return entry ? this.#read(entry, Math.min(length, entry.length)) : Buffer.alloc(0)
  }

  /** Keeps a copy of a damaged message, with its envelope beside it, in the damaged folder. */
  async setAside(id: string): Promise<void> {
    const entry = this.#entries.get(id)
    if (!entry) return
    const { damaged } = this.#folders
    const path = join(damaged, id)
    const first = await keepEnvelope(entry.message, damaged)
    if (await this.#copyContent(entry, damaged))
      this.#report(`Message ${id} was damaged on disk and can't be sent; it is set aside as ${path}.eml.`)
    else if (first)
      this.#report(`The content of message ${id} is missing; its envelope is set aside as ${path}.json.`)
  }

  /** Writes and syncs what is still to be written; rejects when that fails. */
  async close(): Promise<void> {
    await this.#reclaimer.close()
    try {
      await this.#committer.close()
      await Promise.all(this.#dropping)
    } finally {
      await this.#shelf.close()
    }
  }

  /** Appends a message record; `message` is asked at the moment of writing, so that it is the newest. */
  async #write(message: () => Message, sealed: Sealed, bodyCrc: number): Promise<Place> {
    const inline = sealed.kind === 'inline'
    const facts = factsOf(sealed)
    let beginning = 0
    let bytes = 0
    const { segment, offset } = await this.#committer.commit(mark => {
      const head = { message: message(), ...facts }
      const record = encodeRecord(mark, 'M', head, inline ? sealed.chunks : [], bodyCrc)
      bytes = record.reduce((sum, buffer) => sum + buffer.length, 0)
      beginning = bytes - (inline ? sealed.length : 0) - 1
      return record
    })
    return { segment: segment.number, bodyOffset: offset + beginning, bytes }
  }

  /** As much of it as is there. */
  async #read(entry: Entry, length: number): Promise<Buffer> {
    if (entry.file !== undefined) return readBeginning(join(this.#folders.large, entry.file), length)
    const segment = this.#shelf.get(entry.place.segment)
    if (!segment) return Buffer.alloc(0)
    const bytes = Buffer.allocUnsafe(length)
    const { bytesRead } = await segment.file.read(bytes, 0, length, entry.place.bodyOffset)
    return bytes.subarray(0, bytesRead)
  }

  /** False when it was there already, or is missing. */
  async #copyContent(entry: Entry, folder: string): Promise<boolean> {
    const { id } = entry.message
    if (entry.file === undefined) return keepContent(await this.#read(entry, entry.length), folder, id)
    const path = join(this.#folders.large, entry.file)
    return (await exists(path)) && copyAside(path, folder, `${id}.eml`)
  }

  #finish(id: string, entry: Entry, encode: Encode): void {
    const { file } = entry
    this.#entries.delete(id)
    this.#shelf.count(entry.place, -1)
    // The file goes only after the record that says so is on disk: a message must never lack its content.
    const drop = file === undefined ? undefined : () => this.#drop(unlink(join(this.#folders.large, file)))
    this.#committer.note(encode, drop)
    this.#reclaimer.wake()
  }

  #drop(removal: Promise<void>): void {
    const dropping = removal
      .catch(error => this.#report(diskProblem(error, 'clear its spool')))
      .finally(() => this.#dropping.delete(dropping))
    this.#dropping.add(dropping)
  }

  /** A segment that was left unused after a failure goes at once. */
  #began(segment: Segment, left: Segment): void {
    this.#shelf.add(segment)
    if (left.size === TITLE_LENGTH) this.#drop(this.#shelf.remove(left))
  }

  async #relocateAll(segment: Segment): Promise<void> {
    const entries = [...this.#entries].filter(([, entry]) => entry.place.segment === segment.number)
    for (let start = 0; start < entries.length; start += TOGETHER) {
      const some = entries.slice(start, start + TOGETHER)
      await Promise.all(some.map(([id, entry]) => this.#relocate(id, entry)))
    }
  }

  /** Writes the message again at the end of the spool, where its later records stand behind it. */
  async #relocate(id: string, entry: Entry): Promise<void> {
    if (this.#entries.get(id) !== entry) return
    const { length, crc, file } = entry
    const bytes = file === undefined ? await this.#read(entry, length) : Buffer.alloc(0)
    const sealed: Sealed =
      file === undefined
        ? { kind: 'inline', length, crc, chunks: [bytes] }
        : { kind: 'file', length, crc, file }
    // What is damaged already must not look like a write cut short: then its record would be passed over.
    const written = await this.#write(() => entry.message, sealed, crc32(bytes))
    if (this.#entries.get(id) !== entry) return
    this.#shelf.count(entry.place, -1)
    entry.moved(written)
    this.#shelf.count(written, 1)
  }
}

function factsOf(sealed: Sealed): { length: number; crc: number; file?: string } {
  const { length, crc } = sealed
  return { length, crc, ...(sealed.kind === 'file' && { file: sealed.file }) }
}
