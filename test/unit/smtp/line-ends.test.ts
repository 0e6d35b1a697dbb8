/** Line ends: mended alike however the bytes are cut, and a CR alone left to be refused. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { LineEnds } from '../../../app/smtp/line-ends.ts'

test('LF alone becomes CR LF, however it is cut; nothing else changes', () => {
  const bytes = fc.array(fc.constantFrom('\r', '\n', '\r\n', '.', 'a', ''), { maxLength: 12 })
  const cuts = fc.array(fc.nat(12), { maxLength: 5 })
  fc.assert(
    fc.property(bytes, cuts, (parts, cuts) => {
      const text = parts.join('')
      const ends = [...cuts.map(cut => Math.min(cut, text.length)).sort((a, b) => a - b), text.length]
      const lineEnds = new LineEnds()
      const mended = ends.map((end, at) => lineEnds.mend(Buffer.from(text.slice(ends[at - 1] ?? 0, end))))
      const expected = text.replace(/(?<!\r)\n/g, '\r\n')
      assert.equal(Buffer.concat(mended.map(({ bytes }) => bytes)).toString(), expected)
      assert.equal(
        mended.some(({ isMended }) => isMended),
        expected !== text,
      )
    }),
  )
})

test('a chunk that passed as it was is remembered for the next', () => {
  const lineEnds = new LineEnds()
  lineEnds.pass(Buffer.from('a\r'))
  assert.equal(lineEnds.mend(Buffer.from('\nb\n')).bytes.toString(), '\nb\r\n')
})
