/** The content of one message on its way from the client to whoever reads it. */
import { type Reply, reply } from '../mail/reply.ts'
import { DataDecoder } from './data.ts'
import type { Progress } from './deadlines.ts'
import type { ContentSource, TakePiece } from './protocol.ts'

export class ContentFlow implements ContentSource {
  readonly #decoder = new DataDecoder()
  readonly #received: () => void
  #take: TakePiece | undefined
  #over: ((broken: Reply | undefined) => void) | undefined
  #hasEnded = false
  /** Why it isn't complete. */
  #broken: Reply | undefined
  #bytes = 0
  /** A piece that is being taken. */
  #busy: Promise<void> | undefined
  /** What came before anybody read. */
  #held: (() => void) | undefined

  /** `received` hears of the final dot. */
  constructor(received: () => void) {
    this.#received = received
  }

  get progress(): Progress {
    return { bytes: this.#bytes, isAwaited: !this.#held && !this.#busy }
  }

  get isBroken(): boolean {
    return this.#broken !== undefined
  }

  read(take: TakePiece): Promise<Reply | undefined> {
    this.#take = take
    return new Promise(resolve => {
      if (this.#hasEnded) resolve(this.#broken)
      this.#over = resolve
      const held = this.#held
      this.#held = undefined
      held?.()
    })
  }

  /** Reads away what nobody has read; resolves when nothing of it is to come any more. */
  async drain(): Promise<void> {
    if (!this.#take) await this.read(() => undefined)
  }

  /** Calls `next` when it can take more: with the bytes behind the final dot, once that was among these. */
  feed(chunk: Buffer, next: (rest: Buffer | undefined) => void): void {
    // Nobody reads on: what the client still sends stays where it is.
    if (this.#hasEnded) return
    if (!this.#take) {
      this.#held = () => this.feed(chunk, next)
      return
    }
    const { pieces, rest } = this.#decoder.decode(chunk)
    this.#bytes += chunk.length
    this.#give(this.#take, pieces, 0, () => {
      if (rest) this.#end(undefined)
      next(rest)
    })
  }

  stop(refusal: Reply): void {
    this.#end(refusal)
  }

  /** The client is gone, or has to go. */
  abort(why = LOST): void {
    this.#end(why)
  }

  #give(take: TakePiece, pieces: readonly Buffer[], start: number, done: () => void): void {
    for (let at = start; at < pieces.length && !this.#broken; at++) {
      const piece = pieces[at]
      this.#busy = piece && take(piece)
      if (this.#busy) {
        void this.#busy.then(() => {
          this.#busy = undefined
          this.#give(take, pieces, at + 1, done)
        })
        return
      }
    }
    done()
  }

  #end(broken: Reply | undefined): void {
    if (this.#hasEnded) return
    this.#hasEnded = true
    this.#broken = broken
    if (!broken) this.#received()
    if (this.#busy) void this.#busy.then(() => this.#over?.(broken))
    else this.#over?.(broken)
  }
}

const LOST = reply(421, '4.4.2', 'The connection was lost')
