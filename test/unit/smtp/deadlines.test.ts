/** Deadlines: a trickle is ended in bounded time, a slow but honest line isn't; with the times that stand in new settings. */
import assert from 'node:assert/strict'
import { mock, test } from 'node:test'
import { Deadlines, type Overdue } from '../../../app/smtp/deadlines.ts'
import { atEnd, type Ending } from '../../support/ending.ts'

const second = 1000
const minute = 60 * second
const hour = 60 * minute
const usual = {
  sessionTimeout: hour,
  commandTimeout: 5 * minute,
  dataTimeout: 2 * hour,
  minDataRate: 500,
  idleTimeout: minute,
}

/** Whoever trickles in it keeps on for a day. */
function begin(test: Ending, limits = usual) {
  mock.timers.enable({ apis: ['setTimeout'] })
  atEnd(test, () => mock.timers.reset())
  let now = 0
  const over: [Overdue, number][] = []
  const deadlines = new Deadlines(limits, what => over.push([what, now]))
  const pass = (seconds: number, each = () => {}) => {
    for (let at = 0; at < seconds; at++) {
      each()
      now += second
      mock.timers.tick(second)
    }
  }
  return { deadlines, over, pass }
}

test('a session ends at its time, and a line begun in it at its own', t => {
  const { deadlines, over, pass } = begin(t)
  pass(10)
  pass(7200, () => deadlines.lineBegun())
  assert.deepEqual(over, [
    ['command', 10 * second + 5 * minute],
    ['session', hour],
  ])
})

test('a line that comes to its end has no time any more, and the next has all of it', t => {
  const { deadlines, over, pass } = begin(t)
  for (let line = 0; line < 5; line++) {
    pass(299, () => deadlines.lineBegun())
    deadlines.lineEnded()
  }
  assert.deepEqual(over, [])
})

test('content of one byte a second ends within the time for idle sessions', t => {
  const { deadlines, over, pass } = begin(t)
  let bytes = 0
  deadlines.contentBegun(() => ({ bytes, isAwaited: true }))
  pass(200, () => bytes++)
  assert.deepEqual(over[0], ['slow-content', minute])
})

test('20 MB over a line of 64 kbit/s pass', t => {
  const { deadlines, over, pass } = begin(t)
  let bytes = 0
  deadlines.contentBegun(() => ({ bytes, isAwaited: true }))
  const seconds = Math.ceil((20 * 1024 ** 2) / 8000)
  pass(seconds, () => {
    bytes += 8000
  })
  deadlines.contentEnded()
  pass(minute)
  assert.ok(bytes >= 20 * 1024 ** 2)
  assert.deepEqual(
    over.filter(([what]) => what !== 'session'),
    [],
  )
})

test('content that comes just fast enough ends at the time for a message', t => {
  const { deadlines, over, pass } = begin(t)
  let bytes = 0
  deadlines.contentBegun(() => ({ bytes, isAwaited: true }))
  pass(3 * 3600, () => {
    bytes += 501
  })
  assert.deepEqual(over.filter(([what]) => what !== 'session')[0], ['content', 2 * hour])
})

test('a client that waits for our disk is not slow, and no rate at all may be asked for', t => {
  const waiting = begin(t)
  waiting.deadlines.contentBegun(() => ({ bytes: 0, isAwaited: false }))
  waiting.pass(600)
  assert.deepEqual(waiting.over, [])
  mock.timers.reset()
  const patient = begin(t, { ...usual, minDataRate: 0 })
  patient.deadlines.contentBegun(() => ({ bytes: 0, isAwaited: true }))
  patient.pass(600)
  assert.deepEqual(patient.over, [])
})

test('a connection that is gone has no deadlines', t => {
  const { deadlines, over, pass } = begin(t)
  deadlines.lineBegun()
  deadlines.contentBegun(() => ({ bytes: 0, isAwaited: true }))
  deadlines.close()
  pass(7200)
  assert.deepEqual(over, [])
})
