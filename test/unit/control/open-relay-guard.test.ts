/** No way of changing settings opens the relay unless somebody says so, and as long as it stands it is told. */
import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { openRelay } from '../../../app/access/open-relay.ts'
import { OPEN_RELAY_SENTENCE, openRelayWords, saysOpenRelay } from '../../../app/control/open-relay-guard.ts'
import { Relay } from '../../../app/relay.ts'
import type { Applied } from '../../../app/settings/settings.ts'
import { makeFolder } from '../../support/folder.ts'
import { policyOf, row } from '../access/office.ts'

const open = { action: 'allow', from: 'any', withoutAuthentication: true }
const closed = { action: 'allow', from: '10.0.0.0/8' }
const settings = (access: readonly object[]) => ({
  schema: 1,
  localDomains: ['office.example'],
  smtp: { listeners: [{ address: '127.0.0.1', port: 0, encryption: 'none' }], access },
})

async function opened(t: TestContext, access: readonly object[] = [closed]) {
  const folder = await makeFolder(t)
  const file = join(folder, 'settings.json')
  await writeFile(file, JSON.stringify(settings(access)))
  const relay = await Relay.open(folder, { version: '0.1.0', say: () => {} })
  t.after(() => relay.stop())
  return { relay, text: () => readFile(file, 'utf8') }
}

function assertRefused(applied: Applied, words: RegExp): void {
  assert.ok(!applied.ok)
  assert.ok(applied.openRelay && applied.openRelay.length > 0)
  assert.match(applied.problems.map(({ text }) => text).join(), words)
}

test('each way refuses it, says what to do, and changes nothing; with the consent it is made', async t => {
  const { relay, text } = await opened(t)
  const before = await text()
  const { control, drafts } = relay
  const set = (consent = {}) => control.setSettings('smtp.access[0]', open, 'command line', consent)
  const whole = JSON.stringify(settings([open]))
  const { revision } = drafts.base()
  const draft = settings([open])
  assert.ok(((await drafts.review(draft)).openRelay?.length ?? 0) > 0)
  assertRefused(await set(), /anybody at every address of the Internet could.*Give --allow-open-relay/)
  assertRefused(await set({ openRelay: false }), /--allow-open-relay/)
  assertRefused(await control.importSettings(whole, 'command line'), /--allow-open-relay/)
  assertRefused(await drafts.apply(draft, revision), /type the sentence/)
  assertRefused(await drafts.apply(draft, revision, {}, 'yes'), /type the sentence/)
  assert.equal(await text(), before)
  assert.ok((await drafts.apply(draft, revision, {}, OPEN_RELAY_SENTENCE)).ok)
  assert.ok((await control.undo('window')).ok)
  assert.ok((await set({ openRelay: true })).ok)
})

test('how much of the Internet could send is said as it is', () => {
  const places: readonly (readonly [from: readonly string[], words: string])[] = [
    [['any'], 'every address of the Internet'],
    [['0.0.0.0/0'], 'every IPv4 address of the Internet'],
    [['::/0'], 'every IPv6 address of the Internet'],
    [['0.0.0.0/0', '2001:db8::/32'], 'every IPv4 address of the Internet, 2001:db8::/32'],
    [['16.0.0.0-159.255.255.255'], 'most IPv4 addresses of the Internet'],
    [
      ['16.0.0.0-159.255.255.255', '::/0'],
      'most IPv4 addresses of the Internet, every IPv6 address of the Internet',
    ],
    [['16.0.0.0-99.255.255.255'], '16.0.0.0-99.255.255.255'],
  ]
  for (const [froms, words] of places) {
    const policy = policyOf({
      smtp: { authentication: 'allowed', access: froms.map(from => row(`allow ${from}`)) },
    })
    assert.ok(
      openRelayWords(openRelay(policy), policy)?.startsWith(
        `This server is an open relay: anybody at ${words} can send through it without logging on.`,
      ),
      words,
    )
  }
})

