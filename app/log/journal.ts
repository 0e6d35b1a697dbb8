/** The journal: every event as a JSON line, a file a day, in a folder that never outgrows its cap. */
import { createReadStream } from 'node:fs'
import { type FileHandle, open, readdir, stat, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Event, EventBody } from './event.ts'

export interface JournalLimits {
  /** Bytes of one file; a day that brings more goes on in another. */
  readonly fileBytes: number
  /** Bytes of all files; the oldest go first. */
  readonly totalBytes: number
}

export const JOURNAL_LIMITS: JournalLimits = { fileBytes: 32 * 1024 ** 2, totalBytes: 256 * 1024 ** 2 }

export interface JournalQuery {
  /** Milliseconds since the epoch. */
  readonly since?: number
  /** Text that the event's JSON must contain, without case. */
  readonly match?: string
  /** Only these; all where absent. */
  readonly kinds?: readonly Event['kind'][]
  /** What the event's JSON must not hold. */
  readonly except?: RegExp
  /** The newest so many. */
  readonly limit: number
}

/** Lines kept at most while they can't be written. */
const KEPT_LINES = 10_000
/** Lines of one write at most. */
const AT_ONCE = 1000
/** Lines are written together at most this long after they came, milliseconds. */
const DELAY = 100

export class Journal {
  readonly #folder: string
  readonly #limits: JournalLimits
  readonly #now: () => number
  readonly #listeners = new Set<(event: Event) => void>()
  #lines: string[] = []
  #timer: NodeJS.Timeout | undefined
  #writing: Promise<void> = Promise.resolve()
  #file: { readonly name: string; readonly handle: FileHandle; size: number } | undefined
  #failed: ((error: unknown) => void) | undefined
  #isFailing = false

  constructor(folder: string, now: () => number = Date.now, limits: JournalLimits = JOURNAL_LIMITS) {
    this.#folder = folder
    this.#now = now
    this.#limits = limits
  }

  /** Where an error of writing goes, the first until it can be written again: not into the journal. At most one listener. */
  onFailure(failed: (error: unknown) => void): void {
    this.#failed = failed
  }

