/** Dot stuffing: content as DATA carries it (RFC 5321 section 4.5.2). */

const DOT = Buffer.from('.')
const LINE_DOT = Buffer.from('\n.')
const END = Buffer.from('.\r\n')
const LATE_END = Buffer.from('\r\n.\r\n')

/** Each piece is a write of its own: of content that is all dots there would be as many as it has bytes. */
const MOST_PIECES = 100

/** The pieces to write, the final dot included; every line of `content` ends in CR LF, but perhaps the last. */
export function dotStuffed(content: Buffer): Buffer[] {
  const pieces: Buffer[] = content[0] === 0x2e ? [DOT] : []
  let start = 0
  for (let at = content.indexOf(LINE_DOT); at >= 0; at = content.indexOf(LINE_DOT, start)) {
    pieces.push(content.subarray(start, at + 1), DOT)
    start = at + 1
  }
  pieces.push(content.subarray(start), content.at(-1) === 0x0a ? END : LATE_END)
  return pieces.length > MOST_PIECES ? [Buffer.concat(pieces)] : pieces
}
