import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { DueList } from '../../../app/queue/due.ts'

test('ids come out once, at the earliest of their times, in order', () => {
  const entries = fc.array(fc.tuple(fc.nat(20), fc.nat(1000)))
  fc.assert(
    fc.property(entries, fc.nat(1000), (all, now) => {
      const due = new DueList()
      const earliest = new Map<string, number>()
      for (const [id, time] of all) {
        due.add(`${id}`, time)
        earliest.set(`${id}`, Math.min(time, earliest.get(`${id}`) ?? time))
      }
      const first = Math.min(...earliest.values())
      assert.equal(due.next, earliest.size === 0 ? undefined : first)
      const taken = [...due.take(now)]
      const expected = [...earliest].filter(([, time]) => time <= now)
      assert.deepEqual(new Set(taken), new Set(expected.map(([id]) => id)))
      assert.equal(taken.length, expected.length)
      const times = taken.map(id => earliest.get(id) ?? 0)
      assert.deepEqual(
        times,
        times.toSorted((a, b) => a - b),
      )
      assert.deepEqual(
        new Set(due.take(1000)),
        new Set([...earliest].filter(([, t]) => t > now).map(([id]) => id)),
      )
      assert.equal(due.next, undefined)
    }),
  )
})

test('what is added while others are taken is taken too, when it is due', () => {
  const due = new DueList()
  due.add('a', 1)
  const taken: string[] = []
  for (const id of due.take(5)) {
    taken.push(id)
    if (id === 'a') due.add('b', 3)
    if (id === 'b') due.add('a', 6)
  }
  assert.deepEqual(taken, ['a', 'b'])
  assert.equal(due.next, 6)
})

test('what is passed over doesn’t pile up, and what counts comes in its order', () => {
  const due = new DueList()
  for (let round = 0; round < 100; round++) {
    for (let at = 0; at < 100; at++) {
      due.add(`${at}`, 1_000_000 - at)
      due.add(`${at}`, round)
    }
    assert.equal([...due.take(round)].length, 100)
  }
  for (let at = 0; at < 100; at++) due.add(`${at}`, 1_000_000 - at)
  assert.ok(due.length < 1500, `${due.length} stand in it`)
  assert.deepEqual(
    [...due.take(1_000_000)].map(Number),
    Array.from({ length: 100 }, (_, at) => 99 - at),
  )
})
