/** DATA taken apart: cut anywhere it says the same, and the same as the library where that is right. */
import assert from 'node:assert/strict'
import { buffer } from 'node:stream/consumers'
import { test } from 'node:test'
import fc from 'fast-check'
import { SMTPStream } from 'smtp-server/lib/smtp-stream.js'
import { dotStuffed } from '../../../app/delivery/dot-stuffing.ts'
import { DataDecoder } from '../../../app/smtp/data.ts'

interface Outcome {
  readonly content: string
  /** What follows the final dot; undefined when there was none. */
  readonly rest: string | undefined
}

/** `cuts`: where the chunks end. */
function decode(wire: string, cuts: readonly number[] = []): Outcome {
  const bytes = Buffer.from(wire, 'latin1')
  const decoder = new DataDecoder()
  const content: Buffer[] = []
  const ends = [...new Set(cuts.map(cut => cut % (bytes.length + 1)))].sort((a, b) => a - b)
  let start = 0
  for (const end of [...ends, bytes.length]) {
    const { pieces, rest } = decoder.decode(bytes.subarray(start, end))
    content.push(...pieces)
    if (rest) {
      const behind = Buffer.concat([rest, bytes.subarray(end)])
      return { content: Buffer.concat(content).toString('latin1'), rest: behind.toString('latin1') }
    }
    start = end
  }
  return { content: Buffer.concat(content).toString('latin1'), rest: undefined }
}

const cases: [string, string, Outcome][] = [
  ['nothing', '.\r\n', { content: '', rest: '' }],
  ['a line', 'a\r\n.\r\nQUIT\r\n', { content: 'a\r\n', rest: 'QUIT\r\n' }],
  ['dots that were added', '..\r\n..a\r\n...b\r\n.\r\n', { content: '.\r\n.a\r\n..b\r\n', rest: '' }],
  [
    'a dot that was not added (RFC 5321 section 4.5.2)',
    '.a\r\n.b\r\n.\r\n',
    { content: 'a\r\nb\r\n', rest: '' },
  ],
  ['a dot within a line', 'a.\r\n.\r\n', { content: 'a.\r\n', rest: '' }],
  ['no end after LF alone', 'a\n.\r\nb\r\n.\r\n', { content: 'a\n.\r\nb\r\n', rest: '' }],
  ['no end before LF alone', 'a\r\n.\nb\r\n.\r\n', { content: 'a\r\n\nb\r\n', rest: '' }],
  ['no end after CR alone', 'a\r.\r\nb\r\n.\r\n', { content: 'a\r.\r\nb\r\n', rest: '' }],
  ['no end before CR alone', 'a\r\n.\rb\r\n.\r\n', { content: 'a\r\n\rb\r\n', rest: '' }],
  ['no end between two CR', 'a\r\n.\r\r\n.\r\n', { content: 'a\r\n\r\r\n', rest: '' }],
  ['no end yet', 'a\r\n.', { content: 'a\r\n', rest: undefined }],
]
for (const [name, wire, outcome] of cases) {
  test(`${name}, cut anywhere`, () => {
    assert.deepEqual(decode(wire), outcome)
    const end = wire.length - (outcome.rest?.length ?? 0)
    for (let cut = 0; cut < end; cut++) assert.deepEqual(decode(wire, [cut]), outcome, `cut at ${cut}`)
    assert.deepEqual(
      decode(
        wire,
        Array.from(wire, (_, at) => at),
      ),
      outcome,
    )
  })
}

const pieces = fc.array(fc.constantFrom('.', '\r', '\n', '\r\n', '\r\n.', '\r\n.\r\n', 'a', '..'), {
  maxLength: 20,
})

test('cut anywhere, it says what it says of the whole', () => {
  fc.assert(
    fc.property(pieces, fc.array(fc.nat(60), { maxLength: 8 }), (parts, cuts) => {
      const wire = parts.join('')
      assert.deepEqual(decode(wire, cuts), decode(wire))
    }),
    { numRuns: 5000 },
  )
})

test('what we send we take in again', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: fc.constantFrom('.', 'a'), maxLength: 3 })), lines => {
      const content = `${lines.join('\r\n')}\r\n`
      const wire = Buffer.concat(dotStuffed(Buffer.from(content))).toString()
      assert.deepEqual(decode(`${wire}NOOP`), { content, rest: 'NOOP' })
    }),
  )
})

test('the library takes the same, where senders add the dots', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.string({ unit: fc.constantFrom('.', 'a'), maxLength: 5 })), async lines => {
      const content = `${lines.join('\r\n')}\r\n`.replaceAll('\r\n.', '\r\n..').replace(/^\./, '..')
      const library = new SMTPStream()
      const stream = library.startDataMode()
      library.end(Buffer.from(`${content}.\r\n`))
      assert.equal((await buffer(stream)).toString(), decode(`${content}.\r\n`).content)
    }),
    { numRuns: 300 },
  )
})

test('a line full of dots makes a few pieces only', () => {
  const { pieces } = new DataDecoder().decode(Buffer.from('..x\r\n'.repeat(5000)))
  assert.ok(pieces.length <= 4, `${pieces.length}`)
  assert.equal(Buffer.concat(pieces).toString(), '.x\r\n'.repeat(5000))
})
