import assert from 'node:assert/strict'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import fc from 'fast-check'
import { isDiskFull } from '../../../app/queue/disk.ts'
import { applyChange } from '../../../app/queue/entry.ts'
import { INLINE_BYTES } from '../../../app/queue/incoming.ts'
import { isDone, type Message, type RecipientState } from '../../../app/queue/message.ts'
import type { Spool } from '../../../app/queue/spool.ts'
import { recordDisk } from '../../support/disk-recording.ts'
import { limitFiles } from '../../support/file-limit.ts'
import { makeFolder } from '../../support/folder.ts'
import {
  commit,
  delivered,
  held,
  messageOf,
  openSpool,
  readContent,
  states,
  tiny,
} from '../../support/spool.ts'

type Step =
  | { readonly kind: 'commit'; readonly size: number; readonly recipients: number; readonly wait: boolean }
  | {
      readonly kind: 'update'
      readonly which: number
      readonly index: number
      readonly state: RecipientState
    }
  | { readonly kind: 'warn'; readonly which: number }
  | { readonly kind: 'reopen' }

const size = fc.oneof(fc.nat(900), fc.nat(900), fc.integer({ min: INLINE_BYTES + 1, max: INLINE_BYTES + 99 }))
const state: fc.Arbitrary<RecipientState> = fc.oneof(
  fc.constant(delivered),
  fc.constant(held),
  fc.record(
    { kind: fc.constant('waiting' as const), attempts: fc.nat(9), next: fc.nat(99) },
    { noNullPrototype: true },
  ),
)
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('commit' as const),
      size,
      recipients: fc.integer({ min: 1, max: 3 }),
      wait: fc.boolean(),
    }),
  },
  {
    weight: 12,
    arbitrary: fc.record({ kind: fc.constant('update' as const), which: fc.nat(), index: fc.nat(2), state }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('warn' as const), which: fc.nat() }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'reopen' as const }) },
)

/** What the spool should hold. */
type Model = Map<string, { message: Message; readonly content: Buffer }>

async function agree(spool: Spool, model: Model): Promise<void> {
  assert.deepEqual(
    [...spool.messages()],
    [...model.values()].map(({ message }) => message),
  )
  for (const [id, { content }] of model) {
    assert.ok((await readContent(spool, id)).equals(content), `content of ${id}`)
    assert.ok((await spool.beginning(id, 100)).equals(content.subarray(0, 100)), `beginning of ${id}`)
  }
}

function change(
  spool: Spool,
  model: Model,
  which: number,
  changes: Map<number, RecipientState>,
  warned?: true,
) {
  const id = [...model.keys()][which % model.size]
  const known = model.get(id ?? '')
  if (id === undefined || !known) return
  const list = [...changes].filter(([index]) => index < known.message.states.length)
  known.message = applyChange(known.message, { id, states: list, ...(warned && { warned }) })
  if (isDone(known.message)) model.delete(id)
  spool.update(id, new Map(list), warned)
}

async function run(t: TestContext, steps: readonly Step[]): Promise<void> {
  const folder = await makeFolder(t)
  const model: Model = new Map()
  let opened = await openSpool(t, folder, tiny)
  let committing: Promise<void>[] = []
  for (const [number, one] of steps.entries()) {
    if (one.kind === 'commit') {
      const id = `m${String(number).padStart(4, '0')}`
      const content = Buffer.alloc(one.size, `${id} `)
      const message = messageOf(id, one.size, one.recipients)
      committing.push(
        commit(opened.spool, message, content).then(() => void model.set(id, { message, content })),
      )
      if (one.wait) await Promise.all(committing)
    } else if (one.kind === 'update') {
      change(opened.spool, model, one.which, new Map([[one.index, one.state]]))
    } else if (one.kind === 'warn') {
      change(opened.spool, model, one.which, new Map(), true)
    } else {
      await Promise.all(committing)
      committing = []
      await opened.close()
      opened = await openSpool(t, folder, tiny)
      const ordered = [...model].sort(([a], [b]) => (a < b ? -1 : 1))
      await agree(opened.spool, new Map(ordered))
    }
  }
  await Promise.all(committing)
  await opened.close()
  opened = await openSpool(t, folder, tiny)
  await agree(opened.spool, new Map([...model].sort(([a], [b]) => (a < b ? -1 : 1))))
  assert.deepEqual(opened.reports, [])
  const files = [...model.values()].filter(({ content }) => content.length > INLINE_BYTES)
  assert.equal((await readdir(join(folder, 'large'))).length, files.length)
  await opened.close()
}

test('whatever is done to it, what is found at the next start is what was left', async t => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 80, size: 'max' }), steps => run(t, steps)),
    { numRuns: 25 },
  )
})

test('a large content’s file goes only when the record that says so is on disk', async t => {
  const folder = await makeFolder(t)
  const disk = await recordDisk(t, folder)
  const { spool, close } = await openSpool(t, folder)
  await commit(spool, messageOf('big', INLINE_BYTES + 1), Buffer.alloc(INLINE_BYTES + 1))
  spool.update('big', states(delivered))
  await close()
  const written = disk.calls.findLast(({ action }) => action.kind === 'write')
  const removed = disk.calls.find(({ action }) => action.kind === 'unlink')
  const synced = disk.calls.find(
    ({ action, begun }) => action.kind === 'sync' && begun > (written?.ended ?? 0),
  )
  assert.ok(removed && synced?.ended !== undefined && removed.begun > synced.ended)
})

test('on a full disk mail is refused and nothing of it stays; what is done stays done', async t => {
  const folder = await makeFolder(t)
  const { spool, reports, close } = await openSpool(t, folder)
  const big = Buffer.alloc(INLINE_BYTES + 1)
  await commit(spool, messageOf('big', big.length), big)
  await commit(spool, messageOf('small', 3), Buffer.from('abc'))
  limitFiles(t, 600)
  for (const [id, content] of [
    ['x', big],
    ['y', Buffer.alloc(2000)],
  ] as const)
    await assert.rejects(commit(spool, messageOf(id, content.length), content), isDiskFull)
  spool.update('big', states(delivered))
  spool.update('small', states(held))
  await assert.rejects(commit(spool, messageOf('z', 900), Buffer.alloc(900)), isDiskFull)
  assert.match(reports.join(), /The disk is full: Postern can't write to its spool until space is freed/)
  assert.equal((await readdir(join(folder, 'large'))).length, 1, 'the file waits for the record')
  limitFiles(t, undefined)
  await commit(spool, messageOf('zz', 5), Buffer.from('after'))
  await close()
  const again = await openSpool(t, folder)
  assert.deepEqual(
    [...again.spool.messages()].map(({ id, states }) => [id, states[0]?.kind]),
    [
      ['small', 'held'],
      ['zz', 'waiting'],
    ],
  )
  assert.deepEqual([await readdir(join(folder, 'large')), again.reports], [[], []])
})

test('contents beyond the memory for fresh ones come from the disk', async t => {
  const { spool } = await openSpool(t, await makeFolder(t), tiny)
  for (const id of ['a', 'b', 'c']) await commit(spool, messageOf(id, 100), Buffer.alloc(100, id))
  for (const id of ['a', 'b', 'c']) assert.ok((await readContent(spool, id)).equals(Buffer.alloc(100, id)))
})
