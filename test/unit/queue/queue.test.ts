import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import fc from 'fast-check'
import type { Envelope } from '../../../app/mail/envelope.ts'
import type { RecipientState } from '../../../app/queue/message.ts'
import { Queue, type Work } from '../../../app/queue/queue.ts'
import type { Spool } from '../../../app/queue/spool.ts'
import { makeFolder } from '../../support/folder.ts'
import { commit, delivered, held, messageOf, openSpool, states } from '../../support/spool.ts'
import { waitFor } from '../../support/wait.ts'

/** A queue whose clock is set by hand, and the work it handed out. */
interface Bench {
  readonly spool: Spool
  readonly queue: Queue
  readonly works: Work[]
  readonly clock: { now: number }
  /** Adds a message to so many recipients; returns its id. */
  readonly add: (recipients?: number) => Promise<string>
  /** Indexes handed out since the last call. */
  readonly handed: () => readonly (readonly number[])[]
}

async function bench(t: TestContext, started = true): Promise<Bench> {
  const { spool } = await openSpool(t, await makeFolder(t))
  const clock = { now: 1_000_000 }
  const queue = new Queue(spool, () => clock.now)
  t.after(() => queue.stop())
  const works: Work[] = []
  if (started) queue.start(work => works.push(work))
  const add = async (recipients = 1) => {
    const id = queue.newId()
    const content = spool.receive(id)
    await content.write(Buffer.from('content'))
    await queue.add(id, envelope(recipients), { client: '127.0.0.1' }, content)
    return id
  }
  const handed = () => works.splice(0).map(({ recipients }) => recipients)
  return { spool, queue, works, clock, add, handed }
}

function envelope(recipients: number): Envelope {
  return messageOf('', 0, recipients).envelope
}

const later = (next: number, attempts = 1): RecipientState => ({ kind: 'waiting', attempts, next })
const kinds = (queue: Queue, id: string) => queue.get(id)?.states.map(({ kind }) => kind)

test('a message is handed out at once, all its recipients together, and only once', async t => {
  const { queue, add, handed } = await bench(t)
  const id = await add(3)
  assert.deepEqual(handed(), [[0, 1, 2]])
  assert.equal(queue.take(id), undefined)
  queue.retry(id)
  assert.deepEqual(handed(), [])
})

test('before it is started nothing is handed out; then what is due, oldest first', async t => {
  const { queue, add, works } = await bench(t, false)
  const ids = [await add(), await add(), await add()]
  assert.equal(queue.take(ids[1] ?? '')?.recipients.length, 1)
  queue.start(work => works.push(work))
  assert.deepEqual(
    works.map(({ message }) => message.id),
    [ids[0], ids[2]],
  )
})

