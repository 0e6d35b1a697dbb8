/** The newest events, whole and each once, though they come while the earlier ones are read; and batches of them. */
import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { Batch } from '../../../app/log/batch.ts'
import type { Event } from '../../../app/log/event.ts'
import { RecentEvents } from '../../../app/log/recent.ts'

function eventAt(time: number): Event {
  return { kind: 'warning', text: `${time}`, time }
}

function source() {
  const listeners = new Set<(event: Event) => void>()
  return {
    subscribe: (listener: (event: Event) => void) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    emit: (time: number) => {
      for (const listener of listeners) listener(eventAt(time))
    },
    listeners,
  }
}

function times(recent: RecentEvents): number[] {
  return recent.events.map(({ time }) => time)
}

test('what came while the journal was read is there once', async () => {
  const { subscribe, emit } = source()
  let answer: (events: readonly Event[]) => void = () => {}
  const recent = new RecentEvents(subscribe, () => new Promise(resolve => (answer = resolve)), 10)
  emit(3)
  emit(4)
  answer([1, 2, 3].map(eventAt))
  await recent.ready
  emit(5)
  assert.deepEqual(times(recent), [1, 2, 3, 4, 5])
})

test('the newest so many are kept, and none after the end', async () => {
  const { subscribe, emit, listeners } = source()
  const recent = new RecentEvents(subscribe, async limit => [1, 2].slice(-limit).map(eventAt), 3)
  await recent.ready
  for (let time = 3; time <= 50; time++) {
    emit(time)
    assert.deepEqual(times(recent), [time - 2, time - 1, time])
  }
  recent.close()
  assert.equal(listeners.size, 0)
})

describe('a batch', () => {
  function batches(t: TestContext, most: number) {
    t.mock.timers.enable({ apis: ['setTimeout'] })
    const sent: (readonly number[])[] = []
    return { sent, batch: new Batch<number>(items => sent.push(items), 100, most) }
  }

  test('takes what comes in its time, in order', t => {
    const { sent, batch } = batches(t, 10)
    batch.add(1)
    t.mock.timers.tick(60)
    batch.add(2)
    t.mock.timers.tick(39)
    assert.deepEqual(sent, [])
    t.mock.timers.tick(1)
    batch.add(3)
    t.mock.timers.tick(100)
    t.mock.timers.tick(1000)
    assert.deepEqual(sent, [[1, 2], [3]])
  })

  test('of a burst keeps the newest', t => {
    const { sent, batch } = batches(t, 3)
    for (let item = 1; item <= 1000; item++) batch.add(item)
    t.mock.timers.tick(100)
    assert.deepEqual(sent, [[998, 999, 1000]])
  })

  test('goes at once when flushed, and not at all when cleared', t => {
    const { sent, batch } = batches(t, 3)
    batch.add(1)
    batch.flush()
    batch.flush()
    batch.add(2)
    batch.clear()
    t.mock.timers.tick(1000)
    assert.deepEqual(sent, [[1]])
  })
})
