/** Child processes of tests: heard, ended, and gone with their test. */
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { test } from 'node:test'
import type { Ending } from '../../support/ending.ts'
import { makeFolder } from '../../support/folder.ts'
import { runProcess, startProcess } from '../../support/process.ts'

const node = (script: string) => [process.execPath, '-e', script]

/** A test whose end comes when it is called. */
function ending(): Ending & { end(): Promise<void> } {
  let ends: (() => Promise<void> | void)[] = []
  return {
    after: end => void ends.push(end),
    end: async () => {
      for (const end of ends) await end()
      ends = []
    },
  }
}

test('output is awaited over both streams, earlier output too', async t => {
  const child = await startProcess(
    t,
    node(`console.log('one 1'); console.error('two'); setInterval(() => {}, 1e6)`),
  )
  await child.waitFor(/two/)
  assert.equal((await child.waitFor(/one (\d)/))[1], '1')
  await assert.rejects(child.waitFor(/three/, 50), /Waited in vain for \/three\/ in:\n/)
})

test('waiting ends when the process does', async t => {
  const child = await startProcess(t, node(`console.log('bye'); process.exit(3)`))
  await assert.rejects(child.waitFor(/ready/), /It ended \(3\) without \/ready\/:\nbye/)
  await assert.rejects(child.waitFor(/ready/), /It ended \(3\)/)
})

test('SIGTERM may be answered, SIGKILL may not', async t => {
  const script = `process.on('SIGTERM', () => process.exit(7)); console.log('up'); setInterval(() => {}, 1e6)`
  const polite = await startProcess(t, node(script))
  await polite.waitFor(/up/)
  assert.equal((await polite.end()).code, 7)
  const killed = await startProcess(t, node(script))
  await killed.waitFor(/up/)
  assert.deepEqual(
    { ...(await killed.kill()), stdout: '' },
    { code: null, signal: 'SIGKILL', stdout: '', stderr: '' },
  )
  const deaf = await startProcess(t, node(script.replace('process.exit(7)', '{}')))
  await deaf.waitFor(/up/)
  assert.equal((await deaf.end(50)).signal, 'SIGKILL')
})

test('a program is run with its input, environment and folder', async t => {
  const cwd = await makeFolder(t)
  const { code, stdout, stderr } = await runProcess(t, ['sh', '-c', 'cat; echo $WORD >&2; pwd; exit 4'], {
    cwd,
    env: { WORD: 'word' },
    input: 'in\n',
  })
  assert.deepEqual({ code, stdout, stderr }, { code: 4, stdout: `in\n${cwd}\n`, stderr: 'word\n' })
})

test('a program that does not exist, and one that does not end', async t => {
  await assert.rejects(runProcess(t, ['no-such-program']), /ENOENT/)
  assert.equal((await runProcess(t, ['sleep', '60'], { timeout: 50 })).signal, 'SIGKILL')
})

test('the end of a test ends what it started, the newest first', async () => {
  const inner = ending()
  const folder = await makeFolder(inner)
  const child = await startProcess(inner, ['sleep', '60'], { cwd: folder })
  let there = false
  void child.ended.then(() => {
    there = existsSync(folder)
  })
  await inner.end()
  assert.equal((await child.ended).signal, 'SIGKILL')
  assert.equal(there, true)
  assert.equal(existsSync(folder), false)
})
