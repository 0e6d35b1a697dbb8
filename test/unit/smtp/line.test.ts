/** Command lines: put together from chunks cut anywhere, and refused for what they hold. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { LineBuffer, type LineContext, lineProblem } from '../../../app/smtp/line.ts'

const context: LineContext = {
  bareLf: false,
  inAuthentication: false,
  inTransaction: false,
  loggedOn: false,
  needsTls: false,
  authentication: () => 'offered',
}

/** All lines that come of these chunks, each with whether it ended in LF alone. */
function linesOf(chunks: readonly Buffer[]): [string, boolean][] {
  const buffer = new LineBuffer()
  const lines: [string, boolean][] = []
  for (let rest of chunks) {
    for (let line = buffer.take(rest); line; line = buffer.take(rest)) {
      lines.push([line.text.toString('latin1'), line.bareLf])
      rest = line.rest
      if (rest.length === 0) break
    }
  }
  return lines
}

function cut(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const ends = [...cuts.map(at => at % (bytes.length + 1)).sort((a, b) => a - b), bytes.length]
  return ends.map((end, at) => bytes.subarray(ends[at - 1] ?? 0, end))
}

test('lines are the same however they are cut', () => {
  const part = fc.constantFrom('NOOP', '\r', '\n', '\r\n', ' ', 'é', '\0', '.')
  fc.assert(
    fc.property(fc.array(part, { maxLength: 20 }), fc.array(fc.nat(200)), (parts, cuts) => {
      const bytes = Buffer.from(parts.join(''))
      const text = bytes.toString('latin1')
      const expected = text
        .split('\n')
        .slice(0, -1)
        .map(line => [line.replace(/\r$/, ''), !line.endsWith('\r')])
      assert.deepEqual(linesOf(cut(bytes, cuts)), expected)
    }),
  )
})

test('an endless line is cut short, and seen to be too long', () => {
  const buffer = new LineBuffer()
  for (let i = 0; i < 1000; i++) assert.equal(buffer.take(Buffer.alloc(65_536, 'x')), undefined)
  const line = buffer.take(Buffer.from('x\r\nNOOP\r\n'))
  assert.ok(line && line.text.length < 12_300)
  assert.equal(lineProblem(line.text, { ...context, inAuthentication: true })?.status, '5.5.6')
  assert.equal(line.rest.toString(), 'NOOP\r\n')
})

test('the longest lines are still read, whether they come at once or in bytes', () => {
  for (const [text, problem] of [
    ['x'.repeat(2048), undefined],
    ['x'.repeat(2049), '5.5.6'],
    [`AUTH PLAIN ${'A'.repeat(12_288 - 12)}`, undefined],
    [`AUTH PLAIN ${'A'.repeat(12_288 - 11)}`, '5.5.2'],
    [`AUTH PLAIN ${'A'.repeat(12_288 - 10)}`, '5.5.6'],
  ] as const) {
    const bytes = Buffer.from(`${text}\r\n`)
    for (const chunks of [[bytes], [...bytes].map(byte => Buffer.of(byte))]) {
      const [[line, bareLf] = ['', true]] = linesOf(chunks)
      assert.equal(line, text)
      assert.equal(bareLf, false)
      assert.equal(lineProblem(Buffer.from(line), context)?.status, problem)
    }
  }
})

const refused: [string, string | Buffer, Partial<LineContext>, string | undefined][] = [
  ['a plain command', 'NOOP', {}, undefined],
  ['LF alone', 'NOOP', { bareLf: true }, '500 5.5.2'],
  ['a tab', 'NOOP\tx', {}, undefined],
  ['NUL', 'NO\0OP', {}, '500 5.5.2'],
  ['CR', 'NOOP\rQUIT', {}, '500 5.5.2'],
  ['DEL', 'NOOP\x7f', {}, '500 5.5.2'],
  ['UTF-8', 'MAIL FROM:<ä@b>', {}, undefined],
  ['an overlong encoding', Buffer.from('NOOP \xc0\xaf', 'latin1'), {}, '500 5.5.2'],
  ['a surrogate', Buffer.from('NOOP \xed\xa0\x80', 'latin1'), {}, '500 5.5.2'],
  ['MAIL before TLS', 'mail FROM:<a@b>', { needsTls: true }, '530 5.7.0'],
  ['AUTH before TLS', 'AUTH PLAIN', { needsTls: true }, '530 5.7.0'],
  ['QUIT before TLS', 'quit', { needsTls: true }, undefined],
  ['STARTTLS before TLS', 'StartTLS', { needsTls: true }, undefined],
  ['a look-alike of STARTTLS', 'ſtarttls', {}, '500 5.5.2'],
  ['a look-alike of MAIL', 'maıl FROM:<a@b>', {}, '500 5.5.2'],
  ['a look-alike of RSET behind a space', ' rſet', {}, '500 5.5.2'],
  ['a look-alike before TLS', 'ſTARTTLS', { needsTls: true }, '500 5.5.2'],
  ['a longer word before TLS', 'QUITE', { needsTls: true }, '530 5.7.0'],
  ['nothing before TLS', '', { needsTls: true }, '530 5.7.0'],
  ['AUTH', 'AUTH PLAIN AGEAYg==', {}, undefined],
  ['AUTH with an empty response', 'AUTH PLAIN =', {}, undefined],
  ['AUTH with bad base64', 'AUTH PLAIN AGE', {}, '501 5.5.2'],
  ['AUTH with base64 of the URL kind', 'AUTH PLAIN A-E_', {}, '501 5.5.2'],
  ['AUTH after log-on', 'AUTH PLAIN !', { loggedOn: true }, '503 5.5.1'],
  ['AUTH in a transaction', 'auth plain', { inTransaction: true }, '503 5.5.1'],
  ['AUTH where it needs TLS', 'AUTH X', { authentication: () => 'after-tls' }, '538 5.7.11'],
  ['AUTH where there is none', 'AUTH X', { authentication: () => 'not-offered' }, '502 5.5.1'],
  ['a response', 'AGEAYg==', { inAuthentication: true }, undefined],
  ['an empty response', '', { inAuthentication: true }, undefined],
  ['a cancelled exchange', '*', { inAuthentication: true }, undefined],
  ['a command in an exchange', 'QUIT now', { inAuthentication: true }, '501 5.5.2'],
  ['padding in the middle', 'AG==YQ==', { inAuthentication: true }, '501 5.5.2'],
]
for (const [name, line, more, expected] of refused) {
  test(`a line is judged: ${name}`, () => {
    const problem = lineProblem(Buffer.from(line), { ...context, ...more })
    assert.equal(problem && `${problem.code} ${problem.status}`, expected)
  })
}
