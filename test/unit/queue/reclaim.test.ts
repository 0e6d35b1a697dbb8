import assert from 'node:assert/strict'
import { copyFile, open, readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { INLINE_BYTES } from '../../../app/queue/incoming.ts'
import { DamagedContent, type Spool } from '../../../app/queue/spool.ts'
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
import { waitFor } from '../../support/wait.ts'

const segments = async (folder: string) =>
  (await readdir(folder)).filter(name => name.endsWith('.spool')).sort()

/** Messages of 900 bytes come and go until segments were filled several times. */
async function flow(spool: Spool, from: number, count: number): Promise<void> {
  for (let number = from; number < from + count; number++) {
    const id = `n${String(number).padStart(4, '0')}`
    await commit(spool, messageOf(id, 900), Buffer.alloc(900, id))
    spool.update(id, states(delivered))
  }
}

const until = (what: string, folder: string, enough: (names: string[]) => boolean) =>
  waitFor(what, async () => {
    const names = await segments(folder)
    return enough(names) ? names : undefined
  })

test('emptied segments vanish', async t => {
  const folder = await makeFolder(t)
  const { spool, close } = await openSpool(t, folder, tiny)
  await flow(spool, 0, 40)
  const [left] = await until('one segment', folder, names => names.length <= 2)
  assert.ok(Number.parseInt(left ?? '', 10) > 5)
  await close()
})

test('held messages don’t keep old segments: they are moved, with their states and contents', async t => {
  const folder = await makeFolder(t)
  const { spool, close } = await openSpool(t, folder, tiny)
  await commit(spool, messageOf('a-held', 50), Buffer.alloc(50, 'held'))
  await commit(spool, messageOf('b-big', INLINE_BYTES + 9), Buffer.alloc(INLINE_BYTES + 9, 'big'))
  spool.update('a-held', states(held))
  await flow(spool, 0, 40)
  await until('the first segment gone', folder, names => !names.includes('00000001.spool'))
  const checkAll = async (spool: Spool) => {
    assert.deepEqual(
      [...spool.messages()].map(({ id, states }) => [id, states[0]?.kind]),
      [
        ['a-held', 'held'],
        ['b-big', 'waiting'],
      ],
    )
    assert.ok((await readContent(spool, 'a-held')).equals(Buffer.alloc(50, 'held')))
    assert.ok((await readContent(spool, 'b-big')).equals(Buffer.alloc(INLINE_BYTES + 9, 'big')))
  }
  await checkAll(spool)
  await close()
  const again = await openSpool(t, folder, tiny)
  await checkAll(again.spool)
  assert.deepEqual(again.reports, [])
})

/** Stops at the sync that brings the moved message to the disk, and calls `then` before it goes on. */
async function atMove(t: TestContext, folder: string, then: (spool: Spool) => Promise<void> | void) {
  const disk = await recordDisk(t, folder)
  const opened = await openSpool(t, folder, tiny)
  await commit(opened.spool, messageOf('held', 50), Buffer.alloc(50, 'held'))
  let moved = false
  disk.beforeSync = async path => {
    const last = disk.calls.findLast(({ action }) => action.kind === 'write')?.action
    if (moved || last?.kind !== 'write' || path.endsWith('1.spool') || !last.bytes.includes('"id":"held"'))
      return
    moved = true
    await then(opened.spool)
  }
  for (let number = 0; !moved; number += 5) await flow(opened.spool, number, 5)
  return { ...opened, disk }
}

test('a change of state while a message is moved isn’t lost', async t => {
  for (const [state, expected] of [
    [held, ['held']],
    [delivered, []],
  ] as const) {
    const folder = await makeFolder(t)
    const { spool, close } = await atMove(t, folder, spool => void spool.update('held', states(state)))
    await until('the first segment gone', folder, names => !names.includes('00000001.spool'))
    assert.deepEqual(
      [...spool.messages()].map(({ id }) => id),
      expected,
    )
    await close()
    const again = await openSpool(t, folder, tiny)
    assert.deepEqual(
      [...again.spool.messages()].map(({ id, states }) => id && states[0]?.kind),
      expected,
    )
    await again.close()
  }
})

test('a process killed between move and removal leaves one message', async t => {
  const folder = await makeFolder(t)
  let seen: unknown
  await atMove(t, folder, async () => {
    // The moved record is written, the first segment still there: just what a killed process leaves.
    assert.ok((await segments(folder)).includes('00000001.spool'))
    const copy = await makeFolder(t)
    for (const name of await segments(folder)) await copyFile(join(folder, name), join(copy, name))
    const { spool, reports, close } = await openSpool(t, copy, tiny)
    seen = [...spool.messages()].filter(({ id }) => id === 'held').length
    assert.ok((await readContent(spool, 'held')).equals(Buffer.alloc(50, 'held')))
    assert.deepEqual(reports, [])
    await close()
  })
  assert.equal(seen, 1)
})

test('a damaged message is moved as it is, and still known to be damaged', async t => {
  const folder = await makeFolder(t)
  const { spool, close } = await openSpool(t, folder, tiny)
  await commit(spool, messageOf('held', 50), Buffer.alloc(50, 'held'))
  const path = join(folder, '00000001.spool')
  const file = await open(path, 'r+')
  await file.write('X', (await stat(path)).size - 10)
  await file.close()
  await flow(spool, 0, 40)
  await until('the first segment gone', folder, names => !names.includes('00000001.spool'))
  await close()
  const again = await openSpool(t, folder, tiny)
  assert.deepEqual(
    [...again.spool.messages()].map(({ id }) => id),
    ['held'],
  )
  await assert.rejects(again.spool.content('held'), DamagedContent)
})

test('segments begun for failed writes don’t pile up', async t => {
  const folder = await makeFolder(t)
  const disk = await recordDisk(t, folder)
  const { spool } = await openSpool(t, folder)
  await commit(spool, messageOf('first', 3), Buffer.from('one'))
  // The sync of a title goes well, that of a commit fails.
  disk.fails = ({ kind }, path) => {
    const last = disk.calls.findLast(call => call.path === path && call.action.kind === 'write')?.action
    return kind === 'sync' && last?.kind === 'write' && last.bytes.length > 100
  }
  for (let n = 0; n < 10; n++) await assert.rejects(commit(spool, messageOf(`no${n}`, 3), Buffer.from('two')))
  disk.fails = () => false
  await commit(spool, messageOf('last', 3), Buffer.from('two'))
  await until('the unused ones gone', folder, names => names.length === 2)
})

test('a full disk stops the move, and says so once', async t => {
  const folder = await makeFolder(t)
  const { spool, reports, close } = await openSpool(t, folder, tiny)
  const ids = Array.from({ length: 12 }, (_, n) => `m${String(n).padStart(2, '0')}`)
  for (const id of ids) await commit(spool, messageOf(id, 900), Buffer.alloc(900, id))
  limitFiles(t, 0)
  for (const id of ids.slice(1)) spool.update(id, states(delivered))
  await waitFor('the report', () => reports.find(text => text.includes('clear its spool')))
  assert.equal(reports.length, 2, reports.join('\n'))
  limitFiles(t, undefined)
  await close()
  const again = await openSpool(t, folder, tiny)
  assert.deepEqual(
    [...again.spool.messages()].map(({ id }) => id),
    ['m00'],
  )
})
