/** Answers about long lists are cut, and never without saying how many there are. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bounded } from '../../../app/control/bounded.ts'

const many = Array.from({ length: 1203 }, (_, at) => `entry ${at}`)

for (const [list, count] of [
  ['rows', 'rowCount'],
  ['ranges', 'rangeCount'],
  ['lines', 'lineCount'],
  ['internalLines', 'internalLineCount'],
  ['senders', 'senderCount'],
  ['openRelay', 'openRelayCount'],
] as const)
  test(`${list} are counted where only the first are told`, () => {
    assert.deepEqual(bounded({ [list]: many, ok: true }), {
      [list]: many.slice(0, 500),
      [count]: 1203,
      ok: true,
    })
    assert.deepEqual(bounded({ [list]: many.slice(0, 500) }), { [list]: many.slice(0, 500) })
  })

test('sentences say at their end how many more there are, and nothing else is cut', () => {
  for (const key of ['words', 'notes'])
    assert.deepEqual(bounded({ [key]: many }), { [key]: [...many.slice(0, 500), '… and 703 more'] })
  assert.deepEqual(bounded({ problems: many }), { problems: many })
  assert.deepEqual(bounded(many), many)
})
