/** A strict reader of multipart mail (RFC 5322, RFC 2046), written without a look at what composes it. */
import assert from 'node:assert/strict'

export interface Part {
  /** Lower-case names; each at most once. */
  readonly fields: ReadonlyMap<string, string>
  readonly type: string
  readonly body: string
}

/** The message's own fields, and its parts; fails on anything that isn't allowed. */
export function readMultipart(message: Buffer): { readonly top: Part; readonly parts: readonly Part[] } {
  const text = new TextDecoder('utf-8', { fatal: true }).decode(message)
  checkLines(text)
  const top = readPart(text)
  const boundary = /;\s*boundary="([^"]+)"/.exec(top.fields.get('content-type') ?? '')?.[1]
  assert.ok(boundary, 'there is no boundary')
  const pieces = `\r\n${top.body}`.split(new RegExp(`\r\n--${boundary}(?=--|\r\n)`))
  assert.equal(pieces.at(-1), '--\r\n', 'the last boundary closes, and nothing follows')
  const parts = pieces.slice(1, -1).map(piece => {
    assert.ok(piece.startsWith('\r\n'))
    return readPart(piece.slice(2))
  })
  return { top, parts }
}

/** The groups of fields in a delivery status (RFC 3464 section 2.1). */
export function readGroups(body: string): readonly ReadonlyMap<string, string>[] {
  const groups = body.replace(/(\r\n)+$/, '').split('\r\n\r\n')
  return groups.map(group => readFields(group))
}

function checkLines(text: string): void {
  assert.doesNotMatch(text.replaceAll('\r\n', ''), /[\r\n\0]/, 'no bare CR, LF or NUL')
  for (const line of text.split('\r\n')) assert.ok(Buffer.byteLength(line) <= 998, `too long: ${line}`)
}

function readPart(text: string): Part {
  const end = text.indexOf('\r\n\r\n')
  assert.ok(end >= 0, 'no empty line after the header')
  const fields = readFields(text.slice(0, end))
  const body = text.slice(end + 4)
  if (fields.get('content-transfer-encoding') === '7bit') assert.match(body, /^[\u0001-\u007f]*$/)
  const type = /^([\w-]+\/[\w-]+)/.exec(fields.get('content-type') ?? '')?.[1] ?? ''
  return { fields, type: type.toLowerCase(), body }
}

function readFields(text: string): Map<string, string> {
  const fields = new Map<string, string>()
  for (const line of text.replace(/\r\n(?=[ \t])/g, '').split('\r\n')) {
    const field = /^([!-9;-~]+): ?(.*)$/u.exec(line)
    assert.ok(field, `not a field: ${JSON.stringify(line)}`)
    const name = (field[1] ?? '').toLowerCase()
    assert.ok(!fields.has(name), `twice: ${name}`)
    assert.doesNotMatch(field[2] ?? '', /[\u0000-\u001f\u007f]/)
    fields.set(name, field[2] ?? '')
  }
  return fields
}
