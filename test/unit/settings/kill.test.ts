/** A store killed at any moment: the file is whole, and history holds what it replaced. */
import assert from 'node:assert/strict'
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { buildSync } from 'esbuild'
import { getPath } from '../../../app/settings/path.ts'
import { SettingsStore } from '../../../app/settings/store.ts'
import { checks } from './checks.ts'
import { makeFolder } from './temporary.ts'

/** Counts up in the settings, telling each number once its change was answered. */
const counter = `import { SettingsStore } from './app/settings/store.ts'
import { checks } from './test/unit/settings/checks.ts'
async function count(folder: string) {
  const first = async () => ({ localDomains: ['0.example'] })
  const opened = await SettingsStore.open(
    { file: folder + '/settings.json', historyFolder: folder + '/history', first, checks, now: Date.now })
  if (!opened.ok) return process.send?.(JSON.stringify(opened.problems))
  for (;;) {
    const next = parseInt(opened.store.current.settings.localDomains[0] ?? '') + 1
    const applied = await opened.store.apply({ localDomains: [next + '.example'] }, 'window')
    process.send?.(applied.ok ? next : JSON.stringify(applied.problems))
  }
}
void count(process.argv[2] ?? '')`

test('killed in the middle of changes, again and again', { timeout: 60_000 }, async t => {
  const [folder, scripts] = [makeFolder(t), makeFolder(t)]
  const outfile = join(scripts, 'counter.cjs')
  const stdin = { contents: counter, resolveDir: process.cwd(), loader: 'ts' } as const
  buildSync({ stdin, outfile, bundle: true, platform: 'node', format: 'cjs', logLevel: 'error' })
  mkdirSync(join(folder, 'history'))
  const first = () => assert.fail('the file is there')
  for (let round = 0; round < 10; round++) {
    const child = fork(outfile, [folder], { execArgv: [] })
    let answered: unknown = 0
    child.on('message', message => {
      answered = message
    })
    await once(child, 'message')
    setTimeout(() => child.kill('SIGKILL'), round * 7)
    await once(child, 'close')
    assert.equal(typeof answered, 'number', String(answered))
    const opened = await SettingsStore.open({
      file: join(folder, 'settings.json'),
      historyFolder: join(folder, 'history'),
      first,
      checks,
      now: Date.now,
    })
    assert.ok(opened.ok)
    const reached = Number.parseInt(opened.store.current.settings.localDomains[0] ?? '', 10)
    // The change under way may have come about, unanswered.
    assert.ok(reached === answered || reached === Number(answered) + 1, `${reached} after ${answered}`)
    const entries = await opened.store.history()
    assert.ok(entries.length >= reached)
    assert.ok((await opened.store.undo('window')).ok)
    assert.deepEqual(getPath(opened.store.current.raw, 'localDomains[0]'), {
      ok: true,
      value: `${reached - 1}.example`,
    })
    await opened.store.close()
  }
  assert.deepEqual(
    readdirSync(folder)
      .filter(name => !name.endsWith('.tmp'))
      .toSorted(),
    ['history', 'settings.json'],
  )
})
