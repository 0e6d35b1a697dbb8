/** The store: a change is checked, takes effect, is kept and is written, or nothing of it happens. */
import assert from 'node:assert/strict'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { firstSettings } from '../../../app/settings/defaults.ts'
import { formatSettings } from '../../../app/settings/file.ts'
import { getPath, setPath } from '../../../app/settings/path.ts'
import type { Applied, Problem, Settings } from '../../../app/settings/settings.ts'
import { SettingsStore, type StoreOptions } from '../../../app/settings/store.ts'
import { checks } from './checks.ts'
import { makeFolder } from './temporary.ts'

interface Opened {
  readonly store: SettingsStore
  readonly options: StoreOptions
  readonly onDisk: () => string
}

async function opened(t: TestContext, text?: string): Promise<Opened> {
  let close = async () => {}
  const folder = makeFolder(t, () => close())
  const file = join(folder, 'settings.json')
  if (text !== undefined) writeFileSync(file, text)
  let time = 1_700_000_000_000
  const options = {
    file,
    historyFolder: join(folder, 'history'),
    first: async () => firstSettings(2525),
    checks,
    now: () => ++time,
  }
  const result = await SettingsStore.open(options)
  assert.ok(result.ok, JSON.stringify(result))
  close = () => result.store.close()
  return { store: result.store, options, onDisk: () => readFileSync(file, 'utf8') }
}

function named(hostname: string): object {
  return { ...firstSettings(2525), hostname }
}

function problems(applied: Applied): readonly Problem[] {
  assert.ok(!applied.ok)
  return applied.problems
}

test('a first start writes the first settings', async t => {
  const { store, onDisk } = await opened(t)
  assert.equal(onDisk(), formatSettings(firstSettings(2525)))
  assert.equal(store.current.text, onDisk())
  assert.equal(store.current.settings.smtp.listeners[0]?.port, 2525)
  assert.deepEqual(await store.history(), [])
})

test('a broken file gives all its problems and stays untouched', async t => {
  const folder = makeFolder(t)
  const file = join(folder, 'settings.json')
  const text = '{"hostnme": 1, "smtp": {"authentication": "maybe"}}'
  writeFileSync(file, text)
  const first = () => Promise.reject(new Error('not to be asked'))
  const result = await SettingsStore.open({
    file,
    historyFolder: join(folder, 'history'),
    first,
    checks,
    now: Date.now,
  })
  assert.ok(!result.ok)
  assert.deepEqual(result.problems.map(({ path }) => path).toSorted(), ['hostnme', 'smtp.authentication'])
  assert.equal(readFileSync(file, 'utf8'), text)
  assert.deepEqual(readdirSync(folder), ['settings.json'])
})

test('a change is taken into effect before it is written, and described', async t => {
  const { store, onDisk } = await opened(t)
  const before = onDisk()
  const seen: string[] = []
  store.prepare(async (next, old) => {
    assert.equal(onDisk(), before)
    seen.push(`${old.smtp.authentication} ${next.smtp.authentication}`)
    return []
  })
  const set = setPath(store.current.raw, 'smtp.authentication', 'required')
  assert.ok(set.ok)
  const applied = await store.apply(set.value, 'command line')
  assert.deepEqual(applied, { ok: true, words: 'smtp.authentication: "allowed" → "required"' })
  assert.deepEqual(seen, ['allowed required'])
  assert.equal(onDisk(), formatSettings(set.value))
  assert.deepEqual(
    (await store.history()).map(({ by, words }) => [by, words]),
    [['command line', 'smtp.authentication: "allowed" → "required"']],
  )
})

test('what is refused by the checks or by the relay changes nothing', async t => {
  const { store, onDisk } = await opened(t)
  const { current } = store
  const before = onDisk()
  const untouched = async () => {
    assert.equal(onDisk(), before)
    assert.equal(store.current, current)
    assert.deepEqual(await store.history(), [])
  }
  store.prepare(() => assert.fail('asked about settings that are wrong'))
  assert.deepEqual(
    problems(await store.apply({ hostname: 5, colour: 'red' }, 'window')).map(({ path }) => path),
    ['hostname', 'colour'],
  )
  assert.match(problems(await store.apply({ schema: 1n }, 'window'))[0]?.text ?? '', /as JSON/)
  const cyclic: Record<string, unknown> = {}
  cyclic['smtp'] = cyclic
  problems(await store.apply(cyclic, 'window'))
  problems(await store.apply(undefined, 'window'))
  problems(await store.applyText('{', 'window'))
  await untouched()
  const busy = { path: 'smtp.listeners[0].port', text: 'Choose another port: 2525 is in use.' }
  store.prepare(async () => [busy])
  assert.deepEqual(problems(await store.apply(named('b.example'), 'window')), [busy])
  store.prepare(() => Promise.reject(new Error('no listener')))
  assert.match(problems(await store.apply(named('b.example'), 'window'))[0]?.text ?? '', /no listener/)
  await untouched()
})

