/** Long lists: worked on in a thread of their own, while the relay goes on by the settings in force. */
import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { Clerk } from '../../app/relay/clerk.ts'
import { Relay } from '../../app/relay.ts'
import { setPath } from '../../app/settings/path.ts'
import { makeFolder } from '../support/folder.ts'
import { freePort } from '../support/port.ts'
import { watchTurns } from '../support/turns.ts'
import { waitFor } from '../support/wait.ts'

const count = 20_000
const addressOf = (at: number) => `10.${at >> 16}.${(at >> 8) & 255}.${at & 255}`
const rowOf = (at: number) => ({
  action: 'allow',
  from: addressOf(at),
  withoutAuthentication: true,
  mendLineEnds: false,
  users: [],
  comment: `device ${at}`,
  enabled: true,
})
const rows = Array.from({ length: count }, (_, at) => rowOf(at))
const case_ = (at: number) => ({ client: addressOf(at), to: 'friend@elsewhere.example' })

async function opened(t: TestContext, settings: object = {}) {
  const folder = await makeFolder(t)
  const file = join(folder, 'settings.json')
  const listeners = [{ address: '127.0.0.1', port: await freePort() }]
  await writeFile(file, JSON.stringify({ ...settings, smtp: { listeners, access: [] } }))
  const relay = await Relay.open(folder, { version: '0', say: () => undefined })
  t.after(() => relay.stop())
  await relay.start()
  return { relay, folder, file, text: () => readFile(file, 'utf8') }
}

/** Threads that are started from now on. */
function countThreads(t: TestContext): () => number {
  let started = 0
  const count = () => void started++
  process.on('worker', count)
  t.after(() => void process.off('worker', count))
  return () => started
}

test('short settings start no thread, whatever is asked and changed', async t => {
  const started = countThreads(t)
  const { relay } = await opened(t)
  const { control, drafts } = relay
  const { settings, revision } = drafts.base()
  const draft = JSON.stringify({ ...Object(settings), hostname: 'new.example' })
  assert.equal((await drafts.review(draft)).words.length, 1)
  assert.ok((await drafts.apply(draft, revision)).ok)
  await control.audit({ kind: 'current' })
  await control.setSettings('smtp.access[0]', rowOf(1), 'command line')
  await control.undo('command line')
  assert.equal(started(), 0)
})

test('a long list: in force while running, edited by its pieces, undone byte for byte', async t => {
  const started = countThreads(t)
  const { relay, text } = await opened(t)
  const { control, drafts } = relay
  const before = await text()
  const turns = watchTurns(t)
  assert.ok((await control.setSettings('smtp.access', rows, 'command line')).ok)
  assert.equal((await control.explain(case_(count - 1))).row, count)
  const base = drafts.base()
  const list = { of: base.revision, list: 'smtp.access' }
  const pieces = [
    { rows: [{ ...rowOf(0), from: '10.200.0.1' }] },
    { ...list, from: 1, count: count - 2 },
    { ...list, from: 0, count: 1 },
  ]
  const edited = setPath(base.settings, 'smtp.access', { pieces })
  assert.ok(edited.ok)
  const draft = JSON.stringify(edited.value)
  assert.ok(draft.length < 10_000)
  const { problems, words, senders } = await drafts.review(draft)
  assert.deepEqual(problems, [])
  assert.ok(words.length > 0 && words.length < 1000)
  assert.match(senders.map(line => line.words).join(), /from 10\.200\.0\.1/)
  assert.equal((await drafts.explain(draft, case_(count - 1))).verdict, 'refuse')
  assert.equal((await control.explain(case_(count - 1))).verdict, 'accept')
  assert.ok((await control.audit({ kind: 'draft', draft })).findings.length < 1000)
  const inForce = await text()
  assert.ok((await drafts.apply(draft, base.revision)).ok)
  assert.equal((await control.explain(case_(0))).row, count)
  const again = await drafts.apply(draft, base.revision)
  assert.ok(!again.ok && /changed elsewhere/.test(again.problems[0]?.text ?? ''))
  assert.deepEqual(await control.getSettings('smtp.access[19999]'), rowOf(0))
  assert.deepEqual(JSON.parse(await drafts.rows(drafts.base().revision, 'smtp.access', 19_998, 9)), [
    rowOf(19_998),
    rowOf(0),
  ])
  assert.ok((await control.addUser('jo', [], undefined, 'command line')).ok)
  assert.ok((await control.undo('command line')).ok)
  assert.ok((await drafts.undo()).ok)
  assert.equal(await text(), inForce)
  assert.ok((await drafts.undo()).ok)
  assert.equal(await text(), before)
  assert.equal(started(), 1)
  const all = turns()
  const long = all[Math.floor(all.length / 100)] ?? 0
  t.diagnostic(`others wait ${long.toFixed(1)} ms (p99), ${all[0]?.toFixed(1)} ms at most`)
  assert.ok(long < 50, `others wait ${long} ms`)
})

