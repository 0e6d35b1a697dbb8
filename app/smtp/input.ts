/** What a client sends, taken apart: command lines, one at a time, and after DATA the content up to its final dot. */
import type { Reply } from '../mail/reply.ts'
import { ContentFlow } from './content-flow.ts'
import { type Line, LineBuffer } from './line.ts'

type Next = () => void

export interface Commands {
  /** Handles a line; the next one comes when it calls `next`. `alone`: nothing came with it. */
  command(line: Line, alone: boolean, next: Next): void
  /** Part of a line is there, and the rest is to come. */
  lineBegun(): void
  /** What still comes in is thrown away. */
  isClosed(): boolean
}

/** Lines handled before other connections get their turn. */
const LINES_AT_ONCE = 100

export class Input {
  readonly #commands: Commands
  readonly #lines = new LineBuffer()
  #content: ContentFlow | undefined
  /** Goes on behind the content that was received. */
  #resume: Next | undefined

  constructor(commands: Commands) {
    this.#commands = commands
  }

  /** Calls `next` when it can take more. */
  take(chunk: Buffer, next: Next): void {
    this.#take(chunk, next, 0)
  }

  /** What follows is content; `received` hears of its final dot. Lines come again after `continue`. */
  beginContent(received: () => void): ContentFlow {
    this.#content = new ContentFlow(received)
    return this.#content
  }

  /** The content is answered. */
  continue(): void {
    const resume = this.#resume
    this.#resume = undefined
    resume?.()
  }

  /** The client is gone, or has to go. */
  abort(why?: Reply): void {
    this.#content?.abort(why)
  }

  #take(chunk: Buffer, next: Next, lines: number): void {
    if (chunk.length === 0 || this.#commands.isClosed()) next()
    else if (this.#content) this.#takeContent(this.#content, chunk, next)
    else this.#takeLine(chunk, next, lines)
  }

  #takeContent(content: ContentFlow, chunk: Buffer, next: Next): void {
    content.feed(chunk, rest => {
      if (!rest) {
        next()
        return
      }
      this.#content = undefined
      this.#resume = () => this.#take(rest, next, 1)
    })
  }

  #takeLine(chunk: Buffer, next: Next, lines: number): void {
    const line = this.#lines.take(chunk)
    if (!line) {
      this.#commands.lineBegun()
      next()
      return
    }
    this.#commands.command(line, lines === 0 && line.rest.length === 0, () => {
      if (lines < LINES_AT_ONCE) this.#take(line.rest, next, lines + 1)
      else setImmediate(() => this.#take(line.rest, next, 1))
    })
  }
}
