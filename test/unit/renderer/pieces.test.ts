/** Long lists in the window: whatever is done to one, its pieces make it again; and what stayed is seen to have. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { withDefaults } from '../../../app/settings/parse.ts'
import { changesOf } from '../../../renderer/state/changes.ts'
import { moved } from '../../../renderer/state/paths.ts'
import { type HeldList, Interning, joined, piecesOf, type Rows } from '../../../renderer/state/pieces.ts'
import type { AccessRow, SettingsDraft } from '../../../renderer/state/settings.ts'
import { officeSettings } from '../../renderer/office.ts'

const rowOf = (at: number): AccessRow => ({
  action: 'allow',
  from: `10.${at >> 16}.${(at >> 8) & 255}.${at & 255}`,
  withoutAuthentication: true,
  mendLineEnds: false,
  users: [],
  comment: '',
  enabled: true,
})
const rows = Array.from({ length: 3000 }, (_, at) => rowOf(at))
const held: readonly HeldList[] = [
  { of: 'r1', list: 'smtp.access', rows },
  { of: 'import 1', list: 'smtp.access', rows: Array.from({ length: 1200 }, (_, at) => rowOf(90_000 + at)) },
]
const find = async (of: string) => held.find(one => one.of === of)?.rows ?? []

type Edit = (rows: readonly AccessRow[]) => readonly AccessRow[]
const place = fc.nat(2999)
const edit: fc.Arbitrary<Edit> = fc.oneof(
  fc.tuple(place, place).map(
    ([from, to]): Edit =>
      list =>
        moved(list, from, to),
  ),
  place.map(
    (at): Edit =>
      list =>
        list.toSpliced(at, 1),
  ),
  place.map(
    (at): Edit =>
      list =>
        list.toSpliced(at, 0, ...list.slice(at, at + 1)),
  ),
  place.map(
    (at): Edit =>
      list =>
        list.toSpliced(at, 1, { ...rowOf(at), comment: 'edited' }),
  ),
  place.map(
    (at): Edit =>
      list =>
        list.toSpliced(at, 0, rowOf(70_000 + at)),
  ),
  place.map(
    (at): Edit =>
      list => [...list.slice(at), ...list.slice(0, at)],
  ),
  fc.constant<Edit>(() => held[1]?.rows as readonly AccessRow[]),
)

describe('pieces', () => {
  test('make the list again, as the very same rows', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(edit, { maxLength: 8 }), async edits => {
        const after = edits.reduce<readonly AccessRow[]>((list, change) => change(list), rows)
        const again = await joined(piecesOf(after, held), find)
        assert.equal(again.length, after.length)
        assert.ok(after.every((row, at) => row === again[at]))
      }),
      { numRuns: 100 },
    )
  })

  test('of an edit are few, and of a list put in another order no rows', () => {
    const one = rows.with(100, { ...rowOf(100), comment: 'edited' })
    assert.equal(piecesOf(one, held).pieces.length, 3)
    const turned: Rows = rows.toReversed()
    assert.ok(piecesOf(turned, held).pieces.every(piece => 'of' in piece))
  })
})

describe('interning', () => {
  const take = (before: Rows, fresh: Rows) => {
    const interning = new Interning(before)
    return fresh.map(row => interning.take(row))
  }
  const copy = (list: Rows): Rows => structuredClone(list) as Rows

  test('rows that stayed are the same objects, around those that came, went or changed', () => {
    const after = copy(
      rows.toSpliced(10, 1).toSpliced(500, 0, rowOf(80_000)).toSpliced(900, 1, rowOf(80_001)),
    )
    const interned = take(rows, after)
    assert.deepEqual(interned, after)
    assert.equal(interned.filter(row => rows.includes(row as AccessRow)).length, rows.length - 2)
  })

  test('nothing is taken for what it is not', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(5)), fc.array(fc.nat(5)), (one, other) => {
        const fresh = copy(other.map(rowOf))
        assert.deepEqual(take(one.map(rowOf), fresh), fresh)
      }),
    )
  })
})

test('changes of a long list are told, or counted, whichever way it was edited', () => {
  const base = withDefaults(officeSettings()) as SettingsDraft
  const withRows = (access: readonly AccessRow[]) => ({ ...base, smtp: { ...base.smtp, access } })
  const words = (after: readonly AccessRow[]) =>
    changesOf(withRows(rows), withRows(after)).map(change => change.words)
  assert.deepEqual(words(rows), [])
  assert.equal(words(moved(rows, 5, 2900)).length, 1)
  assert.match(words(moved(rows, 5, 2900))[0] ?? '', /another order/)
  assert.match(words(rows.toSpliced(7, 1))[0] ?? '', /removed row 8/)
  assert.match(words(rows.toSpliced(7, 0, ...rows.slice(7, 8)))[0] ?? '', /added row 9|added row 8/)
  assert.match(words(held[1]?.rows as AccessRow[])[0] ?? '', /1200 added, 3000 removed/)
})
