/** Tables are aligned, fit the terminal and carry nothing harmful. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { shrink, table } from '../../../app/command/table.ts'
import { cut, width } from '../../../app/command/width.ts'

test('columns are aligned, numbers at the right, without spaces at the end', () => {
  const shape = [{ title: 'name' }, { title: 'n', right: true }, { title: 'note' }]
  assert.deepEqual(
    table(
      shape,
      [
        ['a', '10', ''],
        ['longer', '5', 'x'],
      ],
      undefined,
    ),
    ['name     n  note', 'a       10', 'longer   5  x'],
  )
})

test('the widest column is cut first, and whole ones stay', () => {
  const shape = [{ title: 'id', whole: true }, { title: 'text' }, { title: 'more' }]
  const rows = [['ABCDEFGHIJKL', 'a text that is rather long', 'short one']]
  assert.deepEqual(table(shape, rows, 40), [
    'id            text             more',
    'ABCDEFGHIJKL  a text that is…  short one',
  ])
  assert.deepEqual(table(shape, rows, 24), ['id            text  more', 'ABCDEFGHIJKL  a t…  sho…'])
})

test('where whole columns alone are too wide they are cut too', () => {
  const lines = table([{ title: 'id', whole: true }, { title: 'x' }], [['ABCDEFGHIJKL', 'y']], 8)
  assert.deepEqual(lines, ['id     x', 'ABCD…  y'])
})

test('where there is no room for all, the last columns go, and what is copied stays whole', () => {
  const shape = ['id', 'one', 'two', 'three'].map(title => ({
    title,
    ...(title === 'id' && { whole: true }),
  }))
  const rows = [['ABCDEFGHIJKL', 'first text', 'second text', 'third text']]
  assert.deepEqual(table(shape, rows, 24), ['id            one   two', 'ABCDEFGHIJKL  fir…  sec…'])
})

test('wide characters count two columns', () => {
  assert.deepEqual(
    table(
      [{ title: 'a' }, { title: 'b' }],
      [
        ['漢字', 'x'],
        ['ab', 'y'],
      ],
      undefined,
    ),
    ['a     b', '漢字  x', 'ab    y'],
  )
  const widths: [string, number][] = [
    ['', 0],
    ['abc', 3],
    ['é', 1],
    ['e\u0301', 1],
    ['漢字', 4],
    ['한글', 4],
    ['ＡＢ', 4],
    ['👍', 2],
    ['👩‍👩‍👧', 2],
    ['❤️', 2],
    ['\u200d', 0],
    ['ñandú', 5],
  ]
  for (const [text, columns] of widths) assert.equal(width(text), columns, text)
})

test('cutting never exceeds the columns and keeps what fits', () => {
  assert.equal(cut('漢字漢字', 5), '漢字…')
  assert.equal(cut('漢字漢字', 4), '漢…')
  assert.equal(cut('abc', 3), 'abc')
  assert.equal(cut('abcd', 1), '…')
  assert.equal(cut('abcd', 0), '')
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.nat(20), (text, columns) => {
      const short = cut(text, columns)
      assert.ok(width(short) <= columns)
      if (width(text) <= columns) assert.equal(short, text)
    }),
  )
})

const cells = fc.string({ unit: 'binary', maxLength: 40 })

test('whatever stands in it, a table fits its terminal', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 9 }),
      fc.array(fc.array(cells), { maxLength: 5 }),
      fc.integer({ min: 30, max: 200 }),
      (count, rows, columns) => {
        const shape = Array.from({ length: count }, (_, at) => ({
          title: `title${at}`,
          right: at % 2 === 0,
          whole: at === 0,
        }))
        const lines = table(shape, rows, columns)
        assert.equal(lines.length, rows.length + 1)
        for (const line of lines) {
          assert.ok(width(line) <= columns, `${width(line)} > ${columns}: ${line}`)
          assert.doesNotMatch(line, /[\u0000-\u001f\u007f-\u009f]/)
        }
      },
    ),
  )
})

test('without a terminal nothing is cut', () => {
  const text = 'x'.repeat(5000)
  assert.ok(table([{ title: 'a' }], [[text]], undefined).includes(text))
})

test('hostile text stays within its cell', () => {
  const [, first] = table(
    [{ title: 'a' }, { title: 'b' }],
    [['\u001b[2J\u001b[31mevil\r\nnext', 'b\u202e']],
    undefined,
  )
  assert.equal(first, 'evil next  b')
})

test('a column is painted after it is cut', () => {
  const lines = table(
    [{ title: 'a', paint: cell => `<${cell}>` }, { title: 'b' }],
    [['held', 'x']],
    undefined,
  )
  assert.deepEqual(lines, ['a     b', '<held>  x'])
})

test('shrinking takes no more than needed and never below the least', () => {
  const widths = fc.array(fc.nat(100), { minLength: 1, maxLength: 9 })
  fc.assert(
    fc.property(widths, fc.nat(300), (natural, room) => {
      const shrunk = shrink(natural, room, () => 4)
      const sum = shrunk.reduce((total, wide) => total + wide, 0)
      const before = natural.reduce((total, wide) => total + wide, 0)
      if (before <= room) assert.deepEqual(shrunk, natural)
      else assert.ok(sum === room || shrunk.every(wide => wide <= 4))
      shrunk.forEach((wide, at) => {
        assert.ok(wide >= Math.min(4, natural[at] ?? 0))
      })
    }),
  )
})

test('a table of very many rows is made', () => {
  assert.equal(table([{ title: 'a' }], Array(200_000).fill(['x']), 80).length, 200_001)
})
