/** A look at a message's content while it streams in: broken line ends, NUL, 8-bit and the trace it carries. */
import { isAscii } from 'node:buffer'

export interface ContentProblem {
  readonly kind: 'bare-lf' | 'bare-cr' | 'nul'
  /** Counted from 1. */
  readonly line: number
}

const CR = 13
const LF = 10
const SPACE = 32
const TAB = 9
const COLON = 58
const NAME = Buffer.from('received')
/** No longer the field's name on this line. */
const OTHER = -1

/** Fed with the content of DATA in any chunks, dots already taken off; constant memory. */
export class ContentScanner {
  #bytes = 0
  #eightBit = false
  #problem: ContentProblem | undefined
  #line = 1
  #afterCr = false
  #inHeader = true
  #lineIsEmpty = true
  /** How much of `received` this line of the header has matched. */
  #matched = 0
  #receivedFields = 0

  scan(chunk: Buffer): void {
    this.#bytes += chunk.length
    this.#eightBit ||= !isAscii(chunk)
    if (!this.#problem) this.#scanLineEnds(chunk)
    if (this.#inHeader) this.#scanHeader(chunk)
  }

  /** Says that nothing follows; a last CR is then a bare one. */
  end(): void {
    if (this.#afterCr) this.#problem ??= { kind: 'bare-cr', line: this.#line }
  }

  /** The first one (RFC 5321 sections 2.3.8 and 4.5.2, RFC 5322 section 4). */
  get problem(): ContentProblem | undefined {
    return this.#problem
  }

  /** How many servers it has been through: the loop limit counts them (RFC 5321 section 6.3). */
  get receivedFields(): number {
    return this.#receivedFields
  }

  get eightBit(): boolean {
    return this.#eightBit
  }

  get bytes(): number {
    return this.#bytes
  }

  /** The hot path: one comparison for nearly every byte. */
  #scanLineEnds(chunk: Buffer): void {
    let at = 0
    while (at < chunk.length) {
      if (!this.#afterCr) while (at < chunk.length && (chunk[at] as number) > CR) at++
      if (at === chunk.length) return
      const byte = chunk[at++] as number
      const kind = problemAt(byte, this.#afterCr)
      this.#afterCr = byte === CR
      if (kind) {
        this.#problem = { kind, line: this.#line }
        return
      }
      if (byte === LF) this.#line++
    }
  }

  #scanHeader(chunk: Buffer): void {
    for (let at = 0; at < chunk.length && this.#inHeader; at++) {
      if (this.#matched === OTHER) {
        const end = chunk.indexOf(LF, at)
        if (end < 0) return
        at = end
      }
      this.#takeHeaderByte(chunk[at] as number)
    }
  }

  #takeHeaderByte(byte: number): void {
    if (byte === LF) {
      this.#inHeader = !this.#lineIsEmpty
      this.#lineIsEmpty = true
      this.#matched = 0
    } else if (byte !== CR) {
      this.#lineIsEmpty = false
      this.#matched = this.#matchName(byte)
    }
  }

  /** White space before the colon is obsolete (RFC 5322 section 4.5.8), but a loop may well carry it. */
  #matchName(byte: number): number {
    if (this.#matched < NAME.length) return (byte | 0x20) === NAME[this.#matched] ? this.#matched + 1 : OTHER
    if (byte === SPACE || byte === TAB) return this.#matched
    if (byte === COLON) this.#receivedFields++
    return OTHER
  }
}

function problemAt(byte: number, afterCr: boolean): ContentProblem['kind'] | undefined {
  if (afterCr && byte !== LF) return 'bare-cr'
  if (!afterCr && byte === LF) return 'bare-lf'
  return byte === 0 ? 'nul' : undefined
}
