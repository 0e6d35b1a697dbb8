/** The bytes of a session: replies as they came in, and content up to its final dot. */
import assert from 'node:assert/strict'

/** Each with its lines parted by LF. */
export function repliesIn(text: string): string[] {
  assert.doesNotMatch(text, /[^\r]\n|\r[^\n]|[^\r\n -~]/, 'a byte that no reply may hold')
  if (text === '') return []
  assert.ok(text.endsWith('\r\n'), `it broke off in the middle: ${JSON.stringify(text)}`)
  const replies: string[] = []
  let begun: string[] = []
  for (const line of text.slice(0, -2).split('\r\n')) {
    assert.match(line, /^[2-5]\d\d(?:[ -]|$)/)
    assert.ok(line.length <= 510, `a line of ${line.length} characters`)
    begun.push(line)
    if (line[3] === '-') continue
    const codes = new Set(begun.map(one => one.slice(0, 3)))
    assert.equal(codes.size, 1, begun.join('\n'))
    replies.push(begun.join('\n'))
    begun = []
  }
  assert.deepEqual(begun, [], 'a reply of several lines has no end')
  return replies
}

/** CR LF dot CR LF and nothing else (RFC 5321 section 4.1.1.4); the first CR LF may be that of DATA. */
export function endOfContent(
  sent: Buffer,
  start: number,
): { readonly last: number; readonly next: number } | undefined {
  if (sent.toString('latin1', start, start + 3) === '.\r\n') return { last: start, next: start + 3 }
  const found = sent.indexOf('\r\n.\r\n', start)
  return found < 0 ? undefined : { last: found + 2, next: found + 5 }
}

export function unstuffed(content: Buffer): Buffer {
  return Buffer.from(content.toString('latin1').replace(/(^|\r\n)\./g, '$1'), 'latin1')
}
