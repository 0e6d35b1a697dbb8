/** Every kind of finding: shown with its row, and mended alike by `postern audit --fix`, by the window, and taken back. */
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { before, describe, test } from 'node:test'
import { FINDING_KINDS, type FindingKind } from '../../app/access/finding.ts'
import { run } from '../support/command.ts'
import { endOfSuite } from '../support/ending.ts'
import { account, officeWith, type RunningRelay, startRelay } from '../support/relay.ts'

interface Case {
  readonly kind: FindingKind
  readonly list?: 'service' | 'global' | null
  /** Counted from 1; null where it is about no single row. */
  readonly row: number | null
  readonly access: readonly object[]
  readonly smtp?: object
  readonly globalAccess?: readonly object[]
}

const routers = { action: 'block', from: 'routers' }
const local = { action: 'allow', from: 'local-networks', withoutAuthentication: true }
const remote = { action: 'allow', from: 'any', users: ['support'] }
const office = [routers, local, remote]

const cases: readonly Case[] = [
  { kind: 'open-relay', row: 2, access: [routers, { ...local, from: '8.0.0.0/8' }, remote] },
  {
    kind: 'wide-open',
    row: 2,
    access: [routers, { action: 'allow', from: 'any' }],
    smtp: { authentication: 'allowed' },
  },
  { kind: 'router-not-blocked', row: 1, access: [local, remote] },
  { kind: 'router-not-blocked', row: 1, access: [local, routers, remote] },
  {
    kind: 'incoming-mail-stops',
    list: null,
    row: null,
    access: office,
    smtp: { internalMailWithoutAuthentication: false },
  },
  {
    kind: 'no-user-in-both',
    row: 3,
    access: office,
    smtp: { useGlobalAccess: true },
    globalAccess: [{ action: 'allow', from: 'any', users: ['fred'] }],
  },
  {
    kind: 'log-on-not-offered',
    row: 3,
    access: office,
    smtp: {
      plaintextAuthentication: 'local-networks',
      listeners: [{ address: '127.0.0.1', port: 0, encryption: 'none' }],
    },
  },
  {
    kind: 'old-devices-only',
    list: null,
    row: null,
    access: office,
    smtp: { listeners: [{ address: '127.0.0.1', port: 0, encryption: 'none', oldDevices: true }] },
  },
  {
    kind: 'always-blocked',
    row: 3,
    access: [routers, local, { ...remote, from: '203.0.113.9' }, remote],
    smtp: { ids: { alwaysBlock: ['203.0.113.0/24'] } },
  },
  { kind: 'mends-for-everybody', row: 3, access: [routers, local, { ...remote, mendLineEnds: true }] },
  { kind: 'empty-list', row: null, access: [] },
  { kind: 'empty-list', row: null, access: [{ ...remote, enabled: false }] },
  {
    kind: 'users-without-log-on',
    row: 3,
    access: [routers, local, { ...remote, users: ['ghost', 'mute', 'off'] }],
  },
  { kind: 'users-without-log-on', row: 3, access: office, smtp: { authentication: 'disabled' } },
  { kind: 'waiver-with-users', row: 3, access: [routers, local, { ...remote, withoutAuthentication: true }] },
  { kind: 'block-with-users', row: 1, access: [{ ...routers, users: ['fred'] }, local, remote] },
  { kind: 'waiver-on-block', row: 1, access: [{ ...routers, withoutAuthentication: true }, local, remote] },
  {
    kind: 'name-without-address',
    row: 3,
    access: [routers, local, { action: 'block', from: 'nowhere.invalid' }, remote],
  },
  { kind: 'shadowed', row: 4, access: [...office, { action: 'allow', from: '10.0.0.0/8' }] },
  { kind: 'shadowed', row: 4, access: [...office, { action: 'block', from: '10.0.0.0/8' }] },
  {
    kind: 'shadowed',
    list: 'global',
    row: 2,
    access: office,
    smtp: { useGlobalAccess: true },
    globalAccess: [{ action: 'allow', from: 'any', withoutAuthentication: true }, remote],
  },
]

test('each kind is here', () => {
  const kinds = [...cases.map(({ kind }) => kind), 'no-listener']
  assert.deepEqual([...new Set(kinds)].sort(), [...FINDING_KINDS].sort())
})

test('no-listener: is shown, and mended in a draft; port 25 may be in use on this machine', async t => {
  const { relay, control } = await startRelay(t)
  assert.ok((await control.setSettings('smtp.listeners', [], 'command line')).ok)
  const { findings, openRelay } = await control.audit({ kind: 'current' })
  assert.deepEqual([findings.map(({ kind }) => kind), openRelay], [['no-listener'], false])
  const shown = await run(['audit'], control)
  assert.match(shown.out, /Everybody: never: nobody can connect, since no listener is set/)
  const { drafts } = relay
  const mended = await drafts.mend(drafts.base().settings, { kind: 'no-listener', list: null, row: null })
  assert.ok(mended.ok)
  const { problems, senders } = await drafts.review(mended.value)
  assert.deepEqual(problems, [])
  assert.ok(senders.some(({ words }) => /^Anyone can send to your own users without/.test(words)))
})

describe('a finding', () => {
  const suite = endOfSuite()
  let relay: RunningRelay
  before(async () => {
    relay = await startRelay(suite)
  })
  const text = () => readFile(join(relay.folder, 'settings.json'), 'utf8')

  for (const { kind, list = 'service', row, access, smtp = {}, globalAccess = [] } of cases) {
    test(`${kind}: ${JSON.stringify({ access, ...smtp })}`, async () => {
      const { password: _, ...mute } = account('mute')
      const users = [account('support'), account('fred'), mute, { ...account('off'), enabled: false }]
      const settings = officeWith({ users, globalAccess, smtp: { ...smtp, access } })
      const { control } = relay
      const applied = await control.importSettings(JSON.stringify(settings), 'command line', {
        openRelay: true,
      })
      assert.ok(applied.ok, JSON.stringify(applied))
      const { findings } = await control.audit({ kind: 'current' })
      const at = findings.findIndex(one => one.kind === kind)
      const found = findings[at] ?? assert.fail(JSON.stringify(findings))
      assert.deepEqual([found.list, found.row], [list, row])

      const shown = await run(['audit'], control)
      assert.ok(shown.out.includes(`${at + 1}. ${found.text}\n`), shown.out)
      assert.ok(shown.out.includes(`${found.mend} (postern audit --fix ${at + 1})`), shown.out)
      assert.equal(shown.status, (await control.audit({ kind: 'current' })).openRelay ? 1 : 0)

      const { drafts } = relay.relay
      const before = await text()
      const inWindow = await drafts.mend(drafts.base().settings, { kind, list, row })
      assert.ok(inWindow.ok)
      assert.deepEqual((await drafts.review(inWindow.value)).problems, [])
      assert.equal(await text(), before)

      const fixed = await run(['audit', '--fix', String(at + 1)], control)
      assert.deepEqual([fixed.status, fixed.err], [0, ''], fixed.err)
      assert.ok(fixed.out.startsWith(`${found.mend}\n`))
      assert.deepEqual(drafts.base().settings, inWindow.value)
      const left = (await control.audit({ kind: 'current' })).findings
      assert.ok(!left.some(one => one.kind === kind), JSON.stringify(left))

      assert.equal((await run(['settings', 'undo', '--allow-open-relay'], control)).status, 0)
      assert.equal(await text(), before)
    })
  }
})
