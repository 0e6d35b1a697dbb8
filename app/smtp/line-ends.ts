/** Line ends of old devices: LF alone becomes CR LF on its way in, where a row of the access list permits it. */
import type { Dialogue } from './protocol.ts'

const LF = 0x0a
const CR = 0x0d
const CARRIAGE_RETURN = Buffer.from('\r')

export interface Mended {
  readonly bytes: Buffer
  /** There was something to mend. */
  readonly isMended: boolean
}

/** Who says whether this client's may be mended, and hears when they were. */
export type Mending = Pick<Dialogue, 'mendsLineEnds' | 'mended'>

/** Fed with chunks that are cut anywhere. A CR alone stays, to be refused. */
export class LineEnds {
  #afterCr = false

  /** A chunk as it is to be read. */
  take(chunk: Buffer, mending: Mending): Buffer {
    if (!mending.mendsLineEnds()) {
      this.pass(chunk)
      return chunk
    }
    const { bytes, isMended } = this.mend(chunk)
    if (isMended) mending.mended()
    return bytes
  }

  /** Has looked at a chunk that is taken as it is. */
  pass(chunk: Buffer): void {
    if (chunk.length > 0) this.#afterCr = chunk.at(-1) === CR
  }

  mend(chunk: Buffer): Mended {
    const pieces: Buffer[] = []
    let start = 0
    for (let at = chunk.indexOf(LF); at >= 0; at = chunk.indexOf(LF, at + 1)) {
      if (at === 0 ? this.#afterCr : chunk[at - 1] === CR) continue
      pieces.push(chunk.subarray(start, at), CARRIAGE_RETURN)
      start = at
    }
    this.pass(chunk)
    if (pieces.length === 0) return { bytes: chunk, isMended: false }
    return { bytes: Buffer.concat([...pieces, chunk.subarray(start)]), isMended: true }
  }
}
