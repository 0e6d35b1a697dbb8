/** The relay's clock, however the machine's is set. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { RelayClock } from '../../../app/queue/clock.ts'

const DAY = 86_400_000

/** Both clocks in the test's hand. */
function clocks(wall = 1000 * DAY) {
  const at = { wall, steady: 0 }
  const pass = (ms: number) => {
    at.wall += ms
    at.steady += ms
  }
  return {
    at,
    pass,
    given: { wall: () => at.wall, steady: () => at.steady },
  }
}

test('it is the wall’s as long as nobody sets that', () => {
  const { at, pass, given } = clocks()
  const clock = new RelayClock(0, given)
  pass(5 * DAY)
  assert.equal(clock.now(), at.wall)
  assert.equal(clock.toWall(12), 12)
})

test('set back a day it goes on, and tells people the wall’s time', () => {
  const { at, pass, given } = clocks()
  const clock = new RelayClock(0, given)
  const before = clock.now()
  at.wall -= DAY
  pass(60_000)
  assert.equal(clock.now(), before + 60_000)
  assert.equal(clock.toWall(before + 60_000), at.wall)
})

test('set ahead, or asleep, it follows at once', () => {
  const { at, given } = clocks()
  const clock = new RelayClock(0, given)
  at.wall += DAY
  assert.equal(clock.now(), at.wall)
})

test('set back by a moment it waits, instead of being ahead for ever', () => {
  const { at, pass, given } = clocks()
  const clock = new RelayClock(0, given)
  const before = clock.now()
  at.wall -= 500
  assert.equal(clock.now(), before)
  pass(500)
  assert.equal(clock.now(), at.wall)
})

test('after a restart it goes on where the spool’s newest message is, unless that is absurd', () => {
  const { at, given } = clocks()
  assert.equal(new RelayClock(at.wall + DAY, given).now(), at.wall + DAY)
  assert.equal(new RelayClock(at.wall + 400 * DAY, given).now(), at.wall)
})

test('whatever happens it never goes back, and passes at least as the steady clock does but for moments', () => {
  const step = fc.record({ set: fc.integer({ min: -2 * DAY, max: 2 * DAY }), pass: fc.nat(DAY) })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 20 }), steps => {
      const { at, pass, given } = clocks()
      const clock = new RelayClock(0, given)
      let last = clock.now()
      for (const { set, pass: ms } of steps) {
        at.wall += set
        pass(ms)
        const now = clock.now()
        assert.ok(now >= last && now >= last + ms - 2001 && now >= at.wall)
        last = now
      }
    }),
  )
})
