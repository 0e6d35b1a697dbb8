/** Lines come out whole however their bytes were cut, and never grow over the limit. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Lines } from '../../../app/control/lines.ts'

test('lines come out whole however the bytes were cut', () => {
  const text = fc.string({ unit: 'grapheme' }).map(part => part.replaceAll('\n', ''))
  const sizes = fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1 })
  fc.assert(
    fc.property(fc.array(text), text, sizes, (whole, rest, steps) => {
      const bytes = Buffer.from([...whole, rest].join('\n'))
      const lines = new Lines()
      const found: string[] = []
      for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
        const step = steps[turn % steps.length] ?? 1
        found.push(...lines.push(bytes.subarray(at, at + step)))
        at += step
      }
      // The decoder takes a byte order mark away, which JSON doesn't have.
      assert.deepEqual(
        found,
        whole.map(line => line.replace(/^\ufeff/, '')),
      )
    }),
  )
})

test('a line of exactly the limit is taken, one byte more is refused', () => {
  assert.deepEqual(new Lines(5).push(Buffer.from('12345\n1\n')), ['12345', '1'])
  assert.throws(() => new Lines(5).push(Buffer.from('123456\n')), /too long/)
  const lines = new Lines(5)
  lines.push(Buffer.from('123'))
  assert.throws(() => lines.push(Buffer.from('456')), /too long/)
})

test('bytes that are not UTF-8 are refused', () => {
  assert.throws(() => new Lines().push(Buffer.from([0xc3, 0x28, 0x0a])))
})
