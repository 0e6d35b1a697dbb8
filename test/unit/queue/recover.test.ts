import assert from 'node:assert/strict'
import { appendFile, mkdir, readdir, readFile, stat, truncate, unlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { crc32 } from 'node:zlib'
import { INLINE_BYTES } from '../../../app/queue/incoming.ts'
import { encodeRecord } from '../../../app/queue/record.ts'
import { DamagedContent, type Spool } from '../../../app/queue/spool.ts'
import { recordDisk } from '../../support/disk-recording.ts'
import { makeFolder } from '../../support/folder.ts'
import { commit, held, messageOf, openSpool, readContent, states } from '../../support/spool.ts'

const ids = (spool: Spool) => [...spool.messages()].map(({ id }) => id)

/** A spool folder with these messages in one segment; large ones where the content is so long. */
async function folderWith(t: TestContext, contents: Readonly<Record<string, string>>): Promise<string> {
  const folder = await makeFolder(t)
  const { spool, close } = await openSpool(t, folder)
  for (const [id, text] of Object.entries(contents))
    await commit(spool, messageOf(id, text.length), Buffer.from(text))
  await close()
  return folder
}

const segment = (number: number) => `0000000${number}.spool`

test('everything is found again, in order of arrival, and nothing is reported', async t => {
  const folder = await folderWith(t, { a: 'one', b: '', c: 'x'.repeat(INLINE_BYTES + 1), d: 'four' })
  const { spool, reports } = await openSpool(t, folder)
  assert.deepEqual(ids(spool), ['a', 'b', 'c', 'd'])
  assert.equal((await readContent(spool, 'a')).toString(), 'one')
  assert.equal((await readContent(spool, 'b')).toString(), '')
  assert.equal((await readContent(spool, 'c')).length, INLINE_BYTES + 1)
  assert.deepEqual(reports, [])
})

test('a tail cut short costs what was never promised; a copy is kept, and the next start is quiet', async t => {
  const folder = await folderWith(t, { a: 'one', b: 'two' })
  const path = join(folder, segment(1))
  const { size } = await stat(path)
  await truncate(path, size - 4)
  const first = await openSpool(t, folder)
  assert.deepEqual(ids(first.spool), ['a'])
  assert.match(first.reports.join(), /cut short/)
  assert.equal((await stat(join(folder, 'damaged', segment(1)))).size, size - 4)
  await first.close()
  const second = await openSpool(t, folder)
  assert.deepEqual([ids(second.spool), second.reports], [['a'], []])
})

test('damage in the middle costs one message; the whole is set aside once, and stays as it was', async t => {
  const folder = await folderWith(t, { a: 'one', b: 'two', c: 'three' })
  const path = join(folder, segment(1))
  const bytes = await readFile(path)
  bytes.fill(0, bytes.indexOf('"b"'), bytes.indexOf('"b"') + 3)
  const damaged = Buffer.concat([bytes, Buffer.from('rest')])
  await writeFile(path, damaged)
  for (const start of [1, 2]) {
    const { spool, reports, close } = await openSpool(t, folder)
    assert.deepEqual(ids(spool), ['a', 'c'])
    assert.equal(reports.length, start === 1 ? 1 : 0, reports.join())
    assert.deepEqual(await readFile(join(folder, 'damaged', segment(1))), damaged)
    await close()
  }
})

test('a damaged body costs no envelope: who asks for the content learns it', async t => {
  const folder = await folderWith(t, { a: 'one', b: 'two' })
  const path = join(folder, segment(1))
  const bytes = await readFile(path)
  bytes.write('X', bytes.indexOf('\none\n') + 1)
  await writeFile(path, bytes)
  const { spool, reports } = await openSpool(t, folder)
  assert.deepEqual(ids(spool), ['a', 'b'])
  await assert.rejects(spool.content('a'), DamagedContent)
  await spool.setAside('a')
  await spool.setAside('a')
  assert.equal(await readFile(join(folder, 'damaged', 'a.eml'), 'utf8'), 'Xne')
  assert.equal(JSON.parse(await readFile(join(folder, 'damaged', 'a.json'), 'utf8')).id, 'a')
  assert.equal(reports.filter(text => text.includes('a.eml')).length, 1)
})

test('a segment with a wrong first line is set aside and reported, and its number is not used again', async t => {
  const folder = await folderWith(t, { a: 'one' })
  await writeFile(join(folder, segment(1)), Buffer.alloc(5000, 'x'))
  const { spool, reports, close } = await openSpool(t, folder)
  assert.deepEqual(ids(spool), [])
  assert.match(reports.join(), /can't be read and is set aside as .*damaged/)
  assert.deepEqual(await readdir(join(folder, 'damaged')), [segment(1)])
  await close()
  await unlink(join(folder, segment(2)))
  await (await openSpool(t, folder)).close()
  assert.ok((await readdir(folder)).includes(segment(2)))
  assert.equal((await stat(join(folder, 'damaged', segment(1)))).size, 5000)
})

test('a segment that was never begun goes without a word', async t => {
  const folder = await folderWith(t, { a: 'one' })
  await writeFile(join(folder, segment(5)), 'postern spo')
  await writeFile(join(folder, segment(3)), '')
  const { spool, reports } = await openSpool(t, folder)
  assert.deepEqual([ids(spool), reports], [['a'], []])
  assert.deepEqual(await readdir(join(folder, 'damaged')), [])
  await commit(spool, messageOf('b', 3), Buffer.from('two'))
})

test('large content without a message goes; where a segment was damaged it is kept aside', async t => {
  const folder = await folderWith(t, { a: 'one' })
  const orphan = join(folder, 'large', 'orphan.eml')
  await writeFile(orphan, 'never acknowledged')
  await (await openSpool(t, folder)).close()
  await assert.rejects(stat(orphan), { code: 'ENOENT' })
  await writeFile(orphan, 'perhaps acknowledged')
  await appendFile(join(folder, segment(2)), 'torn')
  const { close } = await openSpool(t, folder)
  assert.equal(await readFile(join(folder, 'damaged', 'orphan.eml'), 'utf8'), 'perhaps acknowledged')
  await close()
})

test('where large content is missing the envelope is kept, the message stays, and it is said once', async t => {
  const folder = await folderWith(t, { big: 'x'.repeat(INLINE_BYTES + 1) })
  await unlink(join(folder, 'large', 'big.eml'))
  const { spool, reports, close } = await openSpool(t, folder)
  assert.equal(reports.length, 1)
  assert.match(reports.join(), /content of message big is missing/)
  const kept = JSON.parse(await readFile(join(folder, 'damaged', 'big.json'), 'utf8'))
  assert.deepEqual(kept, messageOf('big', INLINE_BYTES + 1))
  assert.deepEqual(ids(spool), ['big'])
  await assert.rejects(spool.content('big'), DamagedContent)
  assert.deepEqual(await spool.beginning('big', 100), Buffer.alloc(0))
  await spool.setAside('big')
  await close()
  const again = await openSpool(t, folder)
  assert.deepEqual(again.reports, [])
})

test('damaged large content is found out and set aside', async t => {
  const folder = await folderWith(t, { big: 'x'.repeat(INLINE_BYTES + 1) })
  await appendFile(join(folder, 'large', 'big.eml'), 'more')
  const { spool, reports } = await openSpool(t, folder)
  await assert.rejects(spool.content('big'), DamagedContent)
  await spool.setAside('big')
  assert.equal((await stat(join(folder, 'damaged', 'big.eml'))).size, INLINE_BYTES + 5)
  assert.match(reports.join(), /big was damaged/)
})

test('a disk error that may pass is no damage', async t => {
  const folder = await folderWith(t, { big: 'x'.repeat(INLINE_BYTES + 1) })
  const { spool } = await openSpool(t, folder)
  await unlink(join(folder, 'large', 'big.eml'))
  await mkdir(join(folder, 'large', 'big.eml'))
  await assert.rejects(spool.content('big'), { code: 'EISDIR' })
})

test('what a killed process left unsynced is synced before anything new is written', async t => {
  const folder = await makeFolder(t)
  const disk = await recordDisk(t, folder)
  const first = await openSpool(t, folder)
  await commit(first.spool, messageOf('a', 3), Buffer.from('one'))
  first.spool.update('a', states(held))
  while (disk.count('write') < 3) await new Promise(resolve => setImmediate(resolve))
  const before = disk.calls.length
  const { spool } = await openSpool(t, folder)
  assert.equal(spool.get('a')?.states[0]?.kind, 'held')
  const [sync, created] = ['sync', 'create'].map(kind =>
    disk.calls.findIndex(
      ({ action, path }, index) =>
        index >= before && action.kind === kind && path === join(folder, segment(kind === 'sync' ? 1 : 2)),
    ),
  )
  assert.ok(sync !== undefined && created !== undefined && sync >= 0 && sync < created, `${sync} ${created}`)
})

test('files that are not the spool’s are left alone', async t => {
  const folder = await folderWith(t, { a: 'one' })
  await writeFile(join(folder, 'notes.txt'), 'mine')
  await mkdir(join(folder, 'large', 'folder'))
  const { spool, reports } = await openSpool(t, folder)
  assert.deepEqual([ids(spool), reports], [['a'], []])
  assert.equal(await readFile(join(folder, 'notes.txt'), 'utf8'), 'mine')
})

test('a moved message whose move was cut short is read from where it was, at every start', async t => {
  const folder = await folderWith(t, { a: 'one' })
  await (await openSpool(t, folder)).close()
  const path = join(folder, segment(2))
  const mark = (await readFile(path, 'latin1')).split(' ')[3] ?? ''
  const head = { message: messageOf('a', 3), length: 3, crc: crc32('one') }
  const moved = encodeRecord(mark, 'M', head, [Buffer.from('on\0')], crc32('one'))
  const behind = encodeRecord(mark, 'S', { id: 'other', states: [] })
  await appendFile(path, Buffer.concat([...moved, ...behind]))
  for (const _start of [1, 2, 3]) {
    const { spool, close } = await openSpool(t, folder)
    assert.equal((await readContent(spool, 'a')).toString(), 'one')
    await close()
  }
})
