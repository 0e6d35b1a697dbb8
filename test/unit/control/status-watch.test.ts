/** The status is asked for after events, told when it changed, and never asked for in a busy loop. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { Status } from '../../../app/control/control.ts'
import { StatusWatch } from '../../../app/control/status-watch.ts'
import type { Event } from '../../../app/log/event.ts'
import { MemoryControl, queued } from '../../support/memory-control.ts'

const event: Event = { kind: 'warning', text: '', time: 0 }

function watched(t: TestContext) {
  t.mock.timers.enable({ apis: ['setTimeout', 'setInterval'] })
  const control = new MemoryControl()
  const listeners = new Set<() => void>()
  let asked = 0
  const watch = new StatusWatch(
    async () => {
      asked++
      return control.status()
    },
    listener => {
      const called = () => listener(event)
      listeners.add(called)
      return () => listeners.delete(called)
    },
  )
  const told: Status[] = []
  watch.subscribe(status => told.push(status))
  const emit = () => {
    for (const listener of listeners) listener()
  }
  const pass = async (milliseconds: number) => {
    t.mock.timers.tick(milliseconds)
    for (let turn = 0; turn < 5; turn++) await new Promise(resolve => setImmediate(resolve))
  }
  return { control, watch, told, emit, pass, asked: () => asked }
}

test('a burst of events asks once, and tells only what changed', async t => {
  const { control, watch, told, emit, pass, asked } = watched(t)
  await watch.look()
  assert.equal(told.length, 1)
  for (let time = 0; time < 1000; time++) emit()
  await pass(5000)
  assert.equal(asked(), 2)
  assert.equal(told.length, 1)
  control.queue.push(queued('a', [{ kind: 'waiting', attempts: 0, next: 0 }]))
  emit()
  await pass(5000)
  assert.equal(told.at(-1)?.queue.waiting, 1)
  assert.equal(watch.last?.queue.waiting, 1)
})

test('without events it looks now and then, and not at all when closed', async t => {
  const { watch, emit, pass, asked } = watched(t)
  await pass(10_000)
  await pass(5000)
  assert.equal(asked(), 1)
  watch.close()
  emit()
  await pass(60_000)
  assert.equal(asked(), 1)
})

test('an answer that a later one has overtaken is told nobody', async () => {
  const control = new MemoryControl()
  const status = await control.status()
  const waiting: ((status: Status) => void)[] = []
  const ask = () => new Promise<Status>(resolve => waiting.push(resolve))
  const watch = new StatusWatch(ask, () => () => {})
  const told: number[] = []
  watch.subscribe(({ queue }) => told.push(queue.held))
  const looks = [watch.look(), watch.look()]
  const held = (count: number): Status => ({ ...status, queue: { ...status.queue, held: count } })
  waiting[1]?.(held(2))
  await looks[1]
  waiting[0]?.(held(1))
  assert.equal((await looks[0])?.queue.held, 1)
  assert.deepEqual(told, [2])
  assert.equal(watch.last?.queue.held, 2)
  watch.close()
})
