/** A broken settings file: replaced, mended or brought back while no relay runs, and never lost. */
import assert from 'node:assert/strict'
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { BrokenSettings } from '../../../app/settings/broken.ts'
import { firstSettings } from '../../../app/settings/defaults.ts'
import { formatSettings } from '../../../app/settings/file.ts'
import { setPath } from '../../../app/settings/path.ts'
import type { Applied } from '../../../app/settings/settings.ts'
import { SettingsStore } from '../../../app/settings/store.ts'
import { checks } from './checks.ts'
import { makeFolder } from './temporary.ts'

const good = { ...firstSettings(2525), hostname: 'a.example' }
const newer = { ...firstSettings(2525), hostname: 'b.example' }

/** A folder where `good` and then `newer` were in force, and a hand broke the file afterwards. */
async function broken(t: TestContext, content: string | Buffer) {
  const folder = makeFolder(t)
  const historyFolder = join(folder, 'history')
  const file = join(folder, 'settings.json')
  let time = 1_700_000_000_000
  const options = { file, historyFolder, checks, now: () => ++time }
  const open = async () => {
    const opened = await SettingsStore.open({ ...options, first: async () => good })
    assert.ok(opened.ok)
    return opened.store
  }
  const store = await open()
  await store.apply(newer, 'window')
  await store.close()
  writeFileSync(file, content)
  const settings = new BrokenSettings(options)
  const onDisk = () => readFileSync(file, 'utf8')
  const keptTimes = (bytes: string | Buffer) =>
    readdirSync(historyFolder).filter(name =>
      readFileSync(join(historyFolder, name)).equals(Buffer.from(bytes)),
    ).length
  return { settings, file, historyFolder, onDisk, open, keptTimes }
}

function words(applied: Applied): string {
  assert.ok(applied.ok, JSON.stringify(applied))
  return applied.words
}

const contents: [string, string | Buffer][] = [
  ['cut off', '{"hostname":'],
  ['empty', ''],
  ['not UTF-8', Buffer.from([0x7b, 0xff, 0x7d])],
  ['wrong', '{"hostnme":1,"smtp":{"maxRecipients":"many"}}'],
  ['endless', '['.repeat(100_000)],
]
for (const [name, content] of contents) {
  test(`${name}: undo brings back what was in force last, byte for byte`, async t => {
    const { settings, onDisk, open, keptTimes } = await broken(t, content)
    assert.match(words(await settings.undo('command line')), /the settings are as they were last$/)
    assert.equal(onDisk(), formatSettings(newer))
    assert.equal(keptTimes(content), 1)
    const store = await open()
    assert.ok((await store.undo('command line')).ok)
    assert.equal(onDisk(), formatSettings(good), 'the next undo goes on before the last change')
    await store.close()
  })

  test(`${name}: an imported file takes its place, and undo goes back to what was in force`, async t => {
    const { settings, onDisk, open, keptTimes } = await broken(t, content)
    const imported = { ...newer, hostname: 'c.example' }
    const applied = await settings.applyText(JSON.stringify(imported), 'command line')
    assert.match(words(applied), /kept in history; hostname: "b\.example" → "c\.example"$/)
    assert.equal(onDisk(), formatSettings(imported))
    assert.equal(keptTimes(content), 1)
    const store = await open()
    assert.ok((await store.undo('command line')).ok)
    assert.equal(onDisk(), formatSettings(newer))
    await store.close()
  })
}

test('one setting can be mended, if nothing else is wrong', async t => {
  const content = JSON.stringify({ ...newer, hostname: 'not a host' })
  const { settings, onDisk } = await broken(t, content)
  const set = (path: string, value: unknown) =>
    settings.edit(raw => setPath(raw, path, value), 'command line')
  const wrong = await set('localDomains', [1])
  assert.deepEqual(wrong.ok ? [] : wrong.problems.map(({ path }) => path).toSorted(), [
    'hostname',
    'localDomains[0]',
  ])
  assert.equal(onDisk(), content)
  assert.match(words(await set('hostname', 'd.example')), /hostname: "b\.example" → "d\.example"/)
  assert.equal(onDisk(), formatSettings({ ...newer, hostname: 'd.example' }))
})

test('what is still wrong is refused with all problems, and nothing changes', async t => {
  const { settings, onDisk, historyFolder } = await broken(t, '{')
  const before = readdirSync(historyFolder)
  const applied = await settings.applyText('{"a":1,"b":2}', 'command line')
  assert.equal(applied.ok, false)
  assert.equal(applied.ok ? 0 : applied.problems.length, 2)
  const edited = await settings.edit(raw => setPath(raw, 'hostname', 'x.example'), 'command line')
  assert.match(edited.ok ? '' : (edited.problems[0]?.text ?? ''), /^Line 1, column 2/)
  assert.equal(onDisk(), '{')
  assert.deepEqual(readdirSync(historyFolder), before)
})

test('where nothing was in force before, undo says so and an import works', async t => {
  const { settings, historyFolder, onDisk } = await broken(t, '{')
  rmSync(historyFolder, { recursive: true })
  const undone = await settings.undo('command line')
  assert.match(undone.ok ? '' : (undone.problems[0]?.text ?? ''), /^Correct the file: /)
  assert.match(words(await settings.applyText('{}', 'command line')), /other settings are in its place$/)
  assert.equal(onDisk(), '{}')
})

test('what stands there and is no file is left alone', async t => {
  const { settings, file } = await broken(t, '{')
  rmSync(file)
  mkdirSync(file)
  for (const applied of [await settings.undo('window'), await settings.applyText('{}', 'window')]) {
    assert.match(
      applied.ok ? '' : (applied.problems[0]?.text ?? ''),
      /^Move .*settings\.json elsewhere: it is a folder, not a file\.$/,
    )
  }
})

test('an earlier file that opens the relay is brought back only with consent, byte for byte', async t => {
  const { file, historyFolder, onDisk } = await broken(t, '{"hostname":')
  const guard = (): Applied => ({ ok: false, problems: [{ path: 'smtp.access', text: 'It opens.' }] })
  const settings = new BrokenSettings({ file, historyFolder, checks, now: () => 1_700_000_001_000, guard })
  const [newest] = await settings.history()
  const refused = await settings.restore(newest?.file ?? '', 'command line')
  assert.ok(!refused.ok)
  assert.equal(refused.problems[0]?.text, 'It opens.')
  assert.equal(onDisk(), '{"hostname":')
  words(await settings.restore(newest?.file ?? '', 'command line', { openRelay: true }))
  assert.equal(onDisk(), formatSettings(good))
})
