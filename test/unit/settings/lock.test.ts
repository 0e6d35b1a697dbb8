/** The lock on a data folder: one holder at a time, however many try and however the last one died. */
import assert from 'node:assert/strict'
import { type ChildProcess, fork, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { buildSync } from 'esbuild'
import { FolderHeld, FolderLock } from '../../../app/settings/lock.ts'
import { identify, isRunning } from '../../../app/settings/process.ts'
import { makeFolder } from './temporary.ts'

/** Tells `ready`, takes the lock when told to, tells how it went, and holds it until it is killed. */
const contender = `import { FolderLock } from './app/settings/lock.ts'
process.on('message', () => FolderLock.take(process.argv[2] ?? '').then(
  () => process.send?.('taken'),
  error => process.send?.(error.name === 'Error' && error.pid ? 'held by ' + error.pid : String(error))))
process.send?.('ready')`

function buildContender(folder: string): string {
  const outfile = join(folder, 'contender.cjs')
  const stdin = { contents: contender, resolveDir: process.cwd(), loader: 'ts' } as const
  buildSync({ stdin, outfile, bundle: true, platform: 'node', format: 'cjs', logLevel: 'error' })
  return outfile
}

async function start(script: string, folder: string): Promise<ChildProcess> {
  // Without the test runner's own --import tsx, which would cost half a second each.
  const child = fork(script, [folder], { execArgv: [] })
  await once(child, 'message')
  return child
}

async function tryTake(child: ChildProcess): Promise<string> {
  const answer = once(child, 'message')
  child.send('take')
  return String((await answer)[0])
}

async function kill(child: ChildProcess): Promise<void> {
  const gone = once(child, 'exit')
  child.kill('SIGKILL')
  await gone
}

test('the second one is told who holds it and what to do', async t => {
  const folder = makeFolder(t)
  const lock = await FolderLock.take(folder)
  await assert.rejects(FolderLock.take(folder), (error: unknown) => {
    assert.ok(error instanceof FolderHeld)
    assert.equal(error.pid, process.pid)
    assert.equal(
      error.message,
      `The data folder ${folder} is in use by a running Postern (process ${process.pid}). Stop that one first, or choose another folder with --data.`,
    )
    return true
  })
  await lock.release()
})

test('released, it is free at once, and releasing twice frees nobody else', async t => {
  const folder = makeFolder(t)
  const first = await FolderLock.take(folder)
  await first.release()
  const second = await FolderLock.take(folder)
  await first.release()
  await assert.rejects(FolderLock.take(folder), FolderHeld)
  await second.release()
  for (let round = 0; round < 20; round++) await (await FolderLock.take(folder)).release()
  assert.ok(readdirSync(folder).length <= 2)
})

test('the lock of a killed holder is taken over at once, before its parent even noticed', {
  timeout: 30_000,
}, async t => {
  const folder = makeFolder(t)
  const script = buildContender(folder)
  const holder = await start(script, folder)
  assert.equal(await tryTake(holder), 'taken')
  await assert.rejects(FolderLock.take(folder), FolderHeld)
  await kill(holder)
  await (await FolderLock.take(folder)).release()
})

test('a holder that is dead but not reaped holds nothing', {
  skip: process.platform !== 'linux',
  timeout: 30_000,
}, async t => {
  const folder = makeFolder(t)
  // The shell becomes a sleep, which reaps nobody.
  const parent = spawn('sh', ['-c', 'sleep 60 & echo $!; exec sleep 60'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  t.after(() => kill(parent))
  const pid = Number(String((await once(parent.stdout, 'data'))[0]).trim())
  const identity = await identify(pid)
  while (readFileSync(`/proc/${parent.pid}/comm`, 'utf8') !== 'sleep\n') await new Promise(setImmediate)
  assert.equal(await isRunning(identity), true)
  process.kill(pid, 'SIGKILL')
  while (await isRunning(identity)) await new Promise(setImmediate)
  writeFileSync(join(folder, 'lock.1'), JSON.stringify(identity))
  process.kill(pid, 0)
  await (await FolderLock.take(folder)).release()
})

test("a number that now is another process's is not taken for the holder", {
  skip: process.platform !== 'linux',
}, async t => {
  const folder = makeFolder(t)
  const { pid, start } = await identify(process.pid)
  assert.equal(await isRunning({ pid, start }), true)
  for (const other of [start.replace(/\d+$/, ticks => `${Number(ticks) - 1}`), `x${start}`, '']) {
    assert.equal(await isRunning({ pid, start: other }), false)
    writeFileSync(join(folder, 'lock.1'), JSON.stringify({ pid, start: other }))
    await (await FolderLock.take(folder)).release()
  }
})

test('what a crash or a stranger left in the lock file holds nothing', async t => {
  for (const content of [
    '',
    '{',
    'null',
    '[]',
    '{"pid":"1","start":""}',
    '{"pid":-1,"start":""}',
    '{"pid":0,"start":""}',
    '{"pid":1.5,"start":""}',
  ]) {
    const folder = makeFolder(t)
    writeFileSync(join(folder, 'lock.7'), content)
    writeFileSync(join(folder, 'lock.x'), content)
    const lock = await FolderLock.take(folder)
    assert.ok(readdirSync(folder).includes('lock.8'))
    await lock.release()
  }
})

test('of eight at once exactly one wins, again and again, each time over a killed holder', {
  timeout: 120_000,
}, async t => {
  const scripts = makeFolder(t)
  const script = buildContender(scripts)
  const folder = makeFolder(t)
  const children = await Promise.all(Array.from({ length: 8 }, () => start(script, folder)))
  for (let round = 0; round < 20; round++) {
    const answers = await Promise.all(children.map(tryTake))
    const at = answers.indexOf('taken')
    const winner = children[at]
    assert.ok(winner)
    assert.deepEqual(
      answers.toSorted(),
      [...Array(7).fill(`held by ${winner.pid}`), 'taken'],
      `round ${round}`,
    )
    await kill(winner)
    children[at] = await start(script, folder)
  }
  await Promise.all(children.map(kill))
  assert.ok(readdirSync(folder).length <= 2)
})

test('many takers and releasers in one process never hold it together', { timeout: 60_000 }, async t => {
  const folder = makeFolder(t)
  let holders = 0
  let taken = 0
  const worker = async () => {
    for (let round = 0; round < 25; round++) {
      const lock = await FolderLock.take(folder).catch(error => {
        assert.ok(error instanceof FolderHeld)
      })
      if (!lock) continue
      assert.equal(++holders, 1)
      taken++
      await new Promise(setImmediate)
      holders--
      await lock.release()
    }
  }
  await Promise.all(Array.from({ length: 8 }, worker))
  assert.ok(taken > 0)
})
