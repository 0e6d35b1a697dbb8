/** A message comes into a mailbox whole and once, or not at all. */
import assert from 'node:assert/strict'
import { mkdir, readdir, readFile, rename, rm, stat, unlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { type Arrival, deliverToMailbox } from '../../../app/delivery/mailbox.ts'
import { crash } from '../../support/disk-crash.ts'
import { type DiskRecording, recordDisk } from '../../support/disk-recording.ts'
import { makeFolder } from '../../support/folder.ts'
import { waitFor } from '../../support/wait.ts'

const arrival: Arrival = {
  id: 'M1',
  index: 0,
  received: 1_700_000_000_123,
  again: false,
  fields: ['Return-Path: <a@x.example>', 'Delivered-To: b@y.example'],
  content: { kind: 'bytes', bytes: Buffer.from('Subject: x\r\n\r\n.\r\nbody \xff\r\n', 'latin1') },
}
const expected = 'Return-Path: <a@x.example>\nDelivered-To: b@y.example\nSubject: x\n\n.\nbody \xff\n'

test('in new, with LF, its two fields on top, and nothing left in tmp', async t => {
  const folder = join(await makeFolder(t), 'deep', 'fred')
  await deliverToMailbox(folder, arrival)
  const [name, ...others] = await readdir(join(folder, 'new'))
  assert.deepEqual(others, [])
  assert.equal(await readFile(join(folder, 'new', name ?? ''), 'latin1'), expected)
  assert.deepEqual([await readdir(join(folder, 'tmp')), await readdir(join(folder, 'cur'))], [[], []])
  assert.equal((await stat(join(folder, 'new', name ?? ''))).mode & 0o777, 0o600)
  assert.doesNotMatch(name ?? '', /[:/,]/)
})

test('a second attempt leaves one, also when it was read meanwhile', async t => {
  const folder = await makeFolder(t)
  const count = async () =>
    (await Promise.all(['new', 'cur'].map(part => readdir(join(folder, part))))).flat().length
  await deliverToMailbox(folder, arrival)
  await deliverToMailbox(folder, { ...arrival, again: true })
  assert.equal(await count(), 1)
  const [name = ''] = await readdir(join(folder, 'new'))
  await rename(join(folder, 'new', name), join(folder, 'cur', `${name}:2,S`))
  await deliverToMailbox(folder, { ...arrival, again: true })
  assert.equal(await count(), 1)
  await unlink(join(folder, 'cur', `${name}:2,S`))
  await deliverToMailbox(folder, { ...arrival, again: true })
  assert.equal(await count(), 1)
})

test('two recipients of one message are two messages', async t => {
  const folder = await makeFolder(t)
  await Promise.all([0, 1, 10].map(index => deliverToMailbox(folder, { ...arrival, index, again: true })))
  await deliverToMailbox(folder, { ...arrival, index: 1, again: true })
  assert.equal((await readdir(join(folder, 'new'))).length, 3)
})

test('what an attempt that was cut off left in tmp is written over', async t => {
  const folder = await makeFolder(t)
  await deliverToMailbox(folder, arrival)
  const [name = ''] = await readdir(join(folder, 'new'))
  await rm(join(folder, 'new', name))
  await writeFile(join(folder, 'tmp', name), 'half of a much longer message'.repeat(100))
  await deliverToMailbox(folder, arrival)
  assert.equal(await readFile(join(folder, 'new', name), 'latin1'), expected)
})

test('large content comes from its file, wherever its pieces end', async t => {
  const folder = await makeFolder(t)
  const lines = Array.from({ length: 40_000 }, (_, i) => `line ${i}`)
  const path = join(folder, 'large.eml')
  await writeFile(path, lines.map(line => `${line}\r\n`).join(''))
  const content = { kind: 'file', path, length: (await stat(path)).size } as const
  await deliverToMailbox(join(folder, 'fred'), { ...arrival, fields: [], content })
  const [name = ''] = await readdir(join(folder, 'fred', 'new'))
  assert.equal(
    await readFile(join(folder, 'fred', 'new', name), 'utf8'),
    lines.map(line => `${line}\n`).join(''),
  )
})

test('a file that goes missing on the way leaves nothing in new', async t => {
  const folder = await makeFolder(t)
  const content = { kind: 'file', path: join(folder, 'missing'), length: 3 } as const
  await assert.rejects(deliverToMailbox(join(folder, 'fred'), { ...arrival, content }))
  assert.deepEqual(await readdir(join(folder, 'fred', 'new')), [])
})

test('a mailbox that is no folder rejects', async t => {
  const folder = await makeFolder(t)
  await mkdir(join(folder, 'fred'))
  await writeFile(join(folder, 'fred', 'tmp'), '')
  await assert.rejects(deliverToMailbox(join(folder, 'fred'), arrival))
})

/** What the least that may have reached the disk holds of the messages, now. */
function left(recording: DiskRecording): readonly string[] {
  const { files } = crash(recording.calls, recording.mark(), () => 0.9)
  return [...files].filter(([path]) => path.includes('/new/')).map(([, bytes]) => bytes.toString('latin1'))
}

for (const part of ['', 'fred', 'fred/new'] as const) {
  test(`killed before the sync of "${part}", it is synced at the next attempt, whatever stands there already`, async t => {
    const base = await makeFolder(t)
    const recording = await recordDisk(t, base)
    const folder = join(base, 'fred')
    let reached = false
    recording.beforeSync = path => {
      if (path !== join(base, part)) return
      reached = true
      // It never comes back.
      return new Promise(() => {})
    }
    void deliverToMailbox(folder, arrival)
    await waitFor('the sync', () => reached || undefined)
    recording.beforeSync = () => {}
    await deliverToMailbox(folder, { ...arrival, again: true })
    assert.deepEqual(left(recording), [expected])
  })
}

test('two that come into a new mailbox at a time both survive a power cut', async t => {
  const base = await makeFolder(t)
  const recording = await recordDisk(t, base)
  const folder = join(base, 'fred')
  const safe = new Set<string>()
  let go = () => {}
  const gate = new Promise<void>(resolve => {
    go = resolve
  })
  let first = true
  recording.beforeSync = path => {
    if (path !== folder || !first) return
    first = false
    return gate
  }
  const one = deliverToMailbox(folder, arrival, safe)
  await waitFor('the folders', () => !first || undefined)
  await deliverToMailbox(folder, { ...arrival, index: 1 }, safe)
  assert.deepEqual(left(recording), [expected])
  go()
  await one
  assert.equal(left(recording).length, 2)
})
