import assert from 'node:assert/strict'
import { readdir } from 'node:fs/promises'
import { type TestContext, test } from 'node:test'
import { crc32 } from 'node:zlib'
import { Committer } from '../../../app/queue/committer.ts'
import { isDiskFull } from '../../../app/queue/disk.ts'
import { encodeRecord, LINE_LENGTH } from '../../../app/queue/record.ts'
import { scanSegment } from '../../../app/queue/scan.ts'
import { createSegment, type Segment } from '../../../app/queue/segment.ts'
import { type DiskRecording, recordDisk } from '../../support/disk-recording.ts'
import { atEnd } from '../../support/ending.ts'
import { limitFiles } from '../../support/file-limit.ts'
import { makeFolder } from '../../support/folder.ts'

interface Bench {
  readonly committer: Committer
  readonly disk: DiskRecording
  readonly segments: Segment[]
  readonly failures: Error[]
  /** What is found in all segments, in order. */
  readonly found: () => unknown[]
}

const SEGMENT = 32 * 1024 * 1024

async function bench(t: TestContext, segmentBytes = SEGMENT): Promise<Bench> {
  const folder = await makeFolder(t)
  const disk = await recordDisk(t, folder)
  const first = await createSegment(folder, 1)
  const segments = [first]
  const failures: Error[] = []
  const committer = new Committer(first, {
    folder,
    segmentBytes,
    began: segment => segments.push(segment),
    failed: error => failures.push(error),
  })
  atEnd(t, async () => {
    await committer.close().catch(() => {})
    for (const { file } of segments) await file.close()
  })
  const found = () => {
    const heads: unknown[] = []
    for (const { path } of segments) scanSegment(path, true, ({ head }) => heads.push(head))
    return heads
  }
  return { committer, disk, segments, failures, found }
}

const record =
  (head: unknown, body = Buffer.alloc(0)) =>
  (mark: string) =>
    encodeRecord(mark, 'M', head, [body], crc32(body))

test('commits that come together share one write and one sync', async t => {
  const { committer, disk, found } = await bench(t)
  const before = { write: disk.count('write'), sync: disk.count('sync') }
  const numbers = Array.from({ length: 200 }, (_, index) => index)
  await Promise.all(numbers.map(number => committer.commit(record(number))))
  assert.equal(disk.count('write') - before.write, 1)
  assert.equal(disk.count('sync') - before.sync, 1)
  assert.deepEqual(found(), numbers)
})

test('commits that come during a sync share the next one', async t => {
  const { committer, disk, found } = await bench(t)
  const later: Promise<unknown>[] = []
  disk.beforeSync = () => {
    if (later.length === 0) for (let n = 1; n <= 50; n++) later.push(committer.commit(record(n)))
  }
  const before = disk.count('sync')
  await committer.commit(record(0))
  await Promise.all(later)
  assert.equal(disk.count('sync') - before, 2)
  assert.equal(found().length, 51)
})

test('a commit made just when another is settled is not forgotten', async t => {
  const { committer } = await bench(t)
  for (let ticks = 0; ticks < 12; ticks++) {
    await committer.commit(record(ticks))
    for (let tick = 0; tick < ticks; tick++) await Promise.resolve()
    await committer.commit(record(ticks))
  }
})

test('places say where records stand', async t => {
  const { committer } = await bench(t)
  const places = await Promise.all([1, 2, 3].map(number => committer.commit(record(number))))
  const offsets: number[] = []
  scanSegment(committer.active.path, true, ({ line, bodyOffset }) =>
    offsets.push(bodyOffset - LINE_LENGTH - line.headLength - 1),
  )
  assert.deepEqual(
    places.map(({ offset }) => offset),
    offsets,
  )
})

test('a note is synced soon, also while others keep coming', async t => {
  const { committer, disk } = await bench(t)
  const before = disk.count('sync')
  let wanted = true
  const first = new Promise<void>(resolve => committer.note(record(0), resolve))
  const more = () => {
    if (wanted) committer.note(record(1), more)
  }
  const timer = setInterval(() => committer.note(record(2)), 5)
  more()
  await first
  wanted = false
  clearInterval(timer)
  assert.ok(disk.count('sync') > before)
})

test('a segment is left when it has grown to its size', async t => {
  const { committer, segments, found } = await bench(t)
  const body = Buffer.alloc(64 * 1024)
  for (let round = 0; round < 3; round++)
    await Promise.all(Array.from({ length: 250 }, (_, n) => committer.commit(record(n, body))))
  assert.equal(segments.length, 2)
  const [first, second] = segments
  assert.ok(first && first.size >= SEGMENT && first.size <= SEGMENT + 9 * 1024 * 1024, `${first?.size}`)
  assert.equal(second, committer.active)
  assert.equal(found().length, 750)
})

