/** Text of strangers in messages of ours: on one line, of bounded length, wrapped for reading. */

/** Characters of a line that RFC 5322 section 2.1.1 recommends at most. */
const COLUMNS = 78

/** On one line, without control characters, and of at most `limit` bytes in UTF-8. */
export function oneLine(text: string, limit: number): string {
  // What is far beyond the limit isn't looked at: a stranger may have sent megabytes of it.
  const line = text
    .slice(0, 8 * limit)
    .replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .trim()
  if (Buffer.byteLength(line) <= limit) return line
  return Buffer.from(line)
    .subarray(0, limit - 3)
    .toString()
    .replace(/\ufffd+$/, '')
    .concat('…')
}

/** Broken between words, each line after `indent`; a word too long for a line has one to itself, or several. */
export function wrap(text: string, indent: string): string[] {
  const width = COLUMNS - indent.length
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ').flatMap(word => pieces(word))) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(indent + line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, indent + line]
}

function pieces(word: string): string[] {
  return word.match(/.{1,200}/gsu) ?? [word]
}
