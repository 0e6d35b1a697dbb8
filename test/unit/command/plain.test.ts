/** Hostile text is harmless on a terminal, and JSON loses nothing. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { plain, plainJson, plainLines } from '../../../app/command/plain.ts'
import { guard, styleOf, wantsColours } from '../../../app/command/style.ts'

const harmful = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]|\p{Cs}/u
const pieces = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    '\u001b',
    '\u001b[',
    '\u001b]',
    '\u009b',
    '\u009d',
    '\u0007',
    '\u202e',
    '\r\n',
    '31m',
    '\\',
    'ä',
    '漢',
  ),
)
const hostile = fc.array(pieces).map(parts => parts.join(''))

const cases: [string, string][] = [
  ['\u001b[31mred\u001b[0m', 'red'],
  ['\u009b31mred', 'red'],
  ['\u001b]0;title\u0007after', 'after'],
  ['\u001b]8;;http://x.example\u001b\\link\u001b]8;;\u001b\\', 'link'],
  ['\u001bPdevice\u001b\\after', 'after'],
  ['\u001b]0;never ended', ']0;never ended'],
  ['\u001bcreset', 'reset'],
  ['\u001b(0graphics', 'graphics'],
  ['\u001b', ''],
  ['a\tb\r\nc', 'a b c'],
  ['bell\u0007 back\u0008', 'bell back'],
  ['\u202eevil\u202c', 'evil'],
  ['half \ud800 surrogate', 'half  surrogate'],
  ['Grüße 漢字 👩‍👩‍👧', 'Grüße 漢字 👩‍👩‍👧'],
]

for (const [text, expected] of cases) {
  test(`plain: ${JSON.stringify(text)}`, () => assert.equal(plain(text), expected))
}

test('nothing harmful is left of anything', () => {
  fc.assert(
    fc.property(hostile, text => !harmful.test(plain(text))),
    { numRuns: 2000 },
  )
  fc.assert(
    fc.property(hostile, text => !harmful.test(plainLines(text).replace(/[\n\t]/g, ''))),
    { numRuns: 2000 },
  )
})

test('lines and tabs stay where they are wanted', () => {
  assert.equal(plainLines('a\r\nb\n\tc\u001b[2J\rd'), 'a\nb\n\tc\nd')
})

test('JSON is harmless and reads back as it was', () => {
  fc.assert(
    fc.property(hostile, fc.jsonValue(), (text, value) => {
      const json = plainJson({ text, value })
      assert.doesNotMatch(json, harmful)
      assert.deepEqual(JSON.parse(json), JSON.parse(JSON.stringify({ text, value })))
    }),
    { numRuns: 2000 },
  )
  assert.equal(plainJson(undefined), 'null')
  assert.equal(plainJson({ a: '\u009b' }, 2), '{\n  "a": "\\u009b"\n}')
})

test('long hostile text takes no long time', () => {
  const started = performance.now()
  for (const piece of ['\u001b]', '\u009d', '\u001b[', '\u001b[;', '\u001bP0', ']\u001b'])
    plain(piece.repeat(200_000))
  assert.ok(performance.now() - started < 5000)
})

test('the guard lets only our own colours through, and none where there are none', () => {
  const text = `${styleOf(true).red('x')}\u001b[2J\u001b]0;t\u0007\u001b[35m\n`
  assert.equal(guard(text, true), '\u001b[31mx\u001b[0m[2J]0;t[35m\n')
  assert.equal(guard(text, false), 'x[2J]0;t[35m\n')
})

test('colours are for a terminal that wants them', () => {
  assert.equal(wantsColours(true, {}), true)
  assert.equal(wantsColours(false, {}), false)
  assert.equal(wantsColours(true, { NO_COLOR: '1' }), false)
  assert.equal(wantsColours(true, { NO_COLOR: '' }), true)
  assert.equal(wantsColours(true, { TERM: 'dumb' }), false)
  assert.equal(styleOf(false).bold('x'), 'x')
})
