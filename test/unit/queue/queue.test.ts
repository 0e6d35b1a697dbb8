import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import type { RecipientState } from '../../../app/queue/message.ts'
import { Queue, type Work } from '../../../app/queue/queue.ts'
import { makeFolder } from '../../support/folder.ts'
import { later, openQueue } from '../../support/queue.ts'
import { commit, delivered, held, messageOf, openSpool, states } from '../../support/spool.ts'
import { waitFor } from '../../support/wait.ts'

const kinds = (queue: Queue, id: string) => queue.get(id)?.states.map(({ kind }) => kind)

test('a message is handed out at once, all its recipients together, and only once', async t => {
  const { queue, add, handed } = await openQueue(t)
  const id = await add(3)
  assert.deepEqual(handed(), [[0, 1, 2]])
  assert.equal(queue.take(id), undefined)
  queue.retry(id)
  assert.deepEqual(handed(), [])
})

test('before it is started nothing is handed out; then what is due, oldest first', async t => {
  const { queue, add, works, take } = await openQueue(t, false)
  const ids = [await add(), await add(), await add()]
  assert.equal(queue.take(ids[1] ?? '')?.recipients.length, 1)
  queue.start(take)
  assert.deepEqual(
    works.map(({ message }) => message.id),
    [ids[0], ids[2]],
  )
})

test('recipients of a message come back each in their time', async t => {
  const { queue, clock, add, handed } = await openQueue(t)
  const id = await add(3)
  handed()
  queue.settle(
    id,
    new Map([
      [0, later(clock.now + 100)],
      [1, later(clock.now + 200)],
      [2, delivered],
    ]),
  )
  clock.now += 100
  const other = await add()
  assert.deepEqual(handed(), [[0], [0]], 'the first of them, and the new message')
  queue.settle(other, states(delivered))
  clock.now += 100
  queue.retry(id)
  assert.deepEqual(handed(), [[1]])
  queue.settle(id, states(delivered))
  queue.settle(id, states(delivered, 1))
  assert.equal(queue.get(id), undefined)
})

test('a timer hands out what becomes due', async t => {
  const { spool } = await openSpool(t, await makeFolder(t))
  const queue = new Queue(spool)
  await commit(spool, { ...messageOf('a', 1), states: [later(Date.now() + 30)] }, Buffer.from('x'))
  const keepAlive = setInterval(() => {}, 1000)
  const work = await new Promise<Work>(resolve => queue.start(resolve))
  clearInterval(keepAlive)
  queue.stop()
  assert.ok(Date.now() >= ((work.message.states[0] as { next?: number }).next ?? Infinity))
})

test('held while an attempt is under way, it stays held when that fails, and is done when it succeeds', async t => {
  const { queue, clock, add, handed } = await openQueue(t)
  const [failing, succeeding] = [await add(), await add()]
  for (const id of [failing, succeeding]) assert.deepEqual(queue.hold(id), { kind: 'changed', sending: true })
  queue.settle(failing, states(later(clock.now)))
  queue.settle(succeeding, states(delivered))
  assert.equal(queue.get(succeeding), undefined)
  const state = queue.get(failing)?.states[0]
  assert.deepEqual(state, { kind: 'held', by: 'person', why: 'held by hand', attempts: 1 })
  handed()
  clock.now += 1e9
  await add()
  assert.deepEqual(handed().length, 1, 'only the new one')
  queue.release(failing)
  assert.deepEqual(handed(), [[0]])
})

test('removed while an attempt is under way, each recipient goes when its attempt ends, unless it got it', async t => {
  const { queue, clock, add, handed } = await openQueue(t)
  const id = await add(4)
  queue.settle(id, states(later(clock.now + 5), 3))
  assert.deepEqual(queue.remove(id), { kind: 'changed', sending: true })
  assert.deepEqual([...queue.removing(id)], [0, 1, 2])
  assert.deepEqual(kinds(queue, id), ['held', 'held', 'held', 'removed'])
  queue.giveBack(id, [1])
  assert.deepEqual(kinds(queue, id), ['held', 'removed', 'held', 'removed'])
  queue.settle(id, states(delivered, 2))
  assert.deepEqual(kinds(queue, id), ['held', 'removed', 'delivered', 'removed'])
  handed()
  queue.settle(id, states(later(clock.now)))
  assert.equal(queue.get(id), undefined)
  assert.deepEqual([handed(), queue.removing(id).size, queue.sending(id)], [[], 0, []])
  for (const change of ['hold', 'release', 'retry', 'remove'] as const)
    assert.deepEqual(queue[change](id), { kind: 'unknown' })
})

