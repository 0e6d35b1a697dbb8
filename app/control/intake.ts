/** The intake of a connection: lines taken one after the other, and no more of them than are answered and read. */
import type { Socket } from 'node:net'

/** What a peer may have waiting here before nothing more is read from it. */
export interface IntakeLimits {
  /** Lines whose work isn't done. */
  readonly lines: number
  /** Bytes of these lines, and of the answers that the peer hasn't read. */
  readonly bytes: number
}

export class Intake {
  readonly #socket: Socket
  readonly #take: (line: string) => unknown
  readonly #limits: IntakeLimits
  #held: string[] = []
  #lines = 0
  #bytes = 0

  /** `take`: the line's work is done when what it returns has resolved. A line at which it throws ends the connection. */
  constructor(socket: Socket, take: (line: string) => unknown, limits: IntakeLimits) {
    this.#socket = socket
    this.#take = take
    this.#limits = limits
    socket.on('drain', () => this.#goOn())
  }

  push(lines: readonly string[]): void {
    this.#held = this.#held.length === 0 ? [...lines] : [...this.#held, ...lines]
    this.#goOn()
  }

  /** Takes what was held; then the socket may bring more. */
  #goOn(): void {
    const socket = this.#socket
    let next = 0
    while (next < this.#held.length && !this.#isFull && !socket.destroyed)
      this.#takeOne(this.#held[next++] ?? '')
    this.#held = this.#held.slice(next)
    if (this.#held.length > 0 || this.#isFull) socket.pause()
    else if (socket.isPaused()) socket.resume()
  }

  get #isFull(): boolean {
    const { lines, bytes } = this.#limits
    return this.#lines >= lines || this.#bytes + this.#socket.writableLength > bytes
  }

  #takeOne(line: string): void {
    this.#lines++
    this.#bytes += line.length
    const done = () => {
      this.#lines--
      this.#bytes -= line.length
      this.#goOn()
    }
    try {
      Promise.resolve(this.#take(line)).then(done, done)
    } catch {
      this.#socket.destroy()
    }
  }
}