test('recipients of a message come back each in their time', async t => {
  const { queue, clock, add, handed } = await bench(t)
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
  const { queue, clock, add, handed } = await bench(t)
  const [failing, succeeding] = [await add(), await add()]
  for (const id of [failing, succeeding]) assert.ok(queue.hold(id))
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

test('removed while an attempt is under way, it is gone, and its outcome changes nothing', async t => {
  const { queue, spool, clock, add, handed } = await bench(t)
  const id = await add(2)
  assert.ok(queue.remove(id))
  assert.equal(queue.get(id), undefined)
  assert.equal(queue.settle(id, states(later(clock.now))), undefined)
  queue.giveBack(id, [1])
  assert.deepEqual([...spool.messages()], [])
  for (const change of ['hold', 'release', 'retry', 'remove'] as const) assert.equal(queue[change](id), false)
  handed()
})

test('an outcome for one recipient leaves the others under way', async t => {
  const { queue, clock, add, handed } = await bench(t)
  const id = await add(2)
  handed()
  queue.settle(id, states(later(clock.now + 50)))
  clock.now += 50
  queue.retry(id)
  assert.deepEqual(handed(), [[0]])
})

test('work given back is handed out again, soon but not in the same breath', async t => {
  const { queue, add, works } = await bench(t)
  const id = await add()
  works.length = 0
  queue.giveBack(id, [0])
  assert.equal(works.length, 0)
  await waitFor('the work', () => works[0])
  assert.deepEqual(works[0]?.recipients, [0])
})

test('retry tries what waits, not what is held; release frees it and keeps its attempts', async t => {
  const { queue, clock, add, handed } = await bench(t)
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
  assert.deepEqual(queue.get(id)?.states[1], later(clock.now, 2))
})

test('new routes free what was held for want of one, not what a person held', async t => {
  const { queue, add, handed } = await bench(t)
  const [byRoute, byHand] = [await add(), await add()]
  queue.settle(byRoute, states({ kind: 'held', attempts: 0, by: 'route', why: 'no route' }))
  queue.hold(byHand)
  queue.giveBack(byHand, [0])
  handed()
  queue.reroute()
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
  queue.start(({ message }) => {
    count++
    queue.settle(message.id, states(held))
  })
  queue.stop()
  assert.equal(count, 10_000)
})

test('stopped, it hands out nothing more', async t => {
  const { queue, works, add } = await bench(t)
  queue.stop()
  const id = await add()
  queue.retry(id)
  queue.giveBack(id, [0])
  assert.deepEqual(works, [])
})

test('a clock that is set back while a message comes in holds it up no longer than that', async t => {
  const { clock, add, works } = await bench(t)
  const adding = add()
  await Promise.resolve()
  clock.now -= 5
  await adding
  clock.now += 5
  await waitFor('the work', () => works[0])
})

test('a delay warning is remembered', async t => {
  const { queue, clock, add } = await bench(t)
  const id = await add()
  assert.equal(queue.settle(id, states(later(clock.now + 5)), true)?.warned, true)
  assert.equal(queue.get(id)?.warned, true)
})

test('outcomes that come twice, or for what is done, change nothing', async t => {
  const { queue, clock, add } = await bench(t)
  const id = await add(2)
  queue.settle(id, states(delivered))
  queue.settle(id, states(later(clock.now)))
  assert.deepEqual(kinds(queue, id), ['delivered', 'waiting'])
})

type Step =
  | { readonly kind: 'add'; readonly recipients: number }
  | { readonly kind: 'settle'; readonly which: number; readonly wait: number }
  | { readonly kind: 'give back' | 'hold' | 'release' | 'retry' | 'remove'; readonly which: number }
  | { readonly kind: 'pass'; readonly time: number }

const which = fc.nat(30)
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant('add' as const), recipients: fc.integer({ min: 1, max: 4 }) }),
  // Delivered, where there is no wait.
  fc.record({ kind: fc.constant('settle' as const), which, wait: fc.nat(50) }),
  fc.record({ kind: fc.constantFrom('give back', 'hold', 'release', 'retry', 'remove'), which }),
  fc.record({ kind: fc.constant('pass' as const), time: fc.nat(60) }),
)

/** Does the steps; asserts that nothing is handed out that isn't due, or twice. Returns what is left to settle. */
async function run({ queue, clock, works, add }: Bench, steps: readonly Step[]) {
  const ids: string[] = []
  const underWay: Work[] = []
  const look = () => {
    for (const work of works.splice(0)) {
      const { message, recipients } = work
      for (const index of recipients) {
        const state = message.states[index]
        assert.ok(state?.kind === 'waiting' && state.next <= clock.now)
        const twice = underWay.some(
          other => other.message.id === message.id && other.recipients.includes(index),
        )
        assert.ok(!twice, `recipient ${index} of ${message.id} is handed out twice`)
      }
      underWay.push(work)
    }
  }
  for (const one of steps) {
    if (one.kind === 'add') ids.push(await add(one.recipients))
    else if (one.kind === 'pass') clock.now += one.time
    else if (one.kind === 'settle' || one.kind === 'give back') {
      const [work] = underWay.splice(one.which % (underWay.length || 1), 1)
      if (work && one.kind === 'settle')
        settle(queue, work, one.wait === 0 ? delivered : later(clock.now + one.wait))
      else if (work) queue.giveBack(work.message.id, work.recipients)
    } else queue[one.kind](ids[one.which % ids.length] ?? '')
    look()
  }
  return { underWay, look }
}

function settle(queue: Queue, { message, recipients }: Work, state: RecipientState): void {
  queue.settle(message.id, new Map(recipients.map(index => [index, state])))
}

test('whatever happens, a recipient is tried once at a time, when it is due, and never forgotten', async t => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 60, size: 'max' }), async steps => {
      const all = await bench(t)
      const { underWay, look } = await run(all, steps)
      for (const { id } of [...all.queue.messages()]) all.queue.release(id)
      all.clock.now += 1000
      await all.add()
      look()
      for (let work = underWay.pop(); work; work = underWay.pop()) {
        settle(all.queue, work, delivered)
        look()
      }
      assert.deepEqual(
        [...all.queue.messages()].filter(({ states }) => states.some(({ kind }) => kind === 'waiting')),
        [],
      )
      all.queue.stop()
    }),
    { numRuns: 40 },
  )
})
