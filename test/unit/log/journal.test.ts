import assert from 'node:assert/strict'
import { appendFile, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import type { EventBody } from '../../../app/log/event.ts'
import { Journal } from '../../../app/log/journal.ts'
import { limitFiles } from '../../support/file-limit.ts'
import { makeFolder } from '../../support/folder.ts'

const DAY = 24 * 60 * 60 * 1000
const NOON = new Date(2026, 4, 10, 12).getTime()

function warning(text: string): EventBody {
  return { kind: 'warning', text }
}

function texts(events: readonly object[]): unknown[] {
  return events.map(event => Reflect.get(event, 'text'))
}

test('what was emitted is read back in order, with its time', async t => {
  const folder = await makeFolder(t)
  let now = NOON
  const journal = new Journal(folder, () => now++)
  journal.emit(warning('one'))
  journal.emit(warning('two'))
  assert.deepEqual(await journal.read({ limit: 10 }), [
    { time: NOON, kind: 'warning', text: 'one' },
    { time: NOON + 1, kind: 'warning', text: 'two' },
  ])
  await journal.close()
})

test('each line of a file is the JSON of one event', async t => {
  const folder = await makeFolder(t)
  const journal = new Journal(folder, () => NOON)
  journal.emit(warning('a "quoted"\nline \u2028 and more'))
  await journal.close()
  const [name] = await readdir(folder)
  assert.equal(name, '2026-05-10.0001.jsonl')
  const lines = (await readFile(join(folder, String(name)), 'utf8')).split('\n')
  assert.equal(lines.length, 2)
  assert.equal(JSON.parse(String(lines[0])).text, 'a "quoted"\nline \u2028 and more')
  assert.equal((await stat(join(folder, String(name)))).mode & 0o777, 0o600)
})

test('a new day begins a new file, and reading goes across them', async t => {
  const folder = await makeFolder(t)
  let now = NOON
  const journal = new Journal(folder, () => now)
  for (const text of ['first day', 'second day', 'third day']) {
    journal.emit(warning(text))
    await journal.flush()
    now += DAY
  }
  assert.equal((await readdir(folder)).length, 3)
  assert.deepEqual(texts(await journal.read({ limit: 10 })), ['first day', 'second day', 'third day'])
  assert.deepEqual(texts(await journal.read({ limit: 2 })), ['second day', 'third day'])
  assert.deepEqual(texts(await journal.read({ limit: 10, since: NOON + DAY })), ['second day', 'third day'])
  assert.deepEqual(texts(await journal.read({ limit: 10, match: 'SECOND' })), ['second day'])
  await journal.close()
})

test('a full file is followed by another, and the oldest go when all are too large', async t => {
  const folder = await makeFolder(t)
  const journal = new Journal(folder, () => NOON, { fileBytes: 1000, totalBytes: 4000 })
  for (let index = 0; index < 200; index++) {
    journal.emit(warning(`event ${index} ${'x'.repeat(60)}`))
    await journal.flush()
  }
  const names = (await readdir(folder)).sort()
  const sizes = await Promise.all(names.map(async name => (await stat(join(folder, name))).size))
  assert.ok(
    sizes.every(size => size <= 1000),
    `sizes ${sizes}`,
  )
  assert.ok(sizes.reduce((sum, size) => sum + size, 0) <= 4000)
  assert.ok(names.length >= 3)
  const events = await journal.read({ limit: 1000 })
  assert.match(String(texts(events).at(-1)), /^event 199 /)
  assert.ok(events.length < 200)
  await journal.close()
})

test('a journal opened again goes on in the same file', async t => {
  const folder = await makeFolder(t)
  for (const text of ['before', 'after']) {
    const journal = new Journal(folder, () => NOON)
    journal.emit(warning(text))
    await journal.close()
  }
  assert.equal((await readdir(folder)).length, 1)
  const journal = new Journal(folder, () => NOON)
  assert.deepEqual(texts(await journal.read({ limit: 10 })), ['before', 'after'])
  await journal.close()
})

test('a line that a crash cut short is passed over, and the next one is whole', async t => {
  const folder = await makeFolder(t)
  const first = new Journal(folder, () => NOON)
  first.emit(warning('whole'))
  await first.close()
  const [name] = await readdir(folder)
  await appendFile(join(folder, String(name)), '{"time":1,"kind":"warn')
  const second = new Journal(folder, () => NOON)
  second.emit(warning('next'))
  assert.deepEqual(texts(await second.read({ limit: 10 })), ['whole', 'next'])
  await second.close()
})

test('other files in the folder are left alone', async t => {
  const folder = await makeFolder(t)
  await writeFile(join(folder, 'notes.txt'), 'mine')
  const journal = new Journal(folder, () => NOON, { fileBytes: 100, totalBytes: 100 })
  for (let index = 0; index < 10; index++) {
    journal.emit(warning(`event ${index}`))
    await journal.flush()
  }
  assert.equal(await readFile(join(folder, 'notes.txt'), 'utf8'), 'mine')
  await journal.close()
})

test('subscribers hear each event once, until they leave', async t => {
  const journal = new Journal(await makeFolder(t), () => NOON)
  const heard: object[] = []
  const leave = journal.subscribe(event => heard.push(event))
  journal.emit(warning('heard'))
  leave()
  journal.emit(warning('not heard'))
  assert.deepEqual(texts(heard), ['heard'])
  await journal.close()
})

test('a folder that is gone is reported, and later events are written again', async t => {
  const folder = await makeFolder(t)
  const failures: unknown[] = []
  const journal = new Journal(join(folder, 'missing'), () => NOON)
  journal.onFailure(error => failures.push(error))
  journal.emit(warning('kept'))
  await journal.flush()
  assert.equal(failures.length, 1)
  const { mkdir } = await import('node:fs/promises')
  await mkdir(join(folder, 'missing'))
  journal.emit(warning('later'))
  assert.deepEqual(texts(await journal.read({ limit: 10 })), ['kept', 'later'])
  await journal.close()
})

test('a full disk is reported once, keeps the events, and leaves no part of a line', async t => {
  const folder = await makeFolder(t)
  const failures: unknown[] = []
  const journal = new Journal(folder, () => NOON)
  journal.onFailure(error => failures.push(error))
  journal.emit(warning('first'))
  await journal.flush()
  limitFiles(t, 4096)
  for (let count = 0; count < 40; count++) {
    journal.emit(warning(`${count} ${'x'.repeat(1000)}`))
    await journal.flush()
  }
  assert.equal(failures.length, 1)
  limitFiles(t, undefined)
  const read = texts(await journal.read({ limit: 100 }))
  assert.deepEqual(
    read.map(text => String(text).split(' ')[0]),
    ['first', ...Array.from({ length: 40 }, (_, count) => `${count}`)],
  )
  await journal.close()
  const [name = ''] = await readdir(folder)
  assert.equal((await readFile(join(folder, name), 'utf8')).trimEnd().split('\n').length, 41)
})