  /** Never throws and never waits. */
  emit(body: EventBody): void {
    const event: Event = { time: this.#now(), ...body }
    this.#lines.push(JSON.stringify(event))
    this.#timer ??= setTimeout(() => this.#flushLater(), DELAY).unref()
    for (const listener of this.#listeners) listener(event)
  }

  /** Calls for every event from now on, until the function it returns is called. */
  subscribe(listener: (event: Event) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Oldest first. */
  async read(query: JournalQuery): Promise<readonly Event[]> {
    await this.flush()
    const found: Event[][] = []
    let count = 0
    for (const name of (await this.#files()).reverse()) {
      if (query.since !== undefined && dayAfter(name) < query.since) break
      const events = await this.#readFile(name, query)
      found.unshift(events)
      count += events.length
      if (count >= query.limit) break
    }
    return found.flat().slice(-query.limit)
  }

  /** Resolves when all that came is in the file. */
  flush(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#writing = this.#writing.then(() => this.#tryWrite())
    return this.#writing
  }

  async close(): Promise<void> {
    await this.flush()
    await this.#file?.handle.close()
    this.#file = undefined
  }

  #flushLater(): void {
    this.#timer = undefined
    void this.flush()
  }

  /** What there is by now, some at a time: of very many lines the whole text would take long to make. */
  async #tryWrite(): Promise<void> {
    for (let left = this.#lines.length; left > 0; left -= AT_ONCE)
      if (!(await this.#tryLines(this.#lines.splice(0, Math.min(left, AT_ONCE))))) return
  }

  async #tryLines(lines: string[]): Promise<boolean> {
    try {
      await this.#write(Buffer.from(`${lines.join('\n')}\n`))
      this.#isFailing = false
      return true
    } catch (error) {
      // The newest are kept for when the disk takes them again.
      this.#lines = [...lines, ...this.#lines].slice(-KEPT_LINES)
      await this.#takeBack()
      if (!this.#isFailing) this.#failed?.(error)
      this.#isFailing = true
      return false
    }
  }

  async #write(text: Buffer): Promise<void> {
    const file = await this.#current(text.length)
    await file.handle.appendFile(text)
    file.size += text.length
  }

  /** A part of it may be in the file: the whole comes again. */
  async #takeBack(): Promise<void> {
    const file = this.#file
    this.#file = undefined
    await file?.handle.truncate(file.size).catch(() => undefined)
    await file?.handle.close().catch(() => undefined)
  }

  async #current(more: number) {
    const day = dayOf(this.#now())
    const old = this.#file
    if (old?.name.startsWith(day) && old.size + more <= this.#limits.fileBytes) return old
    await old?.handle.close()
    this.#file = undefined
    await this.#trim()
    const name = await this.#nextName(day, more)
    const path = join(this.#folder, name)
    const handle = await open(path, 'a+', 0o600)
    const size = await endLine(handle).catch(async error => {
      await handle.close()
      throw error
    })
    const file = { name, handle, size }
    this.#file = file
    return file
  }

  /** The day's last file while it has room, else the next. */
  async #nextName(day: string, more: number): Promise<string> {
    const last = (await this.#files()).filter(name => name.startsWith(day)).at(-1)
    if (last === undefined) return `${day}.0001.jsonl`
    const { size } = await stat(join(this.#folder, last))
    if (size + more <= this.#limits.fileBytes) return last
    return `${day}.${String(Number(last.split('.')[1]) + 1).padStart(4, '0')}.jsonl`
  }

  async #trim(): Promise<void> {
    const files = await this.#files()
    const sizes = await Promise.all(files.map(async name => (await stat(join(this.#folder, name))).size))
    let total = sizes.reduce((sum, size) => sum + size, 0)
    for (const [index, name] of files.entries()) {
      if (total + this.#limits.fileBytes <= this.#limits.totalBytes) return
      await unlink(join(this.#folder, name))
      total -= sizes[index] ?? 0
    }
  }

  /** Oldest first. */
  async #files(): Promise<string[]> {
    const names = await readdir(this.#folder)
    return names.filter(name => /^\d{4}-\d\d-\d\d\.\d{4,}\.jsonl$/.test(name)).sort()
  }

  async #readFile(name: string, { since = 0, match, except, kinds, limit }: JournalQuery): Promise<Event[]> {
    const wanted = match?.toLowerCase()
    const words = kinds?.map(kind => JSON.stringify(kind))
    const events: Event[] = []
    const stream = createReadStream(join(this.#folder, name))
    for await (const line of createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY })) {
      if (wanted !== undefined && !line.toLowerCase().includes(wanted)) continue
      if (except?.test(line)) continue
      // Most lines of a busy day are passed over without being read.
      if (words && !words.some(word => line.includes(word))) continue
      const event = parseEvent(line)
      if (!event || event.time < since || (kinds && !kinds.includes(event.kind))) continue
      events.push(event)
      if (events.length > 2 * limit) events.splice(0, events.length - limit)
    }
    return events
  }
}

/** Ends a last line that a crash cut short, so that the next event has its own; the file's size then. */
async function endLine(handle: FileHandle): Promise<number> {
  const { size } = await handle.stat()
  if (size === 0) return 0
  const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, size - 1)
  if (buffer[0] === 0x0a) return size
  await handle.appendFile('\n')
  return size + 1
}

/** Undefined for a line that was cut short. */
function parseEvent(line: string): Event | undefined {
  try {
    return JSON.parse(line) as Event
  } catch {
    return undefined
  }
}

/** In the machine's own time, as the office's days are. */
function dayOf(ms: number): string {
  const date = new Date(ms)
  const two = (value: number) => String(value).padStart(2, '0')
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
}

/** When the file's day is surely over, milliseconds since the epoch. */
function dayAfter(name: string): number {
  return Date.parse(`${name.slice(0, 10)}T00:00:00Z`) + 2 * 24 * 60 * 60 * 1000
}
