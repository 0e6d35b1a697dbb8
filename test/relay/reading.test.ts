/** Commands that only read: they make nothing, and what they find damaged they say. */
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { appendFile, mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { install, installAsIs } from '../support/installation.ts'
import { postern, runProcess } from '../support/process.ts'

const reading: readonly (readonly string[])[] = [
  ['settings', 'get'],
  ['settings', 'history'],
  ['user', 'list'],
  ['secret', 'list'],
  ['explain', '--client', '192.0.2.1', '--to', 'a@b.example'],
  ['queue', 'list'],
  ['queue', 'show', 'nope'],
  ['log'],
  ['doctor'],
]

test('a data folder that is not there, or is empty, is refused by what only reads, and not made', async t => {
  const postern = await installAsIs(t)
  for (const words of reading) {
    const { code, stdout, stderr } = await postern.try(words)
    assert.deepEqual([code, stdout], [1, ''], words.join(' '))
    assert.match(
      stderr,
      /^postern: There is no data folder .*data: begin one with "postern serve", or .*\.\n$/,
    )
    assert.equal(existsSync(postern.folder), false)
  }
  await mkdir(postern.folder)
  for (const words of reading) {
    const { code, stdout, stderr } = await postern.try(words)
    assert.deepEqual([code, stdout], [1, ''], words.join(' '))
    assert.match(stderr, /^postern: The folder .* holds no settings\.json.*\.\n$/)
    assert.deepEqual(await readdir(postern.folder), [])
  }
  await postern.run(['settings', 'set', 'hostname', 'made.example'])
  for (const words of reading) assert.doesNotMatch((await postern.try(words)).stderr, /settings\.json/)
})

test('a place that takes no folders does not keep a command waiting', {
  skip: process.platform !== 'linux',
}, async t => {
  for (const words of [['serve'], ['settings', 'set', 'hostname', 'a.example'], ['log']]) {
    const command = postern(...words, '--data', '/proc/nope')
    const { code, stdout, stderr } = await runProcess(t, command, { timeout: 15_000 })
    assert.deepEqual([code, stdout], [1, ''])
    assert.match(stderr, /^postern: .*\/proc\/nope.*, or choose another folder with --data\.\n$/)
  }
})

test('damage is said by the command that finds it, once', async t => {
  const postern = await install(t)
  await writeFile(join(postern.folder, 'secrets.json'), 'no JSON')
  const spool = join(postern.folder, 'spool')
  const [segment = ''] = (await readdir(spool)).filter(name => /\d/.test(name))
  await appendFile(join(spool, segment), 'what no record looks like')
  const { code, stdout, stderr } = await postern.try(['queue', 'list'])
  assert.deepEqual([code, stdout], [0, 'The queue is empty.\n'])
  assert.match(
    stderr,
    /^postern: Set all secrets again with "postern secret set": .*secrets\.json was damaged and/m,
  )
  assert.match(stderr, /^postern: .*spool.*$/m)
  for (const line of stderr.trimEnd().split('\n'))
    assert.equal((await postern.run(['log'])).split(line.replace('postern: ', '')).length, 2, line)
  assert.equal((await postern.try(['queue', 'list'])).stderr, '')

  await writeFile(join(postern.folder, 'secrets.json'), 'no JSON')
  const relay = await postern.serve()
  assert.equal(relay.output.match(/^Set all secrets again/gm)?.length, 1, relay.output)
})
