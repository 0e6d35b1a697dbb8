/** The content of one message on its way from the client to whoever reads it. */
import { DataDecoder } from './data.ts'
import type { ContentSource, TakePiece } from './protocol.ts'

export class ContentFlow implements ContentSource {
  readonly #decoder = new DataDecoder()
  readonly #received: () => void
  #take: TakePiece | undefined
  #over: ((complete: boolean) => void) | undefined
  /** Known before anybody asked. */
  #complete: boolean | undefined
  /** A piece that is being taken. */
  #busy: Promise<void> | undefined
  /** What came before anybody read. */
  #held: (() => void) | undefined

  /** `received` hears of the final dot. */
  constructor(received: () => void) {
    this.#received = received
  }

  read(take: TakePiece): Promise<boolean> {
    this.#take = take
    return new Promise(resolve => {
      if (this.#complete !== undefined) resolve(this.#complete)
      this.#over = resolve
      this.#held?.()
    })
  }

  /** Reads away what nobody has read; resolves when nothing of it is to come any more. */
  async drain(): Promise<void> {
    if (!this.#take) await this.read(() => undefined)
  }

  /** Calls `next` when it can take more: with the bytes behind the final dot, once that was among these. */
  feed(chunk: Buffer, next: (rest: Buffer | undefined) => void): void {
    if (!this.#take) {
      this.#held = () => this.feed(chunk, next)
      return
    }
    const { pieces, rest } = this.#decoder.decode(chunk)
    this.#give(this.#take, pieces, 0, () => {
      if (rest) this.#end(true)
      next(rest)
    })
  }

  /** The client is gone. */
  abort(): void {
    this.#end(false)
  }

  #give(take: TakePiece, pieces: readonly Buffer[], start: number, done: () => void): void {
    for (let at = start; at < pieces.length; at++) {
      const piece = pieces[at]
      this.#busy = piece && take(piece)
      if (this.#busy) {
        void this.#busy.then(() => this.#give(take, pieces, at + 1, done))
        return
      }
    }
    done()
  }

  #end(complete: boolean): void {
    if (this.#complete !== undefined) return
    this.#complete = complete
    if (complete) this.#received()
    if (this.#busy) void this.#busy.then(() => this.#over?.(complete))
    else this.#over?.(complete)
  }
}
