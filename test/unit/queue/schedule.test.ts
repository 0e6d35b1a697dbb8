import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { nextAttempt } from '../../../app/queue/schedule.ts'

const minute = 60_000
const hour = 60 * minute
const times = {
  retry: [1, 5, 15, 30, 60, 120, 240].map(minutes => minutes * minute),
  giveUpAfter: 120 * hour,
}

const table: readonly [failures: number, wait: number][] = [
  [1, minute],
  [2, 5 * minute],
  [3, 15 * minute],
  [4, 30 * minute],
  [5, hour],
  [6, 2 * hour],
  [7, 4 * hour],
  [8, 4 * hour],
  [1000, 4 * hour],
]

for (const [failures, wait] of table) {
  test(`after failure ${failures} it waits ${wait / minute} minutes, a tenth more or less`, () => {
    assert.equal(nextAttempt(times, 0, failures, 1000, 0.5), 1000 + wait)
    assert.equal(nextAttempt(times, 0, failures, 1000, 0), 1000 + wait - wait / 10)
    assert.equal(nextAttempt(times, 0, failures, 1000, 1), 1000 + wait + wait / 10)
  })
}

test('the last attempt falls on the moment of giving up', () => {
  const end = times.giveUpAfter
  assert.equal(nextAttempt(times, 0, 9, end - minute, 0.5), end)
  assert.equal(nextAttempt(times, 0, 10, end, 0.5), undefined)
  assert.equal(nextAttempt(times, 0, 10, end + 1, 0.5), undefined)
})

test('it is never after giving up, and never further off than jitter allows', () => {
  const span = fc.integer({ min: 1000, max: 10 * 24 * hour })
  fc.assert(
    fc.property(
      fc.array(span, { minLength: 1, maxLength: 9 }),
      span,
      fc.nat(2e9),
      fc.nat(2e9),
      fc.integer({ min: 1, max: 50 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (retry, giveUpAfter, received, age, failures, random) => {
        const now = received + age
        const next = nextAttempt({ retry, giveUpAfter }, received, failures, now, random)
        if (next === undefined) return assert.ok(age >= giveUpAfter)
        const wait = retry[Math.min(failures, retry.length) - 1] ?? 0
        assert.ok(age < giveUpAfter && next > now)
        assert.ok(next <= received + giveUpAfter)
        assert.ok(next <= now + 1.1 * wait + 1)
        assert.ok(next >= Math.min(now + 0.9 * wait - 1, received + giveUpAfter))
      },
    ),
  )
})
