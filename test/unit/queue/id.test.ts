import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { IdSource } from '../../../app/queue/id.ts'

test('ids are thirteen letters and digits, all different, each after the last, whatever the clock does', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 4e12 }), { minLength: 2 }), clock => {
      const source = new IdSource()
      const ids = clock.map(now => source.next(now))
      for (const id of ids) assert.match(id, /^[0-9a-z]{13}$/)
      assert.deepEqual(ids, [...new Set(ids)].sort())
    }),
  )
})

test('more ids than a millisecond holds go on in the next', () => {
  const source = new IdSource()
  const ids = Array.from({ length: 5000 }, () => source.next(1_800_000_000_000))
  assert.deepEqual(ids, [...new Set(ids)].sort())
})