test('the audit of a long list tells how many ranges there are, and hands over every one', async t => {
  const { relay } = await opened(t)
  const { control } = relay
  const apart = rows.map((row, at) => ({ ...row, ...(at % 2 === 0 && { users: ['nobody'] }) }))
  assert.ok((await control.setSettings('smtp.access', apart, 'command line')).ok)
  const { ranges: first, rangeCount = 0 } = await control.audit({ kind: 'current' })
  assert.equal(first.length, 500)
  assert.ok(rangeCount > count)
  const ranges = [...first]
  for (let some = first; some.length > 0; ranges.push(...some))
    some = await control.auditRanges({ kind: 'current' }, ranges.length)
  assert.equal(ranges.length, rangeCount)
  assert.deepEqual([ranges[0]?.first, ranges.at(-1)?.last], ['0.0.0.0', `ffff${':ffff'.repeat(7)}`])
  const starts = new Set(ranges.map(range => range.first))
  assert.equal(starts.size, rangeCount)
  const lost = await control.compareSettings({ kind: 'current' }, { kind: 'text', text: '{}' })
  assert.ok(lost.ok && lost.senders.length <= 500)
})

test('a long list with problems is refused with all its lines, and the one in force decides on', async t => {
  const { relay, text } = await opened(t)
  const { control } = relay
  assert.ok((await control.setSettings('smtp.access', rows, 'command line')).ok)
  const before = await text()
  const wrong = rows.map((row, at) => (at % 10_000 === 3 ? { ...row, from: '10.0.0.300' } : row))
  const refused = await control.setSettings('smtp.access', wrong, 'command line')
  assert.ok(!refused.ok)
  assert.deepEqual(
    refused.problems.map(({ path }) => path),
    ['smtp.access[3].from', 'smtp.access[10003].from'],
  )
  const open = rows.with(5, { ...rowOf(5), from: 'any' })
  const opens = await control.setSettings('smtp.access', open, 'command line')
  assert.ok(!opens.ok && opens.openRelay && /--allow-open-relay/.test(opens.problems[0]?.text ?? ''))
  assert.equal(await text(), before)
  assert.equal((await control.explain(case_(3))).row, 4)
})

test('a long list written by hand is picked up, and read at the next start', async t => {
  const { relay, folder, file, text } = await opened(t)
  const settings = JSON.parse(await text())
  const applied = new Promise(resolve =>
    relay.subscribe(event => event.kind === 'settings-applied' && resolve(event)),
  )
  await writeFile(file, JSON.stringify({ ...settings, smtp: { ...settings.smtp, access: rows } }))
  await applied
  assert.equal((await relay.control.explain(case_(777))).row, 778)
  await relay.stop()
  const again = await Relay.open(folder, { version: '0', say: () => undefined })
  t.after(() => again.stop())
  assert.equal((await again.control.explain(case_(777))).row, 778)
  assert.deepEqual((await again.control.status()).openRelay, undefined)
  assert.ok((await again.control.setSettings('smtp.maxRecipients', 7, 'command line')).ok)
})

test('a thread that ends tells who waits for it, and the next question starts another', async t => {
  const text = JSON.stringify({ smtp: { access: rows } })
  const small = new Clerk({ maxOldGenerationSizeMb: 12 })
  t.after(() => small.close())
  await assert.rejects(small.reader.read(text), /the thread for long lists ended/)
  const clerk = new Clerk()
  t.after(() => clerk.close())
  const reading = assert.rejects(clerk.reader.read(text), /the thread for long lists ended/)
  await waitFor('the thread', () => clerk.takes() || undefined)
  await clerk.close()
  await reading
  const read = await clerk.reader.read(text)
  assert.ok(read.ok)
  assert.deepEqual(read.current.settings.smtp.access, rows)
  assert.equal(read.current.text, text)
})
