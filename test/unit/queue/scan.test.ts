import assert from 'node:assert/strict'
import { appendFile, readFile, truncate, writeFile } from 'node:fs/promises'
import { type TestContext, test } from 'node:test'
import { crc32 } from 'node:zlib'
import { encodeRecord } from '../../../app/queue/record.ts'
import { type Scan, scanSegment } from '../../../app/queue/scan.ts'
import { createSegment } from '../../../app/queue/segment.ts'
import { makeFolder } from '../../support/folder.ts'

interface Written {
  readonly path: string
  readonly mark: string
  /** Where each record ends. */
  readonly ends: readonly number[]
}

async function write(t: TestContext, bodies: readonly string[]): Promise<Written> {
  const segment = await createSegment(await makeFolder(t), 1)
  await segment.file.close()
  const ends: number[] = []
  let end = segment.size
  for (const [index, text] of bodies.entries()) {
    const body = Buffer.from(text)
    const bytes = Buffer.concat(encodeRecord(segment.mark, 'M', { n: index }, [body], crc32(body)))
    await appendFile(segment.path, bytes)
    end += bytes.length
    ends.push(end)
  }
  return { path: segment.path, mark: segment.mark, ends }
}

function scan(path: string, checkBodies = true): Scan & { readonly found: unknown[] } {
  const found: unknown[] = []
  return { ...scanSegment(path, checkBodies, ({ head }) => found.push((head as { n: number }).n)), found }
}

test('finds all records, larger than its window too', async t => {
  const { path, ends } = await write(t, ['one', 'x'.repeat(200_000), '', 'four'])
  const { found, end, damage } = scan(path)
  assert.deepEqual(found, [0, 1, 2, 3])
  assert.equal(end, ends[3])
  assert.deepEqual(damage, [])
})

test('a tail torn at any byte costs only the last record', async t => {
  const { path, ends } = await write(t, ['one', 'two', 'three'])
  const [, second = 0, third = 0] = ends
  for (let size = third - 1; size > second; size--) {
    await truncate(path, size)
    const { found, end, damage } = scan(path)
    assert.deepEqual([found, end, damage], [[0, 1], second, []], `cut to ${size}`)
  }
})

test('a tail of zeros is passed over', async t => {
  const { path, ends } = await write(t, ['one', 'two'])
  await appendFile(path, Buffer.alloc(300_000))
  const { found, end, damage } = scan(path)
  assert.deepEqual([found, end, damage], [[0, 1], ends[1], []])
})

test('damage at any byte in the middle costs only the record it is in', async t => {
  const { path, ends } = await write(t, ['one', 'two', 'three'])
  const [first = 0, second = 0] = ends
  const good = await readFile(path)
  // Line ends say nothing, and behind a damaged body the record still counts.
  const body = good.lastIndexOf('}\n', second) + 1
  for (let at = first; at < second; at++) {
    const bytes = Buffer.from(good)
    bytes[at] = (bytes[at] ?? 0) ^ 0x11
    await writeFile(path, bytes)
    const { found, end, damage } = scan(path)
    const lost = at < body
    assert.deepEqual([found, end], [lost ? [0, 2] : [0, 1, 2], ends[2]], `byte ${at}`)
    assert.deepEqual(damage, at === body || at === second - 1 ? [] : [first])
  }
})

test('a wrong length in a line hides no record behind it', async t => {
  const { path, ends, mark } = await write(t, ['one', 'two', 'three'])
  const bytes = await readFile(path)
  const at = bytes.indexOf(mark, ends[0])
  bytes.write('000000000100', at + 28)
  await writeFile(path, bytes)
  assert.deepEqual(scan(path, false).found, [0, 2])
})

test('a wrong body at the end makes no record, where bodies are checked', async t => {
  const { path, ends } = await write(t, ['one', 'two'])
  const bytes = await readFile(path)
  bytes.write('X', (ends[1] ?? 0) - 2)
  await writeFile(path, bytes)
  assert.deepEqual(scan(path, true).found, [0])
  assert.deepEqual(scan(path, false).found, [0, 1])
})

test('text that looks like records in a body is never taken for one, whatever is damaged before it', async t => {
  const forged = Buffer.concat(encodeRecord('0123456789abcdef', 'M', { n: 666 })).toString('latin1')
  const { path, mark, ends } = await write(t, ['one', `${forged}postern spool 1 ${forged}`, 'three'])
  assert.notEqual(mark, '0123456789abcdef')
  const bytes = await readFile(path)
  bytes.fill(0, ends[0], (ends[0] ?? 0) + 40)
  await writeFile(path, bytes)
  assert.deepEqual(scan(path).found, [0, 2])
})

test('a wrong first line is noticed, whichever byte of it', async t => {
  const { path } = await write(t, ['one'])
  const good = await readFile(path)
  const title = good.indexOf('\n') + 1
  for (let at = 0; at < title; at++) {
    const bytes = Buffer.from(good)
    bytes[at] = (bytes[at] ?? 0) ^ 1
    await writeFile(path, bytes)
    const { mark, found } = scan(path)
    assert.equal(mark, undefined, `byte ${at}`)
    assert.deepEqual(found, [])
  }
  for (const size of [title - 1, 1, 0]) {
    await truncate(path, size)
    assert.equal(scan(path).mark, undefined)
  }
})
