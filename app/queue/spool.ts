/** The spool: every accepted message on disk, from its 250 until each recipient is done. */
import { mkdir, readFile, unlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { Committer } from './committer.ts'
import { type Content, fileIntact } from './content.ts'
import { diskProblem, syncFolder } from './disk.ts'
import { Incoming, type Sealed } from './incoming.ts'
import { isDone, type Message, type RecipientState } from './message.ts'
import { encodeRecord, LINE_LENGTH } from './record.ts'
import {
  applyChange,
  type Entry,
  type Recovered,
  recoverSpool,
  type SpoolFolders,
  type StateChange,
} from './recover.ts'
import { createSegment, type Segment } from './segment.ts'

/** Content whose checksum is wrong: it is not sent, but set aside and reported. */
export class DamagedContent extends Error {}

/** Dead bytes are cleared away once they outweigh the living by this much. */
const SLACK_BYTES = 64 * 1024 * 1024
/** Bytes of content kept in memory for first attempts. */
const FRESH_BYTES = 16 * 1024 * 1024

export class Spool {
  readonly #folders: SpoolFolders
  readonly #report: (sentence: string) => void
  readonly #entries: Map<string, Entry>
  readonly #segments: Map<number, Segment>
  readonly #live = new Map<number, number>()
  readonly #committer: Committer
  /** Contents that just came in, for their first attempt. */
  readonly #fresh = new Map<string, Buffer>()
  #freshBytes = 0
  #liveBytes = 0
  #reclaiming: Promise<void> | undefined

  /** Opens the spool and finds everything in it; damage is set aside and reported, never fatal. */
  static async open(root: string, report: (sentence: string) => void): Promise<Spool> {
    const folders = { root, large: join(root, 'large'), damaged: join(root, 'damaged') }
    for (const folder of Object.values(folders)) await mkdir(folder, { recursive: true, mode: 0o700 })
    const recovered = await recoverSpool(folders, report)
    const active = await createSegment(root, recovered.nextSegment)
    return new Spool(folders, report, recovered, active)
  }

  private constructor(
    folders: SpoolFolders,
    report: (sentence: string) => void,
    recovered: Recovered,
    active: Segment,
  ) {
    this.#folders = folders
    this.#report = report
    this.#entries = recovered.entries
    this.#segments = recovered.segments.set(active.number, active)
    this.#committer = new Committer(folders.root, active, error =>
      report(diskProblem(error, 'write to its spool')),
    )
    for (const entry of this.#entries.values()) this.#count(entry, 1)
    this.#reclaim()
  }

  /** All messages that aren't done, in order of arrival. */
  messages(): IterableIterator<Message> {
    const entries = this.#entries.values()
    return (function* () {
      for (const entry of entries) yield entry.message
    })()
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
    const written = await this.#write(() => message, sealed)
    this.#remember(message.id, sealed)
    const entry = { message, ...written, length: sealed.length, crc: sealed.crc }
    this.#entries.set(message.id, sealed.kind === 'file' ? { ...entry, file: sealed.file } : entry)
    this.#count(written, 1)
  }

  /** Records new states; the message is gone from the spool when all its recipients are done. */
  update(id: string, states: ReadonlyMap<number, RecipientState>, warned?: true): Message | undefined {
    const entry = this.#entries.get(id)
    if (!entry) return undefined
    const change: StateChange = { id, states: [...states], ...(warned && { warned }) }
    entry.message = applyChange(entry.message, change)
    const encode = (mark: string) => encodeRecord(mark, 'S', change)
    if (!isDone(entry.message)) {
      this.#forget(id)
      this.#committer.note(encode)
    } else if (entry.file === undefined) this.#finish(id, entry, () => this.#committer.note(encode))
    else this.#finish(id, entry, () => void this.#dropFile(entry.file ?? '', encode))
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

  /** The first bytes of the content, unchecked: for showing a message's header. */
  async beginning(id: string, length: number): Promise<Buffer> {
    const entry = this.#entries.get(id)
    return entry ? this.#read(entry, Math.min(length, entry.length)) : Buffer.alloc(0)
  }

  /** Keeps a copy of a damaged message, with its envelope beside it, in the damaged folder. */
  async setAside(id: string): Promise<void> {
    const entry = this.#entries.get(id)
    if (!entry) return
    const path = join(this.#folders.damaged, id)
    await writeFile(`${path}.json`, JSON.stringify(entry.message, undefined, 2), { mode: 0o600 })
    await writeFile(`${path}.eml`, await this.#read(entry, entry.length).catch(() => ''), { mode: 0o600 })
    await syncFolder(this.#folders.damaged)
    this.#report(`Message ${id} was damaged on disk and can't be sent; it is set aside as ${path}.eml.`)
  }

  /** Writes and syncs what is still to be written. */
  async close(): Promise<void> {
    await this.#reclaiming
    await this.#committer.close()
    for (const segment of this.#segments.values()) await segment.file.close()
  }

  /** Appends a message record; `message` is asked at the moment of writing, so that it is the newest. */
  async #write(
    message: () => Message,
    sealed: Sealed,
  ): Promise<Pick<Entry, 'segment' | 'bodyOffset' | 'bytes'>> {
    const inline = sealed.kind === 'inline'
    const facts = { length: sealed.length, crc: sealed.crc, ...(!inline && { file: sealed.file }) }
    let headLength = 0
    let bytes = 0
    const { segment, offset } = await this.#committer.commit(mark => {
      const head = { message: message(), ...facts }
      const record = encodeRecord(mark, 'M', head, inline ? sealed.chunks : [], inline ? sealed.crc : 0)
      headLength = record[1]?.length ?? 0
      bytes = record.reduce((sum, buffer) => sum + buffer.length, 0)
      return record
    })
    this.#segments.set(segment.number, segment)
    return { segment: segment.number, bodyOffset: offset + LINE_LENGTH + headLength + 1, bytes }
  }

  async #read(entry: Entry, length: number): Promise<Buffer> {
    if (entry.file !== undefined)
      return (await readFile(join(this.#folders.large, entry.file))).subarray(0, length)
    const segment = this.#segments.get(entry.segment)
    if (!segment) throw new DamagedContent(`The spool file of message ${entry.message.id} is missing.`)
    const bytes = Buffer.allocUnsafe(length)
    const { bytesRead } = await segment.file.read(bytes, 0, length, entry.bodyOffset)
    return bytes.subarray(0, bytesRead)
  }

  /** Small content stays in memory as long as there is room: mostly it goes out at once. */
  #remember(id: string, sealed: Sealed): void {
    if (sealed.kind !== 'inline') return
    this.#fresh.set(id, Buffer.concat(sealed.chunks))
    this.#freshBytes += sealed.length
    for (const oldest of this.#fresh.keys()) {
      if (this.#freshBytes <= FRESH_BYTES) return
      this.#forget(oldest)
    }
  }

  #forget(id: string): void {
    this.#freshBytes -= this.#fresh.get(id)?.length ?? 0
    this.#fresh.delete(id)
  }

  #finish(id: string, entry: Entry, record: () => void): void {
    this.#entries.delete(id)
    this.#forget(id)
    this.#count(entry, -1)
    record()
    this.#reclaim()
  }

  /** The file goes only after the record that says so is on disk: a message must never lack its content. */
  async #dropFile(file: string, encode: (mark: string) => readonly Buffer[]): Promise<void> {
    try {
      await this.#committer.commit(encode)
      await unlink(join(this.#folders.large, file))
    } catch (error) {
      this.#report(diskProblem(error, `clear away ${file}`))
    }
  }

  #count(entry: Pick<Entry, 'segment' | 'bytes'>, change: 1 | -1): void {
    this.#live.set(entry.segment, (this.#live.get(entry.segment) ?? 0) + change)
    this.#liveBytes += change * entry.bytes
  }

  #reclaim(): void {
    if (this.#reclaiming || !this.#reclaimable()) return
    this.#reclaiming = this.#reclaimOldest()
      .catch(error => this.#report(diskProblem(error, 'clear its spool')))
      .finally(() => {
        this.#reclaiming = undefined
      })
  }

  /** The oldest segment, when it is empty or its living messages are worth moving. */
  #reclaimable(): Segment | undefined {
    const oldest: Segment | undefined = this.#segments.values().next().value
    if (!oldest || oldest === this.#committer.active) return undefined
    if ((this.#live.get(oldest.number) ?? 0) === 0) return oldest
    let bytes = 0
    for (const segment of this.#segments.values()) bytes += segment.size
    return bytes > 2 * this.#liveBytes + SLACK_BYTES ? oldest : undefined
  }

  /**
   * Segments go strictly from the oldest on, each for good before the next: the records that say a message is
   * done stand behind the message, so they must never be gone before it.
   */
  async #reclaimOldest(): Promise<void> {
    for (let oldest = this.#reclaimable(); oldest; oldest = this.#reclaimable()) {
      for (const [id, entry] of this.#entries) {
        if (entry.segment === oldest.number) await this.#relocate(id, entry)
      }
      if ((this.#live.get(oldest.number) ?? 0) > 0) return
      this.#segments.delete(oldest.number)
      this.#live.delete(oldest.number)
      await oldest.file.close()
      await unlink(oldest.path)
      await syncFolder(this.#folders.root)
    }
  }

  /** Writes the message again at the end of the spool, where its later records stand behind it. */
  async #relocate(id: string, entry: Entry): Promise<void> {
    const { length, crc, file } = entry
    const sealed: Sealed =
      file === undefined
        ? { kind: 'inline', length, crc, chunks: [await this.#read(entry, length)] }
        : { kind: 'file', length, crc, file }
    const written = await this.#write(() => entry.message, sealed)
    if (this.#entries.get(id) !== entry) return
    this.#count(entry, -1)
    Object.assign(entry, written)
    this.#count(entry, 1)
  }
}
