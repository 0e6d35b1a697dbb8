/** Dot stuffing, beside what nodemailer makes of the same content. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { dotStuffed } from '../../../app/delivery/dot-stuffing.ts'

function stuffed(content: string): string {
  return Buffer.concat(dotStuffed(Buffer.from(content, 'latin1'))).toString('latin1')
}

test('a dot is added where a line begins with one, and the final dot follows the last line', () => {
  assert.equal(stuffed('a\r\n'), 'a\r\n.\r\n')
  assert.equal(stuffed('.\r\n'), '..\r\n.\r\n')
  assert.equal(stuffed('.a\r\n..b\r\nc.d\r\n\r\n.\r\n'), '..a\r\n...b\r\nc.d\r\n\r\n..\r\n.\r\n')
})

test('a last line without CR LF gets one', () => {
  assert.equal(stuffed('a'), 'a\r\n.\r\n')
  assert.equal(stuffed('a\r\n.'), 'a\r\n..\r\n.\r\n')
})

test('the final dot stands once, and what a server takes out again is the content', () => {
  const line = fc.string({ unit: fc.constantFrom('.', 'a', ' '), maxLength: 4 })
  fc.assert(
    fc.property(fc.array(line, { maxLength: 8 }), lines => {
      const content = lines.map(text => `${text}\r\n`).join('')
      const wire = stuffed(content === '' ? '\r\n' : content)
      const end = `\r\n${wire}`.indexOf('\r\n.\r\n')
      assert.equal(end + 3, wire.length)
      const taken = wire.slice(0, -3).replace(/^\./gm, '')
      assert.equal(taken, content === '' ? '\r\n' : content)
    }),
    { numRuns: 2000 },
  )
})

test('content that is all dots is few writes, and the same bytes', () => {
  const dots = '.\r\n'.repeat(20_000)
  const pieces = dotStuffed(Buffer.from(dots))
  assert.ok(pieces.length <= 100, `${pieces.length} pieces`)
  assert.equal(Buffer.concat(pieces).toString(), `${'..\r\n'.repeat(20_000)}.\r\n`)
})
