/** The fields of a message's header section, as the bytes they are (RFC 5322 section 2.2). */

export interface Field {
  /** Lower case; empty for a line that is no field. */
  readonly name: string
  /** All of it, with the line end behind it. */
  readonly bytes: Buffer
  /** Where in `bytes` its body begins, behind the colon. */
  readonly body: number
}

const CRLF = '\r\n'
const EMPTY_LINE = '\r\n\r\n'

/** Bytes up to the empty line that ends the header section; undefined where the beginning holds no such line. */
export function headerLength(beginning: Buffer): number | undefined {
  if (beginning.subarray(0, 2).equals(Buffer.from(CRLF))) return 0
  const end = beginning.indexOf(EMPTY_LINE)
  return end < 0 ? undefined : end + CRLF.length
}

/** In their order; joined they are the header section again. */
export function fieldsOf(header: Buffer): readonly Field[] {
  const fields: Field[] = []
  for (let start = 0; start < header.length; ) {
    const end = endOfField(header, start)
    fields.push(fieldOf(header.subarray(start, end)))
    start = end
  }
  return fields
}

/** Behind the first line end that no folding follows. */
function endOfField(header: Buffer, start: number): number {
  for (let at = start; ; ) {
    const end = header.indexOf(CRLF, at)
    if (end < 0) return header.length
    at = end + CRLF.length
    if (!isBlank(header[at])) return at
  }
}

function fieldOf(bytes: Buffer): Field {
  const colon = bytes.indexOf(':')
  let end = colon
  // White space before the colon is obsolete (RFC 5322 section 4.5.8).
  while (end > 0 && isBlank(bytes[end - 1])) end--
  const name = colon < 0 ? '' : bytes.toString('latin1', 0, end)
  return { name: /^[!-9;-~]+$/.test(name) ? name.toLowerCase() : '', bytes, body: colon + 1 }
}

function isBlank(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x09
}

/** Its body without folding and the white space around it; a character for each byte. */
export function bodyText({ bytes, body }: Field): string {
  return unfolded(bytes.toString('latin1', body))
}

/** RFC 5322 section 2.2.3, with each stretch of white space one space. */
export function unfolded(text: string): string {
  return text
    .replaceAll(CRLF, '')
    .replace(/[ \t]+/g, ' ')
    .replace(/^ | $/g, '')
}
