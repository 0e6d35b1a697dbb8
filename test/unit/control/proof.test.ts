/** Audit, mending, comparison and replay of a relay that is opened in a temporary folder. */
import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { Relay } from '../../../app/relay.ts'
import { makeFolder } from '../../support/folder.ts'

const access = [
  { action: 'block', from: 'routers' },
  { action: 'allow', from: '10.0.0.0/8', withoutAuthentication: true, comment: 'office' },
  { action: 'allow', from: 'any', users: ['support'] },
  { action: 'allow', from: '10.0.0.0/9' },
]
/** Nobody logs on here. */
const password = `scrypt$16384$8$1$${'A'.repeat(22)}$${'B'.repeat(43)}`
const settings = {
  schema: 1,
  hostname: 'mail.office.example',
  localDomains: ['office.example'],
  localNetworks: ['10.0.0.0/8'],
  routers: ['10.0.0.1'],
  users: [{ name: 'support', password, addresses: ['support@office.example'] }],
  smtp: {
    listeners: [{ address: '127.0.0.1', port: 0, encryption: 'starttls' }],
    authentication: 'required',
    access,
  },
}
const current = { kind: 'current' } as const

async function opened(t: TestContext): Promise<{ relay: Relay; file: string }> {
  const folder = await makeFolder(t)
  const file = join(folder, 'settings.json')
  await writeFile(file, JSON.stringify(settings))
  const relay = await Relay.open(folder, { version: '0.1.0', say: () => {} })
  t.after(() => relay.stop())
  return { relay, file }
}

function draftOf(relay: Relay, change: object): unknown {
  const base = structuredClone(relay.drafts.base().settings) as { smtp: object }
  return { ...base, smtp: { ...base.smtp, ...change } }
}

test('the audit covers all addresses without a gap, and is exact', async t => {
  const { relay } = await opened(t)
  const { openRelay, ranges, lines, internalLines, findings } = await relay.control.audit(current)
  assert.equal(openRelay, false)
  assert.deepEqual(ranges, [
    { first: '0.0.0.0', last: '9.255.255.255', relay: 'after-login', users: ['support'] },
    { first: '10.0.0.0', last: '10.0.0.0', relay: 'anyone', users: null },
    { first: '10.0.0.1', last: '10.0.0.1', relay: 'never', users: null },
    { first: '10.0.0.2', last: '10.255.255.255', relay: 'anyone', users: null },
    { first: '11.0.0.0', last: '255.255.255.255', relay: 'after-login', users: ['support'] },
    {
      first: '::',
      last: 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff',
      relay: 'after-login',
      users: ['support'],
    },
  ])
  assert.deepEqual(
    lines.map(({ who }) => who),
    ['Your router 10.0.0.1', 'The rest of 10.0.0.0/8', 'The rest of the Internet'],
  )
  assert.equal(internalLines.length, 1)
  assert.deepEqual(
    findings.map(({ kind, row }) => [kind, row]),
    [['shadowed', 4]],
  )
})

test('a draft is audited before it is applied, and shown open', async t => {
  const { relay } = await opened(t)
  const draft = draftOf(relay, { access: [{ action: 'allow', from: 'any', withoutAuthentication: true }] })
  const found = await relay.control.audit({ kind: 'draft', draft })
  assert.equal(found.openRelay, true)
  assert.equal(found.open, 'every address of the Internet')
  assert.equal(found.findings[0]?.kind, 'open-relay')
  await assert.rejects(
    relay.control.audit({ kind: 'draft', draft: { smtp: 1 } }),
    /^Error: Mend the settings first: smtp: /,
  )
})

test('a finding is mended in the file, which else stays as it was written, and can be undone', async t => {
  const { relay, file } = await opened(t)
  const [finding] = (await relay.control.audit(current)).findings
  assert.ok(finding)
  const { kind, list, row } = finding
  const applied = await relay.control.mend({ kind, list, row }, 'command line')
  assert.ok(applied.ok, JSON.stringify(applied))
  assert.deepEqual(JSON.parse(await readFile(file, 'utf8')), {
    ...settings,
    smtp: { ...settings.smtp, access: access.slice(0, 3) },
  })
  assert.deepEqual((await relay.control.audit(current)).findings, [])
  const again = await relay.control.mend({ kind, list, row }, 'command line')
  assert.ok(!again.ok && /there no more/.test(again.problems[0]?.text ?? ''))
  assert.ok((await relay.control.undo('window')).ok)
  assert.deepEqual(JSON.parse(await readFile(file, 'utf8')), settings)
})