test('what changes nothing writes nothing', async t => {
  const { store } = await opened(t)
  assert.deepEqual(await store.apply(firstSettings(2525), 'window'), { ok: true, words: 'nothing changed' })
  assert.deepEqual(await store.history(), [])
})

test('many changes at once take their turns and none is lost', async t => {
  const { store, onDisk } = await opened(t, '{"localDomains":[]}')
  let under = 0
  store.prepare(async (next, before) => {
    assert.equal(++under, 1)
    await new Promise(setImmediate)
    assert.equal(next.localDomains.length, before.localDomains.length + 1)
    under--
    return []
  })
  const add = (raw: unknown, name: string) => {
    const list = getPath(raw, 'localDomains')
    return setPath(raw, `localDomains[${list.ok && Array.isArray(list.value) ? list.value.length : 0}]`, name)
  }
  const names = Array.from({ length: 20 }, (_, index) => `d${index}.example`)
  const applied = await Promise.all(names.map(name => store.edit(raw => add(raw, name), 'window')))
  assert.ok(applied.every(({ ok }) => ok))
  assert.deepEqual(store.current.settings.localDomains, names)
  assert.deepEqual(JSON.parse(onDisk()), { localDomains: names })
  assert.equal((await store.history()).length, 20)
})

test('undo brings every earlier file back byte for byte, one after the other', async t => {
  const original = '\ufeff{ "schema":1,\r\n  "hostname" : "\\u0061.example" }\r\n\r\n'
  const { store, onDisk } = await opened(t, original)
  await store.apply(named('b.example'), 'window')
  const second = onDisk()
  await store.applyText('{"hostname": "c.example"}', 'command line')
  assert.equal(onDisk(), formatSettings({ hostname: 'c.example' }))

  const undone = await store.undo('command line')
  assert.ok(
    undone.ok && undone.words.startsWith('undo: hostname: "c.example" → "b.example"'),
    JSON.stringify(undone),
  )
  assert.equal(onDisk(), second)
  assert.ok((await store.undo('window')).ok)
  assert.equal(onDisk(), original)
  assert.equal(store.current.settings.hostname, 'a.example')
  assert.match(problems(await store.undo('window'))[0]?.text ?? '', /no earlier settings file/)
  assert.equal((await store.history()).length, 4)
})

test('undo asks the relay too', async t => {
  const { store, onDisk } = await opened(t)
  await store.apply(named('b.example'), 'window')
  const before = onDisk()
  store.prepare(async () => [{ path: '', text: 'No.' }])
  problems(await store.undo('window'))
  assert.equal(onDisk(), before)
})

test('settings that cannot be written are taken back out of effect', async t => {
  const { store, options, onDisk } = await opened(t)
  const before = onDisk()
  let inEffect = store.current.settings
  store.prepare(async (next, old) => {
    assert.equal(old, inEffect)
    inEffect = next
    return []
  })
  // A file where the history folder belongs: writable by nobody, root included.
  rmSync(options.historyFolder, { recursive: true })
  writeFileSync(options.historyFolder, '')
  const [problem] = problems(await store.apply(named('b.example'), 'window'))
  assert.match(problem?.text ?? '', /nothing was changed\.$/)
  assert.equal(inEffect, store.current.settings)
  assert.equal(onDisk(), before)
  rmSync(options.historyFolder)
  assert.ok((await store.apply(named('b.example'), 'window')).ok)
})

test('a replacement that fails after it was kept leaves no entry', async t => {
  const { store, options } = await opened(t)
  store.prepare(async () => {
    rmSync(options.file)
    mkdirSync(options.file)
    return []
  })
  problems(await store.apply(named('b.example'), 'window'))
  assert.deepEqual(await store.history(), [])
})

/** Events of a watching store, awaited one by one. */
interface Watched {
  readonly taken: () => Promise<Settings>
  readonly refused: () => Promise<readonly Problem[]>
  /** Refusals nobody asked for. */
  readonly more: () => number
}

function watched(store: SettingsStore): Watched {
  const taken = queue<Settings>()
  const refused = queue<readonly Problem[]>()
  store.prepare(async next => {
    taken.put(next)
    return []
  })
  store.watch(refused.put)
  return { taken: taken.take, refused: refused.take, more: refused.waiting }
}

function queue<Value>(): { put: (value: Value) => void; take: () => Promise<Value>; waiting: () => number } {
  const values: Value[] = []
  const takers: ((value: Value) => void)[] = []
  return {
    put: value => {
      const taker = takers.shift()
      if (taker) taker(value)
      else values.push(value)
    },
    waiting: () => values.length,
    take: () => {
      const value = values.shift()
      return value === undefined ? new Promise(resolve => takers.push(resolve)) : Promise.resolve(value)
    },
  }
}

