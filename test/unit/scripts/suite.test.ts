/** The test runner's verdict: it fails on everything that proves nothing. */
import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import type { Outcome } from '../../../scripts/test/step.ts'
import { chooseSteps, steps } from '../../../scripts/test/steps.ts'
import { runSuite, testFiles } from '../../../scripts/test/suite.ts'
import { makeFolder } from '../../support/folder.ts'

async function outcomeOf(t: TestContext, ...texts: string[]): Promise<Outcome> {
  const folder = await makeFolder(t)
  for (const [i, text] of texts.entries()) {
    await writeFile(
      join(folder, `${i}.test.ts`),
      `import { describe, it, test } from 'node:test'\nconst n: number = 1\n${text}\n`,
    )
  }
  return runSuite(testFiles(folder))
}

const good = `test('good', () => {})`

test('tests are counted, suites and files are not', async t => {
  const inSuite = `describe('s', () => { it('a', () => {}); it('b', () => {}) })`
  const { ok, note, output } = await outcomeOf(t, good, inSuite)
  assert.deepEqual({ ok, note, output }, { ok: true, note: '3 tests', output: '' })
})

test('a failure is shown in full, with what its file printed, once', async t => {
  const { ok, note, output } = await outcomeOf(
    t,
    good,
    `describe('s', () => { it('bad one', () => { console.log('printed', n); throw new Error('the cause') }) })`,
  )
  assert.equal(ok, false)
  assert.equal(note, '2 tests, 1 failed')
  assert.match(output, /1\.test\.ts: bad one/)
  assert.match(output, /Error: the cause\n +at /)
  assert.match(output, /printed 1/)
  assert.equal(output.match(/✗/g)?.length, 1)
})

const proofless: [string, string, RegExp][] = [
  ['skipped', `test('s', { skip: true }, () => {})`, /s\n {2}is skipped or todo/],
  ['todo', `test('t', { todo: 'later' }, () => {})`, /t\n {2}is skipped or todo/],
  ['empty', '', /The file holds no test/],
  ['no file that loads', `throw new Error('load')`, /Error: load/],
  ['an exit in the middle', `test('e', () => process.exit(3))`, /✗/],
  ['a promise that never settles', `test('p', () => new Promise(() => {}))`, /resolve|pending/i],
]
for (const [name, text, expected] of proofless) {
  test(`a file that passes nothing fails: ${name}`, async t => {
    const { ok, output } = await outcomeOf(t, good, text)
    assert.equal(ok, false)
    assert.match(output, expected)
  })
}

test('no test file at all fails', async t => {
  assert.equal((await outcomeOf(t)).ok, false)
  assert.equal((await runSuite(testFiles('test/no-such-folder'))).ok, false)
})

test('a process left behind is killed and reported', async t => {
  const { ok, output } = await outcomeOf(
    t,
    `import { spawn } from 'node:child_process'
     test('leaves', () => { const c = spawn('sleep', ['30'], { stdio: 'ignore' }); c.unref() })`,
  )
  assert.equal(ok, false)
  assert.match(output, /left processes running: sleep;/)
})

test('a step runs with what it needs, a file with what its step needs', () => {
  const names = (...words: string[]) => chooseSteps(words).map(step => step.name)
  assert.deepEqual(
    names(),
    steps.map(step => step.name),
  )
  assert.deepEqual(names('types'), ['types'])
  assert.deepEqual(names('relay'), ['debian', 'build', 'relay'])
  assert.deepEqual(names('test/unit/layers.test.ts'), ['debian', 'files'])
  assert.throws(() => names('nonsense'), /"nonsense" is neither a test file nor one of the steps debian,/)
})