test('a finding of a draft is mended in the draft', async t => {
  const { relay } = await opened(t)
  const draft = draftOf(relay, { internalMailWithoutAuthentication: false })
  const mended = await relay.drafts.mend(draft, { kind: 'incoming-mail-stops', list: null, row: null })
  assert.ok(mended.ok)
  assert.deepEqual(mended.value, draftOf(relay, { internalMailWithoutAuthentication: true }))
})

test('the review of a draft says who gains and loses', async t => {
  const { relay } = await opened(t)
  const draft = draftOf(relay, { access: [{ action: 'allow', from: 'any', users: ['support'] }] })
  const { senders } = await relay.drafts.review(draft)
  assert.deepEqual(
    senders.map(({ words }) => words),
    [
      'support can send to addresses outside after logging on, from your router 10.0.0.1.',
      'Sending to addresses outside needs a log-on now, from your network 10.0.0.0/8 without the router.',
    ],
  )
  assert.deepEqual((await relay.drafts.review(relay.drafts.base().settings)).senders, [])
})

test('settings in force, earlier ones and a file are compared', async t => {
  const { relay, file } = await opened(t)
  const before = await readFile(file, 'utf8')
  assert.ok((await relay.control.setSettings('smtp.access[2].users', [], 'window')).ok)
  const [entry] = await relay.control.history()
  assert.ok(entry)
  const earlier = { kind: 'history', file: entry.file } as const
  const there = await relay.control.compareSettings(earlier, current)
  assert.ok(there.ok)
  assert.equal(there.words.length, 1)
  // Support is every user there is.
  assert.deepEqual(there.senders, [])
  const same = await relay.control.compareSettings(earlier, { kind: 'text', text: before })
  assert.deepEqual(same, { ok: true, words: [], senders: [] })
  const none = await relay.control.compareSettings(current, { kind: 'history', file: '../settings.json' })
  assert.ok(!none.ok)
  const bad = await relay.control.compareSettings(current, { kind: 'text', text: '{"smtp":{"access":[{}]}}' })
  assert.ok(!bad.ok && bad.problems.some(({ path }) => path === 'smtp.access[0].from'))
})

test('an earlier file is read and brought back by its name, byte for byte, and that is undone', async t => {
  const { relay, file } = await opened(t)
  const { control } = relay
  await control.setSettings('hostname', 'b.office.example', 'command line')
  await control.setSettings('hostname', 'c.office.example', 'command line')
  const oldest = (await control.history()).at(-1)?.file ?? ''
  const first = JSON.stringify(settings)
  assert.equal(await control.readEarlier(oldest), first)
  assert.ok((await control.restoreEarlier(oldest, 'command line')).ok)
  assert.equal(await readFile(file, 'utf8'), first)
  assert.ok((await control.undo('command line')).ok)
  assert.match(await readFile(file, 'utf8'), /c\.office\.example/)
  for (const none of ['../settings.json', 'in-force.json', '2026-01-01T00-00-00-000Z-000.json']) {
    assert.equal(await control.readEarlier(none), undefined)
    assert.equal((await control.restoreEarlier(none, 'command line')).ok, false)
  }
})

test('who gains by a row that needs no log-on is not told to log on', async t => {
  const { relay } = await opened(t)
  const fred = { name: 'fred', password, addresses: ['fred@office.example'] }
  const open = [access[0], access[1], { action: 'allow', from: 'any', withoutAuthentication: true }]
  const base = JSON.parse(JSON.stringify(settings))
  const before = JSON.stringify({ ...base, users: [...settings.users, fred] })
  const after = JSON.stringify({
    ...base,
    users: [...settings.users, fred],
    smtp: { ...base.smtp, access: open },
  })
  const compared = await relay.control.compareSettings(
    { kind: 'text', text: before },
    { kind: 'text', text: after },
  )
  assert.ok(compared.ok)
  const words = compared.senders.map(line => line.words).join('\n')
  assert.match(words, /^Nobody needs to log on any more to send to addresses outside, from /m)
  assert.match(words, /^fred can send to addresses outside now, logged on or not, from /m)
  assert.doesNotMatch(words, /after logging on/)
})
