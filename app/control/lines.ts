/** Lines out of a stream of bytes, none longer than a limit. */

/** 64 MiB: room for a whole settings file or a long list, and a bound on what a broken peer can make us keep. */
export const longestLine = 64 * 1024 * 1024

const lineFeed = 0x0a

export class Lines {
  readonly #limit: number
  #parts: Buffer[] = []
  #kept = 0

  constructor(limit: number = longestLine) {
    this.#limit = limit
  }

  /** The lines that `bytes` completes, without their line feed. Throws when a line is over the limit or not UTF-8. */
  push(bytes: Buffer): string[] {
    const lines: string[] = []
    let start = 0
    for (let end = bytes.indexOf(lineFeed); end !== -1; end = bytes.indexOf(lineFeed, start)) {
      this.#keep(bytes.subarray(start, end))
      lines.push(this.#take())
      start = end + 1
    }
    this.#keep(bytes.subarray(start))
    return lines
  }

  #keep(part: Buffer): void {
    this.#kept += part.length
    if (this.#kept > this.#limit) throw new Error('A line is too long.')
    if (part.length > 0) this.#parts.push(part)
  }

  #take(): string {
    const line = new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(this.#parts, this.#kept))
    this.#parts = []
    this.#kept = 0
    return line
  }
}
