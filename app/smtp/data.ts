/** DATA as it comes over the line: the dots are taken out of it, and its end is found (RFC 5321 section 4.5.2). */

const DOT = 0x2e
const CR = 0x0d
const LF = 0x0a
const LINE_DOT = Buffer.from('\r\n.')
const CARRIAGE_RETURN = Buffer.from('\r')

/** `line`: a line begins; `dot` and `dot-cr`: one begins so, and perhaps it is the last; `cr`: within a line, after CR. */
type Place = 'line' | 'text' | 'cr' | 'dot' | 'dot-cr'

export interface Decoded {
  readonly pieces: readonly Buffer[]
  /** The bytes behind the final dot; undefined while that is to come. */
  readonly rest: Buffer | undefined
}

/** Fed with chunks that are cut anywhere; only a dot between CR LF and CR LF ends it. Keeps no bytes. */
export class DataDecoder {
  #place: Place = 'line'

  decode(chunk: Buffer): Decoded {
    const pieces: Buffer[] = []
    let at = 0
    while (at < chunk.length) {
      if (this.#place === 'text') at = this.#takeText(chunk, at, pieces)
      else {
        const byte = chunk[at]
        if (this.#place === 'dot-cr' && byte === LF)
          return { pieces: joined(pieces), rest: chunk.subarray(at + 1) }
        at += this.#takeByte(byte, pieces)
      }
    }
    return { pieces: joined(pieces), rest: undefined }
  }

  /** The hot path; returns where it has come to. */
  #takeText(chunk: Buffer, start: number, pieces: Buffer[]): number {
    const found = chunk.indexOf(LINE_DOT, start)
    if (found >= 0) {
      pieces.push(chunk.subarray(start, found + 2))
      this.#place = 'dot'
      return found + 3
    }
    pieces.push(chunk.subarray(start))
    const last = chunk[chunk.length - 1]
    if (last === CR) this.#place = 'cr'
    else if (last === LF && chunk.length - start > 1 && chunk[chunk.length - 2] === CR) this.#place = 'line'
    return chunk.length
  }

  /** Where a line begins or may begin; returns how many bytes it took: none of text. */
  #takeByte(byte: number | undefined, pieces: Buffer[]): number {
    const before = this.#place
    this.#place = placeAfter(before, byte)
    if (before === 'dot-cr') pieces.push(CARRIAGE_RETURN)
    if (before === 'cr' && byte === LF) pieces.push(LINE_FEED)
    return this.#place === 'text' ? 0 : 1
  }
}

/** Many small pieces cost more than their bytes: each goes its own way. */
const MOST_PIECES = 4

function joined(pieces: readonly Buffer[]): readonly Buffer[] {
  return pieces.length > MOST_PIECES ? [Buffer.concat(pieces)] : pieces
}

const LINE_FEED = Buffer.from('\n')

function placeAfter(place: Place, byte: number | undefined): Place {
  if (place === 'line' && byte === DOT) return 'dot'
  if (place === 'dot' && byte === CR) return 'dot-cr'
  if (place === 'cr' && byte === LF) return 'line'
  return 'text'
}