test('released again before its attempt ends, it isn’t removed', async t => {
  const { queue, clock, add } = await openQueue(t)
  const id = await add()
  queue.remove(id)
  queue.release(id)
  queue.settle(id, states(later(clock.now + 5)))
  assert.deepEqual(queue.get(id)?.states, [later(clock.now + 5)])
})

test('what isn’t being sent is removed at once', async t => {
  const { queue, spool, clock, add } = await openQueue(t)
  const id = await add()
  queue.settle(id, states(later(clock.now + 5)))
  assert.deepEqual(queue.remove(id), { kind: 'changed', sending: false })
  assert.deepEqual([...spool.messages()], [])
  assert.equal(queue.settle(id, states(later(clock.now))), undefined)
})

test('an outcome for one recipient leaves the others under way', async t => {
  const { queue, clock, add, handed } = await openQueue(t)
  const id = await add(2)
  handed()
  queue.settle(id, states(later(clock.now + 50)))
  clock.now += 50
  queue.retry(id)
  assert.deepEqual(handed(), [[0]])
})

test('work given back is handed out again, soon but not in the same breath', async t => {
  const { queue, add, works } = await openQueue(t)
  const id = await add()
  works.length = 0
  queue.giveBack(id, [0])
  assert.equal(works.length, 0)
  await waitFor('the work', () => works[0])
  assert.deepEqual(works[0]?.recipients, [0])
})

test('retry tries what waits, not what is held; release frees it and keeps its attempts', async t => {
  const { queue, clock, add, handed } = await openQueue(t)
  const id = await add(2)
  handed()
  queue.settle(
    id,
    new Map([
      [0, later(clock.now + 1e6, 3)],
      [1, { ...held, attempts: 2 } as RecipientState],
    ]),
  )
  queue.retry(id)
  assert.deepEqual(handed(), [[0]])
  assert.deepEqual(kinds(queue, id), ['waiting', 'held'])
  queue.release(id)
  assert.deepEqual(handed(), [[1]])
  assert.deepEqual(queue.get(id)?.states[1], { ...later(clock.now, 2), released: true })
})

test('new routes free what was held for want of one, not what a person held', async t => {
  const { queue, add, handed } = await openQueue(t)
  const [byRoute, byHand] = [await add(), await add()]
  queue.settle(byRoute, states({ kind: 'held', attempts: 0, by: 'route', why: 'no route' }))
  queue.hold(byHand)
  queue.giveBack(byHand, [0])
  handed()
  queue.reroute(() => true)
  assert.deepEqual(handed(), [[0]])
  assert.deepEqual([kinds(queue, byRoute), kinds(queue, byHand)], [['waiting'], ['held']])
})

test('ten thousand that are settled in the moment they are handed out need no deep stack', async t => {
  const { spool } = await openSpool(t, await makeFolder(t))
  for (let round = 0; round < 20; round++)
    await Promise.all(
      Array.from({ length: 500 }, (_, n) =>
        commit(spool, messageOf(`m${round * 500 + n}`, 0), Buffer.alloc(0)),
      ),
    )
  const queue = new Queue(spool)
  let count = 0
  await new Promise<void>(resolve => {
    queue.start(({ message }) => {
      queue.settle(message.id, states(held))
      if (++count === 10_000) resolve()
    })
    assert.ok(count < 10_000, 'others got no turn meanwhile')
  })
  await setImmediate()
  queue.stop()
  assert.equal(count, 10_000)
})

test('stopped, it hands out nothing more', async t => {
  const { queue, works, add } = await openQueue(t)
  queue.stop()
  const id = await add()
  queue.retry(id)
  queue.giveBack(id, [0])
  assert.deepEqual(works, [])
})

test('a clock that is set back while a message comes in holds it up no longer than that', async t => {
  const { clock, add, works } = await openQueue(t)
  const adding = add()
  await Promise.resolve()
  clock.now -= 5
  await adding
  clock.now += 5
  await waitFor('the work', () => works[0])
})

test('a delay warning is remembered', async t => {
  const { queue, clock, add } = await openQueue(t)
  const id = await add()
  assert.equal(queue.settle(id, states(later(clock.now + 5)), true)?.warned, true)
  assert.equal(queue.get(id)?.warned, true)
})

test('outcomes that come twice, or for what is done, change nothing', async t => {
  const { queue, clock, add } = await openQueue(t)
  const id = await add(2)
  queue.settle(id, states(delivered))
  queue.settle(id, states(later(clock.now)))
  assert.deepEqual(kinds(queue, id), ['delivered', 'waiting'])
})
