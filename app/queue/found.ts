/** Found texts: heads that a start found on disk, kept as bytes, outside the heap, until somebody asks for them. */

/** Bytes that are kept together. */
const BLOCK = 1024 * 1024

export class FoundText {
  readonly #block: Buffer
  readonly #start: number
  readonly #end: number

  constructor(block: Buffer, start: number, end: number) {
    this.#block = block
    this.#start = start
    this.#end = end
  }

  toString(): string {
    return this.#block.toString('utf8', this.#start, this.#end)
  }
}

export class FoundTexts {
  #block: Buffer = Buffer.alloc(0)
  #used = 0

  /** A copy; its block goes when none in it is wanted any more. */
  keep(bytes: Buffer): FoundText {
    if (this.#used + bytes.length > this.#block.length) {
      this.#block = Buffer.allocUnsafeSlow(Math.max(BLOCK, bytes.length))
      this.#used = 0
    }
    const start = this.#used
    this.#used += bytes.copy(this.#block, start)
    return new FoundText(this.#block, start, this.#used)
  }
}