/** Until the store has handled what was before it: a change of its own, which is no news to its watch. */
async function settled(store: SettingsStore): Promise<void> {
  await store.edit(raw => ({ ok: true, value: raw }), 'window')
}

test('a file changed by hand is picked up, and undo brings back what it replaced', {
  timeout: 20_000,
}, async t => {
  const { store, options, onDisk } = await opened(t)
  const before = onDisk()
  const { taken } = watched(store)
  writeFileSync(options.file, '{ "hostname": "hand.example" }')
  assert.equal((await taken()).hostname, 'hand.example')
  await settled(store)
  assert.deepEqual(
    (await store.history()).map(({ by }) => by),
    ['file'],
  )
  assert.ok((await store.undo('window')).ok)
  assert.equal(onDisk(), before)
})

test('editors that rename, and editors that empty the file first', { timeout: 20_000 }, async t => {
  const { store, options } = await opened(t)
  const { taken, refused } = watched(store)
  writeFileSync(`${options.file}~`, '{ "hostname": "renamed.example" }')
  renameSync(`${options.file}~`, options.file)
  assert.equal((await taken()).hostname, 'renamed.example')
  // Empty for longer than the watch waits for quiet, but not for longer than its patience.
  writeFileSync(options.file, '')
  await new Promise(resolve => setTimeout(resolve, 200))
  writeFileSync(options.file, '{ "hostname": "emptied.example" }')
  const outcome = await Promise.race([taken(), refused()])
  assert.ok('hostname' in outcome && outcome.hostname === 'emptied.example')
})

test('a broken file changes nothing, is reported once and left alone, and works once mended', {
  timeout: 20_000,
}, async t => {
  const { store, options } = await opened(t)
  const { taken, refused, more } = watched(store)
  const { current } = store
  for (const broken of ['{ "hostname": ', '{ "hostname": 5, "colour": 1 }', Buffer.from([0xff, 0xfe, 0])]) {
    writeFileSync(options.file, broken)
    const found = await refused()
    assert.equal(found.length, broken.includes('colour') ? 2 : 1)
    assert.equal(store.current, current)
    assert.deepEqual(readFileSync(options.file), Buffer.from(broken))
  }
  writeFileSync(options.file, '{ "hostname": "mended.example" }')
  assert.equal((await taken()).hostname, 'mended.example')
  rmSync(options.file)
  assert.match((await refused())[0]?.text ?? '', /gone/)
  assert.equal(existsSync(options.file), false)
  assert.equal(more(), 0)
})

test('the relay can refuse a file changed by hand', { timeout: 20_000 }, async t => {
  const { store, options } = await opened(t)
  const refused = queue<readonly Problem[]>()
  const busy = { path: 'smtp.listeners[0].port', text: 'Choose another port: 25 is in use.' }
  store.prepare(async () => [busy])
  store.watch(refused.put)
  writeFileSync(options.file, '{ "hostname": "hand.example" }')
  assert.deepEqual(await refused.take(), [busy])
  assert.notEqual(store.current.settings.hostname, 'hand.example')
  assert.deepEqual(await store.history(), [])
})

test('a change made just before the watch begins is picked up', { timeout: 20_000 }, async t => {
  const { store, options } = await opened(t)
  writeFileSync(options.file, '{ "hostname": "early.example" }')
  const { taken } = watched(store)
  assert.equal((await taken()).hostname, 'early.example')
})

test('what is behind a link is watched as well', { timeout: 30_000 }, async t => {
  const { store, options } = await opened(t)
  renameSync(options.file, `${options.historyFolder}.json`)
  mkdirSync(`${options.file}.d`)
  renameSync(`${options.historyFolder}.json`, `${options.file}.d/real.json`)
  symlinkSync(`${options.file}.d/real.json`, options.file)
  const { taken } = watched(store)
  await settled(store)
  writeFileSync(`${options.file}.d/real.json`, '{ "hostname": "linked.example" }')
  assert.equal((await taken()).hostname, 'linked.example')
})

test('a change by command stands upon one by hand, even before the watch saw it', async t => {
  const { store, options, onDisk } = await opened(t, '{"hostname": "a.example"}')
  writeFileSync(options.file, '{"hostname": "a.example", "localDomains": ["hand.example"]}')
  const applied = await store.edit(raw => setPath(raw, 'hostname', 'b.example'), 'command line')
  assert.ok(applied.ok)
  assert.deepEqual(JSON.parse(onDisk()), { hostname: 'b.example', localDomains: ['hand.example'] })
  assert.deepEqual(
    (await store.history()).map(({ by }) => by),
    ['command line', 'file'],
  )
})

