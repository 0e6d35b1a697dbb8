/** Drafts of a relay that is opened in a temporary folder: reviewed, tried, applied once, and taken back. */
import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { Relay } from '../../../app/relay.ts'
import { makeFolder } from '../../support/folder.ts'

const settings = {
  schema: 1,
  hostname: 'mail.office.example',
  localDomains: ['office.example'],
  smtp: { listeners: [{ address: '127.0.0.1', port: 0, encryption: 'none' }], access: [] },
}

async function opened(t: TestContext): Promise<{ relay: Relay; file: string }> {
  const folder = await makeFolder(t)
  const file = join(folder, 'settings.json')
  await writeFile(file, JSON.stringify(settings))
  const relay = await Relay.open(folder, { version: '0.1.0', say: () => {} })
  t.after(() => relay.stop())
  return { relay, file }
}

type Draft = { hostname: string; smtp: Record<string, unknown> }

function draftOf(relay: Relay): Draft {
  return structuredClone(relay.drafts.base().settings) as Draft
}

const anywhere = { action: 'allow', from: 'any', withoutAuthentication: true }
const stranger = { client: '203.0.113.9', to: 'someone@elsewhere.example' }

test('a draft is applied with what it changes, and the revision moves on', async t => {
  const { relay, file } = await opened(t)
  const { revision } = relay.drafts.base()
  const draft = { ...draftOf(relay), hostname: 'new.office.example' }
  assert.deepEqual((await relay.drafts.review(draft)).problems, [])
  assert.equal((await relay.drafts.review(draft)).words.length, 1)
  assert.ok((await relay.drafts.apply(draft, revision)).ok)
  assert.deepEqual(JSON.parse(await readFile(file, 'utf8')), { ...settings, hostname: 'new.office.example' })
  assert.notEqual(relay.drafts.base().revision, revision)
})

test('a draft that began from another revision is refused and changes nothing', async t => {
  const { relay, file } = await opened(t)
  const { revision } = relay.drafts.base()
  const draft = { ...draftOf(relay), hostname: 'new.office.example' }
  await relay.control.setSettings('smtp.maxRecipients', 7, 'command line')
  const before = await readFile(file, 'utf8')
  const applied = await relay.drafts.apply(draft, revision)
  assert.ok(!applied.ok && /changed elsewhere/.test(applied.problems[0]?.text ?? ''))
  assert.equal(await readFile(file, 'utf8'), before)
})

test('new passwords go with the draft as one change, which one undo takes back', async t => {
  const { relay, file } = await opened(t)
  const { revision } = relay.drafts.base()
  const before = await readFile(file, 'utf8')
  const users = ['jo', 'kim'].map(name => ({ name, addresses: [`${name}@office.example`] }))
  const draft = { ...draftOf(relay), users }
  const applied = await relay.drafts.apply(draft, revision, { jo: 'kettle boat harvest', gone: 'x' })
  assert.ok(applied.ok && !applied.words.includes('scrypt'), JSON.stringify(applied))
  const [jo, kim] = JSON.parse(await readFile(file, 'utf8')).users
  assert.match(jo.password, /^scrypt\$/)
  assert.equal(kim.password, undefined)
  assert.equal((await relay.control.history()).length, 1)
  assert.ok((await relay.control.undo('window')).ok)
  assert.equal(await readFile(file, 'utf8'), before)
})

test('of two at once from one revision, one is applied', async t => {
  const { relay } = await opened(t)
  const { revision } = relay.drafts.base()
  const drafts = ['a.example', 'b.example'].map(hostname => ({ ...draftOf(relay), hostname }))
  const applied = await Promise.all(drafts.map(draft => relay.drafts.apply(draft, revision)))
  assert.deepEqual(
    applied.map(({ ok }) => ok),
    [true, false],
  )
})

test('a draft with problems is told all of them, and neither applied nor tried', async t => {
  const { relay } = await opened(t)
  const draft = draftOf(relay)
  draft.hostname = 'no name'
  draft.smtp['maxRecipients'] = 'many'
  const { problems, words } = await relay.drafts.review(draft)
  assert.deepEqual(problems.map(({ path }) => path).sort(), ['hostname', 'smtp.maxRecipients'])
  assert.deepEqual(words, [])
  const applied = await relay.drafts.apply(draft, relay.drafts.base().revision)
  assert.deepEqual(applied, { ok: false, problems })
  await assert.rejects(relay.drafts.explain(draft, stranger), /^Error: Mend the draft first: /)
})

test('a draft is tried without coming into force', async t => {
  const { relay } = await opened(t)
  const draft = draftOf(relay)
  draft.smtp['access'] = [anywhere]
  assert.equal((await relay.drafts.explain(draft, stranger)).verdict, 'accept')
  assert.equal((await relay.control.explain(stranger)).verdict, 'refuse')
})

test('whatever comes as a draft is answered, not thrown', async t => {
  const { relay } = await opened(t)
  const endless: Record<string, unknown> = {}
  endless['self'] = endless
  const { revision } = relay.drafts.base()
  const all = [
    undefined,
    null,
    0,
    '',
    [],
    () => 1,
    endless,
    JSON.parse('{"__proto__":{"a":1}}'),
    { schema: 1n },
  ]
  for (const draft of all) {
    assert.ok((await relay.drafts.review(draft)).problems.length > 0)
    assert.equal((await relay.drafts.apply(draft, revision)).ok, false)
  }
})

test('a paused relay takes no mail until it is resumed, and says so', async t => {
  const { relay } = await opened(t)
  await relay.start()
  assert.equal((await relay.control.status()).listeners.length, 1)
  await relay.pause(true)
  const paused = await relay.control.status()
  assert.deepEqual(paused.listeners, [])
  assert.deepEqual(
    paused.warnings.find(({ kind }) => kind === 'paused')?.text,
    'Postern is paused: it takes no mail until it is resumed.',
  )
  // A change meanwhile must not open them.
  assert.ok((await relay.control.setSettings('hostname', 'other.example', 'window')).ok)
  assert.deepEqual((await relay.control.status()).listeners, [])
  await relay.pause(false)
  const resumed = await relay.control.status()
  assert.equal(resumed.listeners.length, 1)
  assert.ok(resumed.warnings.every(({ kind }) => kind !== 'paused'))
})
