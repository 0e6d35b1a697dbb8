import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { finderOf } from '../../../app/control/queue-filter.ts'
import { Queue } from '../../../app/queue/queue.ts'
import { makeFolder } from '../../support/folder.ts'
import { commit, messageOf, openSpool } from '../../support/spool.ts'

const COUNT = 100_000
const SIZE = 1024
/** Of this process's CPU, until the queue is ready and each message was handed out once. */
const MOST_SECONDS = 2

/** The least of so many starts counts: what the code costs, not what the machine's other guests take away. */
const STARTS = 3

/** Of the CPU, for a filter that has to look at all of them; 0.2 on a small server. */
const MOST_TO_FILTER = 1

/** Of the CPU, until others get their turn after a change of the routes. */
const MOST_AT_ONCE = 0.2

/** Seconds of this process's CPU that `work` takes. */
function secondsOf(work: () => void): number {
  const before = process.cpuUsage()
  work()
  return secondsSince(before)
}

function secondsSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1e6
}

/** Bytes in use once all that isn't is gone. */
function memory(): number {
  setFlagsFromString('--expose-gc')
  const collect: () => void = runInNewContext('gc')
  collect()
  collect()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

test('a hundred thousand queued messages are found in less than two seconds, and their contents are not held', async t => {
  const folder = await makeFolder(t)
  const before = await openSpool(t, folder)
  const content = Buffer.alloc(SIZE, 'content ')
  for (let start = 0; start < COUNT; start += 1000) {
    const numbers = Array.from({ length: 1000 }, (_, n) => String(start + n).padStart(6, '0'))
    await Promise.all(numbers.map(id => commit(before.spool, messageOf(id, SIZE), content)))
  }
  const fresh = memory()
  await before.close()
  const more = fresh - memory()

  let busy = Number.POSITIVE_INFINITY
  for (let start = 1; start < STARTS; start++) {
    const { close, ...started } = await startWith(t, folder)
    busy = Math.min(busy, started.busy)
    started.queue.stop()
    await close()
  }
  const empty = memory()
  const last = await startWith(t, folder)
  const { queue, reports, ready } = last
  busy = Math.min(busy, last.busy)
  const changing = secondsOf(() => {
    queue.reroute(() => true)
    queue.tellWaiting()
  })
  const works = last.works()
  queue.stop()
  let found = 0
  const filtering = secondsOf(() => {
    const find = finderOf(
      { match: 'EXAMPLE.COM', to: 'example.com', from: 'example.com', state: 'waiting' },
      Date.now(),
    )
    for (const message of queue.messages()) found += find(message).size
  })
  const held = memory() - empty
  t.diagnostic(`${filtering.toFixed(2)} s of CPU to filter them`)
  t.diagnostic(
    `${ready.toFixed(2)} s of CPU, ${busy.toFixed(2)} until all are handed out, ${Math.round(held / COUNT)} bytes each`,
  )
  t.diagnostic(`${Math.round(more / 1024 ** 2)} MiB more while they came in`)
  assert.ok(works > COUNT && works < 2 * COUNT, 'some of them were told again')
  assert.deepEqual([found, reports], [COUNT, []])
  assert.ok(changing < MOST_AT_ONCE, `a change of the routes held everything up for ${changing} s of CPU`)
  assert.ok(filtering < MOST_TO_FILTER, `filtering took ${filtering} s`)
  assert.ok(busy < MOST_SECONDS, `it took ${busy} s`)
  assert.ok(held < COUNT * SIZE, `${held} bytes are held`)
})

/** Opened, and each message handed out once; seconds of CPU until the queue was ready, and until then. */
async function startWith(t: TestContext, folder: string) {
  const cpu = process.cpuUsage()
  const { spool, reports, close } = await openSpool(t, folder)
  const queue = new Queue(spool)
  let works = 0
  let ready = Number.POSITIVE_INFINITY
  await new Promise<void>(resolve => {
    queue.start(() => {
      if (++works === COUNT) resolve()
    })
    ready = secondsSince(cpu)
  })
  return { queue, reports, close, ready, busy: secondsSince(cpu), works: () => works }
}
