/** History: exact bytes, newest first, through crashes and clocks that stand still. */
import assert from 'node:assert/strict'
import { appendFileSync, readdirSync, rmSync, statSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { History, undoTarget } from '../../../app/settings/history.ts'
import type { HistoryEntry } from '../../../app/settings/settings.ts'
import { makeFolder } from './temporary.ts'

const entry = { time: 1_700_000_000_000, by: 'window', words: 'hostname: "a" → "b"' } as const

test('the bytes are kept exactly, for this user only, under a name that sorts and suits Windows', async t => {
  const folder = join(makeFolder(t), 'history')
  const history = new History(folder)
  const bytes = Buffer.from([0xef, 0xbb, 0xbf, 0x7b, 0x0d, 0x0a, 0xff, 0x00, 0x7d])
  const kept = await history.keep(bytes, entry)
  assert.equal(kept.file, '2023-11-14T22-13-20-000Z-000.json')
  assert.deepEqual(await history.read(kept.file), bytes)
  assert.deepEqual(await history.entries(), [kept])
  if (process.platform === 'win32') return
  assert.equal(statSync(folder).mode & 0o777, 0o700)
  for (const name of readdirSync(folder)) assert.equal(statSync(join(folder, name)).mode & 0o777, 0o600)
})

test('many in the same millisecond keep their order', async t => {
  const history = new History(makeFolder(t))
  const kept: HistoryEntry[] = []
  for (let count = 0; count < 12; count++)
    kept.push(await history.keep(`${count}`, { ...entry, words: `${count}` }))
  assert.deepEqual(await history.entries(), kept.toReversed())
  const files = kept.map(({ file }) => file)
  assert.deepEqual(files.toSorted(), files)
})

test('no history is an empty one', async t => {
  assert.deepEqual(await new History(join(makeFolder(t), 'none')).entries(), [])
})

test('an index torn anywhere in its last line loses that line alone, and goes on', async t => {
  const folder = makeFolder(t)
  const history = new History(folder)
  const first = await history.keep('first', { ...entry, words: 'first ü' })
  const whole = statSync(join(folder, 'index.jsonl')).size
  await history.keep('second', entry)
  const both = statSync(join(folder, 'index.jsonl')).size
  for (let size = both - 2; size >= whole; size -= 7) {
    truncateSync(join(folder, 'index.jsonl'), size)
    assert.deepEqual(await history.entries(), [first], `torn at ${size}`)
  }
  truncateSync(join(folder, 'index.jsonl'), whole + 5)
  const third = await history.keep('third', entry)
  assert.deepEqual(await history.entries(), [third, first])
})

test('lines that are none of ours and files that are gone are passed over', async t => {
  const folder = makeFolder(t)
  const history = new History(folder)
  const [gone, kept] = [await history.keep('a', entry), await history.keep('b', entry)]
  rmSync(join(folder, gone.file))
  for (const line of [
    'null',
    '5',
    '[]',
    '{}',
    '{"file":"../../etc/passwd","time":1,"by":"file","words":""}',
    JSON.stringify({ ...kept, by: 'stranger' }),
    JSON.stringify({ ...kept, time: 'now' }),
    '\u0000\u0000',
  ])
    appendFileSync(join(folder, 'index.jsonl'), `${line}\n`)
  assert.deepEqual(await history.entries(), [kept])
})

test('only a name that history gives is read', async t => {
  const history = new History(makeFolder(t))
  for (const name of [
    '../settings.json',
    'index.jsonl',
    '/etc/passwd',
    '2023-11-14T22-13-20-000Z-000.json/..',
    '',
  ])
    await assert.rejects(history.read(name), /lists/)
})

test('what is taken back is gone', async t => {
  const history = new History(makeFolder(t))
  await history.forget(await history.keep('x', entry))
  assert.deepEqual(await history.entries(), [])
})

test('undo after undo goes further back, and passes over what was undone or never used', () => {
  const file = (name: string, more: Partial<HistoryEntry> = {}): HistoryEntry => ({
    ...entry,
    file: name,
    ...more,
  })
  const [a, b, c] = [file('a'), file('b'), file('c')]
  assert.equal(undoTarget([]), undefined)
  assert.equal(undoTarget([c, b, a]), c)
  const u1 = file('u1', { restored: 'c' })
  assert.equal(undoTarget([u1, c, b, a]), b)
  const u2 = file('u2', { restored: 'b' })
  assert.equal(undoTarget([u2, u1, c, b, a]), a)
  assert.equal(undoTarget([file('u3', { restored: 'a' }), u2, u1, c, b, a]), undefined)
  const d = file('d')
  assert.equal(undoTarget([d, u1, c, b, a]), d)
  assert.equal(undoTarget([file('u4', { restored: 'd' }), d, u1, c, b, a]), b)
  assert.equal(undoTarget([file('x', { unused: true }), c]), c)
  assert.equal(undoTarget([file('u5', { restored: 'removed' }), c]), c)
})
