/** The committer: appends records to the newest segment, as many as wait with one write and one disk sync. */
import { append, type Encode, layOut, syncSegment } from './append.ts'
import { createSegment, type Segment } from './segment.ts'

/** Where a record was written. */
export interface Place {
  readonly segment: Segment
  readonly offset: number
}

interface Commit {
  readonly kind: 'commit'
  readonly encode: Encode
  readonly settle: (outcome: Place | Error) => void
}

interface Note {
  readonly kind: 'note'
  readonly encode: Encode
  readonly synced: () => void
}

export interface CommitterOptions {
  /** Of the segments. */
  readonly folder: string
  /** A segment is closed when it has grown to this. */
  readonly segmentBytes: number
  /** Hears of each segment it begins, and of the one it left for it. */
  readonly began: (segment: Segment, left: Segment) => void
  /** Hears when writing or syncing begins to fail, and again when it fails otherwise or anew. */
  readonly failed: (error: Error) => void
}

/** One write is at most about this, and so many records. */
const BATCH_BYTES = 8 * 1024 * 1024
const BATCH_RECORDS = 256
/** Notes wait so long for a commit whose write they can share, milliseconds. */
const NOTE_DELAY = 5
/** Notes are synced within this, milliseconds. */
const LAZY_SYNC = 100
/** After a failure, milliseconds until notes are tried again. */
const RETRY = 1000

export class Committer {
  readonly #options: CommitterOptions
  #segment: Segment
  #lastNumber: number
  #queue: (Commit | Note)[] = []
  /** Notes that are written, but perhaps not on disk for good. */
  #unsynced: Note[] = []
  #syncDue = false
  /** The last failure, while it lasts. */
  #failure: string | undefined
  #running: Promise<void> | undefined
  #timer: NodeJS.Timeout | undefined
  #noteTimer: NodeJS.Timeout | undefined
  #closed = false

  constructor(segment: Segment, options: CommitterOptions) {
    this.#segment = segment
    this.#lastNumber = segment.number
    this.#options = options
  }

  get active(): Segment {
    return this.#segment
  }

  /** Resolves when the record is on disk for good; rejects when it isn't, and then it won't be found again. */
  commit(encode: Encode): Promise<Place> {
    return new Promise((resolve, reject) => {
      const settle = (outcome: Place | Error) =>
        outcome instanceof Error ? reject(outcome) : resolve(outcome)
      if (this.#closed) settle(new Error('The spool is closed.'))
      else this.#push({ kind: 'commit', encode, settle })
    })
  }

  /**
   * Writes the record with the next commit, or by itself within `NOTE_DELAY`, and syncs it within `LAZY_SYNC`, then
   * calls `synced`. It is never refused: after a failure it is written again, in its order, until it is on disk.
   */
  note(encode: Encode, synced: () => void = () => {}): void {
    if (this.#closed) this.#options.failed(new Error('the spool is closed'))
    else {
      this.#queue.push({ kind: 'note', encode, synced })
      this.#noteTimer ??= setTimeout(() => this.#writeNotes(), NOTE_DELAY)
    }
  }

  /** Writes and syncs all that waits; rejects when something of it couldn't be. */
  async close(): Promise<void> {
    this.#closed = true
    // Nothing may begin beside what follows: two would write at the same place.
    clearTimeout(this.#noteTimer)
    clearTimeout(this.#timer)
    await this.#running
    await this.#work()
    await this.#sync()
  }

  #push(commit: Commit): void {
    this.#queue.push(commit)
    this.#wake()
  }

  #writeNotes(): void {
    this.#noteTimer = undefined
    if (this.#queue.length > 0) this.#wake()
  }

  #wake(): void {
    this.#running ??= this.#run()
  }

  async #run(): Promise<void> {
    // Everything that arrives in this turn of the event loop goes into the first batch.
    await Promise.resolve()
    for (let ended = false; !ended; ) {
      try {
        await this.#work()
        ended = this.#queue.length === 0
      } catch {
        // Notes wait for a better time; who waits for a commit learns at once how things stand.
        this.#wakeIn(RETRY)
        ended = !this.#queue.some(isCommit)
      }
    }
    this.#running = undefined
  }

  #wakeIn(delay: number): void {
    if (this.#closed) return
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined
      this.#syncDue = true
      this.#wake()
    }, delay).unref()
  }

  /** Rejects at the first failure: who waited was told, notes stand in the queue again. */
  async #work(): Promise<void> {
    for (;;) {
      if (this.#syncDue) await this.#sync()
      if (this.#queue.length === 0) return
      await this.#writeBatch()
    }
  }

  async #writeBatch(): Promise<void> {
    const batch = this.#queue.splice(0, BATCH_RECORDS)
    try {
      if (!this.#segment.trusted || this.#segment.size >= this.#options.segmentBytes) await this.#rotate()
      const segment = this.#segment
      const encodes = batch.map(({ encode }) => encode)
      const layout = layOut(segment, encodes, BATCH_BYTES)
      this.#queue.unshift(...batch.splice(layout.offsets.length))
      await append(segment, layout, batch.some(isCommit))
      this.#wrote(batch, segment, layout.offsets)
    } catch (error) {
      this.#fail(error, batch)
      throw error
    }
  }

  #wrote(batch: readonly (Commit | Note)[], segment: Segment, offsets: readonly number[]): void {
    this.#failure = undefined
    this.#unsynced.push(...batch.filter(isNote))
    if (batch.some(isCommit)) this.#nowSynced()
    if (this.#unsynced.length > 0) this.#wakeIn(LAZY_SYNC)
    batch.forEach((waiting, index) => {
      if (waiting.kind === 'commit') waiting.settle({ segment, offset: offsets[index] ?? 0 })
    })
  }

  #nowSynced(): void {
    const notes = this.#unsynced
    this.#unsynced = []
    this.#syncDue = false
    for (const { synced } of notes) synced()
  }

  async #sync(): Promise<void> {
    this.#syncDue = false
    if (this.#unsynced.length === 0) return
    try {
      await syncSegment(this.#segment)
    } catch (error) {
      this.#fail(error, [])
      throw error
    }
    this.#nowSynced()
  }

  #fail(error: unknown, batch: readonly (Commit | Note)[]): void {
    const reason = error instanceof Error ? error : new Error(String(error))
    const lost = this.#segment.trusted ? [] : this.#unsynced.splice(0)
    const waiting = [...batch, ...this.#queue]
    this.#queue = [...lost, ...waiting.filter(isNote)]
    // Those that stand behind more notes than a batch takes as well: their turn would not come while this lasts.
    for (const commit of waiting.filter(isCommit)) commit.settle(reason)
    const failure = 'code' in reason ? String(reason.code) : reason.message
    if (this.#failure !== failure) this.#options.failed(reason)
    this.#failure = failure
  }

  async #rotate(): Promise<void> {
    const left = this.#segment
    if (this.#unsynced.length > 0) {
      await syncSegment(left)
      this.#nowSynced()
    }
    // A number is never tried twice: what a failure left behind mustn't be in the way.
    this.#segment = await createSegment(this.#options.folder, ++this.#lastNumber)
    this.#options.began(this.#segment, left)
  }
}

function isCommit(waiting: Commit | Note): waiting is Commit {
  return waiting.kind === 'commit'
}

function isNote(waiting: Commit | Note): waiting is Note {
  return waiting.kind === 'note'
}
