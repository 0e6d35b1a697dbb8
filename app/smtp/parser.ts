/** The parser of a connection: what the library would read by itself goes to our `Input`. */
import { Input } from './input.ts'
import { LibraryStream } from './library.ts'

type Next = (error?: Error | null) => void

/** What the parser hands to its connection. */
export interface ParserEvents {
  command(text: Buffer, next: Next): void
  lineBegun(): void
  /** The bytes as they are to be read; undefined for what nobody reads. */
  received(chunk: Buffer): Buffer | undefined
  /** The client sends nothing more, and all that it sent is answered. */
  ended(): void
}

/** Where the library reads lines and content by itself, ours does; the library only pipes into it. */
export class Parser extends LibraryStream {
  readonly input: Input
  bareLf = false
  /** Nothing came with the line. */
  alone = false
  readonly #events: ParserEvents

  constructor(events: ParserEvents) {
    super()
    this.#events = events
    this.input = new Input({
      command: ({ text, bareLf }, alone, next) => {
        this.bareLf = bareLf
        this.alone = alone
        events.command(text, next)
      },
      lineBegun: () => events.lineBegun(),
      isClosed: () => this.isClosed,
    })
  }

  /** A line that the connection's end cut off is no command, nor is content a message. */
  override _flushData(): void {
    this.input.abort()
    this.#events.ended()
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding | 'buffer', next: Next): void {
    const bytes = this.#events.received(chunk)
    if (bytes) this.input.take(bytes, next)
    else next()
  }
}
