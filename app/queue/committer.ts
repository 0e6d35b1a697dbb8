/** The committer: appends records to the newest segment, as many as wait with one write and one disk sync. */
import type { FileHandle } from 'node:fs/promises'
import { createSegment, type Segment } from './segment.ts'

/** Where a record was written. */
export interface Place {
  readonly segment: Segment
  readonly offset: number
}

interface Waiting {
  readonly encode: (mark: string) => readonly Buffer[]
  /** Undefined: the record need not be on disk before anybody goes on; it is written again after a failure. */
  readonly settle: ((outcome: Place | Error) => void) | undefined
}

interface Placed {
  readonly waiting: Waiting
  readonly offset: number
}

/** A segment is closed when it has grown to this; small enough that emptied ones go soon. */
const SEGMENT_BYTES = 32 * 1024 * 1024
/** One write is at most about this. */
const BATCH_BYTES = 8 * 1024 * 1024
/** Records that nobody waits for are synced within this, milliseconds. */
const LAZY_SYNC = 100
/** After a failed write of records that nobody waits for, milliseconds until the next try. */
const RETRY = 1000

export class Committer {
  readonly #folder: string
  readonly #failed: (error: Error) => void
  #segment: Segment
  #queue: Waiting[] = []
  #running: Promise<void> | undefined
  #timer: NodeJS.Timeout | undefined
  #unsynced = false
  #broken = false

  /** `failed` hears of every write or sync that failed. */
  constructor(folder: string, segment: Segment, failed: (error: Error) => void) {
    this.#folder = folder
    this.#segment = segment
    this.#failed = failed
  }

  get active(): Segment {
    return this.#segment
  }

  /** Resolves when the record is on disk for good; rejects when it isn't, and then it won't be found again. */
  commit(encode: (mark: string) => readonly Buffer[]): Promise<Place> {
    return new Promise((resolve, reject) => {
      this.#push({
        encode,
        settle: outcome => (outcome instanceof Error ? reject(outcome) : resolve(outcome)),
      })
    })
  }

  /** Writes the record at once, and makes sure within `LAZY_SYNC` that it stays. */
  note(encode: (mark: string) => readonly Buffer[]): void {
    this.#push({ encode, settle: undefined })
  }

  /** Writes and syncs all that waits; a last failure rejects. */
  async close(): Promise<void> {
    clearTimeout(this.#timer)
    await this.#running
    clearTimeout(this.#timer)
    while (this.#queue.length > 0 && (await this.#writeBatch(this.#takeBatch()))) {}
    await this.#sync(this.#segment)
  }

  #push(waiting: Waiting): void {
    this.#queue.push(waiting)
    this.#wake()
  }

  #wake(): void {
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined
    })
  }

  async #run(): Promise<void> {
    // Everything that arrives in this turn of the event loop goes into the first batch.
    await Promise.resolve()
    while (this.#queue.length > 0) {
      if (!(await this.#writeBatch(this.#takeBatch()))) {
        this.#later(RETRY, () => this.#wake())
        return
      }
    }
    if (this.#unsynced) this.#later(LAZY_SYNC, () => this.#syncLazily())
  }

  #takeBatch(): Waiting[] {
    if (this.#queue.length <= 256) {
      const all = this.#queue
      this.#queue = []
      return all
    }
    return this.#queue.splice(0, 256)
  }

  /** False when it failed: whoever waited was told, the rest stands in the queue again. */
  async #writeBatch(batch: readonly Waiting[]): Promise<boolean> {
    let done = 0
    try {
      while (done < batch.length) done = await this.#writeSome(batch, done)
      return true
    } catch (error) {
      this.#refuse(batch.slice(done), error instanceof Error ? error : new Error(String(error)))
      return false
    }
  }

  /** Writes the batch from `from` on, as far as one write may go; returns where it stopped. */
  async #writeSome(batch: readonly Waiting[], from: number): Promise<number> {
    if (this.#broken || this.#segment.size >= SEGMENT_BYTES) await this.#rotate()
    const segment = this.#segment
    const start = segment.size
    const buffers: Buffer[] = []
    const placed: Placed[] = []
    let offset = start
    let next = from
    for (; next < batch.length && offset - start < BATCH_BYTES; next++) {
      const waiting = batch[next]
      if (!waiting) break
      placed.push({ waiting, offset })
      for (const buffer of waiting.encode(segment.mark)) {
        buffers.push(buffer)
        offset += buffer.length
      }
    }
    const durable = placed.some(({ waiting }) => waiting.settle)
    await this.#append(segment, buffers, offset, durable)
    for (const { waiting, offset } of placed) waiting.settle?.({ segment, offset })
    return next
  }

  /** Appends up to `end` and, where somebody waits, syncs; on failure nothing of it stays. */
  async #append(segment: Segment, buffers: readonly Buffer[], end: number, durable: boolean): Promise<void> {
    try {
      await writeFully(segment.file, buffers, segment.size)
      if (durable) await segment.file.datasync()
    } catch (error) {
      // What was refused to a client must not be found at the next start. And after a failed sync nobody
      // knows what the file holds: nothing more is written to it.
      this.#broken = true
      await segment.file.truncate(segment.size).catch(this.#failed)
      throw error
    }
    segment.size = end
    this.#unsynced = !durable
  }

  async #sync(segment: Segment): Promise<void> {
    try {
      await segment.file.datasync()
      this.#unsynced = false
    } catch (error) {
      this.#broken = true
      throw error
    }
  }

  #refuse(batch: readonly Waiting[], error: Error): void {
    this.#failed(error)
    this.#queue = [...batch.filter(waiting => !waiting.settle), ...this.#queue]
    for (const waiting of batch) waiting.settle?.(error)
  }

  async #rotate(): Promise<void> {
    const old = this.#segment
    if (this.#unsynced && !this.#broken) await this.#sync(old)
    this.#segment = await createSegment(this.#folder, old.number + 1)
    this.#broken = false
    this.#unsynced = false
  }

  #syncLazily(): void {
    if (this.#running || !this.#unsynced) return
    this.#running = this.#sync(this.#segment)
      .catch(error => this.#failed(error))
      .finally(() => {
        this.#running = undefined
        if (this.#queue.length > 0) this.#wake()
      })
  }

  #later(delay: number, run: () => void): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(run, delay)
    this.#timer.unref()
  }
}

/** Writes all buffers, however few bytes the system takes at a time. */
async function writeFully(file: FileHandle, buffers: readonly Buffer[], start: number): Promise<void> {
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