test('a broken file is not lost when a command replaces it, and no undo goes back to it', async t => {
  const original = '{"hostname": "a.example"}'
  const { store, options, onDisk } = await opened(t, original)
  writeFileSync(options.file, '{"hostname": half')
  assert.ok((await store.apply({ hostname: 'b.example' }, 'window')).ok)
  const kept = (await store.history()).find(({ unused }) => unused)
  assert.equal(readFileSync(join(options.historyFolder, kept?.file ?? ''), 'utf8'), '{"hostname": half')
  assert.ok((await store.undo('window')).ok)
  assert.equal(onDisk(), original)
  problems(await store.undo('window'))
})

test('opened again, everything is as it was left', async t => {
  const { store, options } = await opened(t)
  await store.apply(named('b.example'), 'window')
  await store.close()
  const again = await SettingsStore.open(options)
  assert.ok(again.ok)
  assert.deepEqual(again.store.current, store.current)
  assert.deepEqual(await again.store.history(), await store.history())
  assert.ok((await again.store.undo('window')).ok)
})

test('what a hand changed while nothing ran is picked up at the start, and undo goes back', async t => {
  const { store, options, onDisk } = await opened(t)
  await store.apply(named('b.example'), 'window')
  const before = onDisk()
  await store.close()
  writeFileSync(options.file, `\uFEFF${before.replace('b.example', 'c.example')}`)
  for (const again of [1, 2]) {
    const reopened = await SettingsStore.open(options)
    assert.ok(reopened.ok)
    const [entry, ...more] = await reopened.store.history()
    assert.equal(entry?.words, 'hostname: "b.example" → "c.example"')
    assert.equal(entry.by, 'file')
    assert.equal(more.length, 1, `start ${again}`)
    if (again === 2) assert.ok((await reopened.store.undo('window')).ok)
    await reopened.store.close()
  }
  assert.equal(onDisk(), before)
})

test('a crash after the replacement leaves one entry for it', async t => {
  const { store, options } = await opened(t)
  const inForce = join(options.historyFolder, 'in-force.json')
  const first = readFileSync(inForce)
  await store.apply(named('b.example'), 'window')
  await store.close()
  writeFileSync(inForce, first)
  const reopened = await SettingsStore.open(options)
  assert.ok(reopened.ok)
  assert.equal((await reopened.store.history()).length, 1)
  assert.equal(readFileSync(inForce, 'utf8'), readFileSync(options.file, 'utf8'))
  await reopened.store.close()
})

test('restore brings any earlier file back, and an undo takes that back', async t => {
  const text = '{ "schema": 1, "hostname": "zero.example" }\n'
  const { store, onDisk } = await opened(t, text)
  for (const hostname of ['one.example', 'two.example', 'three.example']) {
    assert.ok((await store.apply(named(hostname), 'window')).ok)
  }
  const before = onDisk()
  const oldest = (await store.history()).at(-1)
  const restored = await store.restore(oldest?.file ?? '', 'window')
  assert.ok(restored.ok && restored.words.startsWith('restore: '), JSON.stringify(restored))
  assert.equal(onDisk(), text)
  assert.ok((await store.undo('window')).ok)
  assert.equal(onDisk(), before)
})

test('restore takes only files that the history names', async t => {
  const { store, onDisk } = await opened(t)
  const before = onDisk()
  for (const file of ['', '../settings.json', 'index.jsonl', '2026-01-01T00-00-00-000Z-000.json']) {
    const [problem] = problems(await store.restore(file, 'window'))
    assert.match(problem?.text ?? '', /Choose an earlier file that the history lists/)
  }
  assert.equal(onDisk(), before)
})

test('a change over a hand edit that was refused says that it was not taken over', async t => {
  const { store, options } = await opened(t)
  writeFileSync(options.file, '{ "hostname": "not a name" }')
  const applied = await store.apply(named('a.example'), 'command line')
  assert.ok(applied.ok)
  assert.match(
    applied.words,
    /"a\.example"; what was changed by hand in settings\.json was not taken over, but is kept in history$/,
  )
  const history = await store.history()
  assert.equal(history.filter(({ unused }) => unused).length, 1)
  const next = await store.apply(named('b.example'), 'command line')
  assert.ok(next.ok)
  assert.doesNotMatch(next.words, /by hand/)
})

test('a settings file that is gone is told with where a copy is', { timeout: 20_000 }, async t => {
  const { store, options } = await opened(t)
  rmSync(options.file)
  const [problem] = await new Promise<readonly Problem[]>(resolve => store.watch(resolve))
  const [copy = ''] = /history\/\S+\.json/.exec(problem?.text ?? '') ?? []
  assert.equal(readFileSync(join(options.historyFolder, '..', copy), 'utf8'), store.current.text)
})
