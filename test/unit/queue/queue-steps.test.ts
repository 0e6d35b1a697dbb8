/** The queue under any sequence of steps. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { RecipientState } from '../../../app/queue/message.ts'
import type { Queue, Work } from '../../../app/queue/queue.ts'
import { type Bench, later, openQueue } from '../../support/queue.ts'
import { delivered } from '../../support/spool.ts'

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
      const all = await openQueue(t)
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
