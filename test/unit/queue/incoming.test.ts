import assert from 'node:assert/strict'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { crc32 } from 'node:zlib'
import { isDiskFull } from '../../../app/queue/disk.ts'
import { INLINE_BYTES, Incoming } from '../../../app/queue/incoming.ts'
import { limitFiles } from '../../support/file-limit.ts'
import { makeFolder } from '../../support/folder.ts'

test('content up to the limit stays in memory, however small its pieces', async t => {
  const folder = await makeFolder(t)
  const incoming = new Incoming(folder, 'a.eml')
  const bytes = Buffer.from(Array.from({ length: 5000 }, (_, index) => index % 251))
  for (const byte of bytes) assert.equal(incoming.write(Buffer.of(byte)), undefined)
  const sealed = await incoming.seal()
  assert.ok(sealed.kind === 'inline')
  assert.ok(sealed.chunks.length <= 64)
  assert.deepEqual(Buffer.concat(sealed.chunks), bytes)
  assert.deepEqual([sealed.length, sealed.crc], [5000, crc32(bytes)])
  assert.deepEqual(await readdir(folder), [])
})

test('longer content goes to a file, from its first byte on', async t => {
  const folder = await makeFolder(t)
  const incoming = new Incoming(folder, 'a.eml')
  const bytes = Buffer.alloc(INLINE_BYTES + 1, 'abc')
  for (let at = 0; at < bytes.length; at += 1000) await incoming.write(bytes.subarray(at, at + 1000))
  const sealed = await incoming.seal()
  assert.deepEqual(sealed, { kind: 'file', file: 'a.eml', length: bytes.length, crc: crc32(bytes) })
  assert.deepEqual(await readFile(join(folder, 'a.eml')), bytes)
})

test('what is discarded leaves no file, also when it was sealed', async t => {
  const folder = await makeFolder(t)
  for (const seal of [false, true]) {
    const incoming = new Incoming(folder, 'a.eml')
    await incoming.write(Buffer.alloc(INLINE_BYTES + 1))
    if (seal) await incoming.seal()
    await incoming.discard()
    assert.deepEqual(await readdir(folder), [])
  }
})

test('a full disk rejects the write', async t => {
  const folder = await makeFolder(t)
  const incoming = new Incoming(folder, 'a.eml')
  limitFiles(t, 1000)
  await assert.rejects(incoming.write(Buffer.alloc(INLINE_BYTES + 1)) ?? assert.fail(), isDiskFull)
  await incoming.discard()
  assert.deepEqual(await readdir(folder), [])
})