test('while it stands the status and the doctor say so, and other changes need no sentence', async t => {
  const { relay } = await opened(t, [{ action: 'allow', from: '203.0.113.0/24' }])
  const status = await relay.control.status()
  assert.deepEqual(status.openRelay, ['203.0.113.0/24'])
  assert.match(status.warnings[0]?.text ?? '', /^This server is an open relay: anybody at 203\.0\.113\.0\/24/)
  const check = (await relay.control.doctor()).find(({ name }) => name === 'open relay')
  assert.equal(check?.state, 'failed')
  assert.ok((await relay.control.setSettings('smtp.maxRecipients', 7, 'command line')).ok)
  assertRefused(
    await relay.control.setSettings(
      'smtp.access[1]',
      { action: 'allow', from: '198.51.100.7' },
      'command line',
    ),
    /anybody at 198\.51\.100\.7 could/,
  )
  assert.ok((await relay.control.setSettings('smtp.authentication', 'required', 'command line')).ok)
  const after = await relay.control.status()
  assert.equal(after.openRelay, undefined)
  assert.ok(!after.warnings.some(({ kind }) => kind === 'open-relay'))
  assert.equal((await relay.control.doctor()).find(({ name }) => name === 'open relay')?.state, 'ok')
  assertRefused(await relay.control.undo('command line'), /--allow-open-relay/)
  assertRefused(await relay.drafts.undo(), /type the sentence/)
  assert.ok((await relay.drafts.undo(OPEN_RELAY_SENTENCE)).ok)
})

test('a file changed by hand that opens it is left alone, and an earlier one is not brought back', async t => {
  const { relay, text } = await opened(t)
  const { control, drafts } = relay
  assert.ok((await control.setSettings('smtp.access[0]', open, 'command line', { openRelay: true })).ok)
  assert.ok((await control.setSettings('smtp.access[0]', closed, 'command line')).ok)
  const [newest] = await control.history()
  assertRefused(await drafts.restore(newest?.file ?? ''), /type the sentence/)
  await writeFile(join((await control.status()).folder, 'settings.json'), JSON.stringify(settings([open])))
  assert.ok((await control.setSettings('smtp.maxRecipients', 9, 'command line')).ok)
  assert.equal((await control.status()).openRelay, undefined)
  assert.ok(!(await text()).includes('"any"'))
})

test('the sentence may be typed in any case, and with a full stop', () => {
  assert.ok(saysOpenRelay(OPEN_RELAY_SENTENCE))
  assert.ok(saysOpenRelay(` ${OPEN_RELAY_SENTENCE.toLowerCase().replace(' ', '  ')}. `))
  for (const text of [undefined, '', 'yes', OPEN_RELAY_SENTENCE.slice(1)]) assert.ok(!saysOpenRelay(text))
})

test('a host name is asked about by itself, before it has an address, and then no more', async t => {
  const { relay } = await opened(t)
  const { control, drafts } = relay
  const row = { action: 'allow', from: 'Home.example.net', withoutAuthentication: true }
  const { revision } = drafts.base()
  assert.deepEqual((await drafts.review(settings([closed, row]))).openRelay, ['home.example.net'])
  assertRefused(
    await drafts.apply(settings([closed, row]), revision),
    /anybody at home\.example\.net could send/,
  )
  assert.ok((await control.setSettings('smtp.access[1]', row, 'window', { openRelay: true })).ok)
  assert.ok((await control.setSettings('smtp.access[1].comment', 'home', 'window')).ok)
  assert.ok((await control.setSettings('smtp.access[1].from', 'home.example.net.', 'window')).ok)
  const other = await control.setSettings('smtp.access[1].from', 'away.example.net', 'window')
  assertRefused(other, /anybody at away\.example\.net could send/)
  const named = { ...row, from: 'work.example.net', users: ['fred'] }
  assert.ok((await control.setSettings('smtp.access[1]', named, 'window')).ok)
  assert.ok((await control.setSettings('smtp.access[1].action', 'block', 'window')).ok)
})
