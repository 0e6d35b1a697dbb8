/** Long lists as pieces: settings are whole again as they were, and what isn't held is told. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { LONG, listIn, packed, unpacked, withoutRows } from '../../../app/control/pieces.ts'

const rowsOf = (from: number, count: number) =>
  Array.from({ length: count }, (_, at) => ({ action: 'allow', from: `host ${from + at}` }))
const held = { of: 'one', list: 'smtp.access', rows: rowsOf(0, 2000) } as const
const other = { of: 'import 1', list: 'globalAccess', rows: rowsOf(5000, 1500) } as const
const find = (of: string, list: string) => [held, other].find(one => one.of === of && one.list === list)?.rows

test('settings are whole again, whatever was done to their lists', () => {
  const cut = fc.record({
    list: fc.constantFrom(held, other),
    from: fc.nat(1500),
    count: fc.nat(900),
    fresh: fc.nat(2),
  })
  fc.assert(
    fc.property(fc.array(cut, { minLength: 1, maxLength: 6 }), cuts => {
      const access = cuts.flatMap(({ list, from, count, fresh }) => [
        ...structuredClone(list.rows.slice(from, from + count)),
        ...rowsOf(9000 + from, fresh),
      ])
      const settings = { hostname: 'a', smtp: { enabled: true, access }, globalAccess: access.slice(0, 3) }
      const light = JSON.parse(JSON.stringify(packed(settings, [held, other])))
      assert.deepEqual(unpacked(light, find), settings)
      if (access.length > LONG) assert.ok(JSON.stringify(light).length < JSON.stringify(settings).length)
    }),
    { numRuns: 60 },
  )
})

test('a whole list is one piece; a short one crosses as it is', () => {
  const settings = { smtp: { access: held.rows }, globalAccess: rowsOf(0, LONG) }
  const light = withoutRows(settings, 'one')
  assert.deepEqual(listIn(light, 'smtp.access'), {
    pieces: [{ of: 'one', list: 'smtp.access', from: 0, count: 2000 }],
  })
  assert.equal(light.globalAccess, settings.globalAccess)
  assert.deepEqual(unpacked(light, find), settings)
})

test('what is no longer held is told in a sentence', () => {
  const settings = { smtp: { access: { pieces: [{ of: 'gone', list: 'smtp.access', from: 0, count: 1 }] } } }
  assert.throws(() => unpacked(settings, find), /no longer kept: discard the changes/)
})

test('pieces that are none are left to the parser', () => {
  for (const access of [
    { pieces: 1 },
    { pieces: [{ of: 1 }] },
    { pieces: [{ of: 'one', list: 'x' }] },
    null,
  ]) {
    const settings = { smtp: { access } }
    assert.deepEqual(unpacked(settings, find), settings)
  }
})

test('pieces are never made into more than any settings hold', () => {
  const all = { of: 'one', list: 'smtp.access', from: 0, count: 2000 }
  const settings = { smtp: { access: { pieces: Array.from({ length: 5000 }, () => all) } } }
  assert.throws(() => unpacked(settings, find), /more rows than/)
})