test('on a full disk commits are refused and never found, notes are kept, and it goes on when there is space', async t => {
  const { committer, failures, found, segments } = await bench(t)
  await committer.commit(record('before'))
  limitFiles(t, committer.active.size + 300)
  committer.note(record('note 1'))
  const refused = await Promise.allSettled(
    [1, 2, 3].map(n => committer.commit(record(`refused ${n}`, Buffer.alloc(200)))),
  )
  for (const outcome of refused)
    assert.ok(outcome.status === 'rejected' && isDiskFull(outcome.reason), JSON.stringify(outcome))
  committer.note(record('note 2'))
  await assert.rejects(committer.commit(record('refused 4', Buffer.alloc(500))))
  assert.equal(failures.length, 1, 'it says so once, not every time')
  limitFiles(t, undefined)
  await committer.commit(record('after'))
  assert.deepEqual(found(), ['before', 'note 1', 'note 2', 'after'])
  assert.equal(segments.length, 1)
})

test('on a full disk a commit is refused also where more notes stand before it than one write takes', async t => {
  const { committer, found } = await bench(t)
  await committer.commit(record('before'))
  limitFiles(t, committer.active.size)
  const notes = Array.from({ length: 1000 }, (_, index) => `note ${index}`)
  for (const note of notes) committer.note(record(note))
  await assert.rejects(committer.commit(record('refused')), isDiskFull)
  await assert.rejects(committer.close(), isDiskFull)
  limitFiles(t, undefined)
  assert.deepEqual(found(), ['before'])
})

test('what is written at the close is not written beside', async t => {
  const { committer, disk, found } = await bench(t)
  await committer.commit(record('before'))
  await new Promise(resolve => setImmediate(resolve))
  const numbers = Array.from({ length: 1000 }, (_, index) => index)
  for (const number of numbers) committer.note(record(number))
  // The first sync is due before the last write has been made, if each write takes long.
  disk.beforeWrite = () => new Promise(resolve => setTimeout(resolve, 250))
  await committer.close()
  assert.deepEqual(found(), ['before', ...numbers])
})

test('a full disk at the change of segments leaves nothing in the way', async t => {
  const { committer, found, segments } = await bench(t, 100)
  await committer.commit(record('before', Buffer.alloc(200)))
  limitFiles(t, 20)
  committer.note(record('note'))
  for (let n = 0; n < 3; n++) await assert.rejects(committer.commit(record('refused')))
  limitFiles(t, undefined)
  await committer.commit(record('after'))
  assert.deepEqual(found(), ['before', 'note', 'after'])
  const folder = segments[0]?.path.replace(/\/[^/]*$/, '') ?? ''
  assert.equal((await readdir(folder)).length, segments.length)
})

test('after a failed sync nothing more goes to that segment, and its unsynced notes are written again', async t => {
  const { committer, disk, found, segments } = await bench(t)
  await committer.commit(record('before'))
  const written = new Promise<void>(resolve => committer.note(record('note'), resolve))
  disk.fails = ({ kind }, path) => kind === 'sync' && path === segments[0]?.path
  await assert.rejects(committer.commit(record('refused')), /EIO/)
  await committer.commit(record('after'))
  await written
  assert.equal(segments.length, 2)
  const heads: unknown[] = []
  scanSegment(segments[1]?.path ?? '', true, ({ head }) => heads.push(head))
  assert.deepEqual(heads, ['note', 'after'])
  assert.ok(!found().includes('refused'))
})

test('a failed lazy sync loses no note', async t => {
  const { committer, disk, failures, segments } = await bench(t)
  disk.fails = ({ kind }, path) => kind === 'sync' && path === segments[0]?.path
  const keepAlive = setInterval(() => {}, 1000)
  await new Promise<void>(resolve => committer.note(record('note'), resolve))
  clearInterval(keepAlive)
  assert.equal(failures.length, 1)
  assert.equal(segments.length, 2)
})

test('close writes all that waits, and takes nothing more', async t => {
  const { committer, disk, found, failures } = await bench(t)
  const commits = [1, 2].map(number => committer.commit(record(number)))
  committer.note(record(3))
  await committer.close()
  await Promise.all(commits)
  assert.deepEqual(found(), [1, 2, 3])
  assert.equal(disk.calls.at(-1)?.action.kind, 'sync')
  await assert.rejects(committer.commit(record(4)), /closed/)
  committer.note(record(5))
  assert.equal(failures.length, 1)
})

test('close says when it could not write', async t => {
  const { committer, found } = await bench(t)
  limitFiles(t, 0)
  committer.note(record('note'))
  await assert.rejects(committer.close(), isDiskFull)
  limitFiles(t, undefined)
  assert.deepEqual(found(), [])
})
