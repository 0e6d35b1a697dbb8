/** "Let remote users send" makes the document's settings, byte for byte as the README's commands do, or says why not. */
import assert from 'node:assert/strict'
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import type { RemoteUsers } from '../../../app/control/control.ts'
import { Relay } from '../../../app/relay.ts'
import { setPath } from '../../../app/settings/path.ts'
import { makeFolder } from '../../support/folder.ts'

const readme = await readFile(join(import.meta.dirname, '../../../README.md'), 'utf8')

/** The arguments of each `npx postern` line of the README that begins so. */
function commands(start: string): string[][] {
  return [...readme.matchAll(/^npx postern (.*)$/gm)]
    .map(([, line = '']) =>
      [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? ''),
    )
    .filter(words => words.join(' ').startsWith(start))
}

async function open(t: TestContext, folder: string): Promise<Relay> {
  const relay = await Relay.open(folder, { version: '0.1.0', say: () => {} })
  t.after(() => relay.stop())
  return relay
}

async function set(relay: Relay, words: readonly string[]): Promise<void> {
  const [, , path = '', text = ''] = words
  const value = /^[[{]|^(true|false)$/.test(text) ? JSON.parse(text) : text
  const applied = await relay.control.setSettings(path, value, 'command line')
  assert.ok(applied.ok, `${path}: ${JSON.stringify(applied)}`)
}

const asked: RemoteUsers = { users: ['support', 'webmaster'], officeLogsOn: false }

test("it makes the settings of the README's commands, byte for byte, as one change that is undone as one", async t => {
  const root = await makeFolder(t)
  const [one, other] = [join(root, 'commands'), join(root, 'wizard')]
  const byCommands = await open(t, one)
  for (const words of commands('settings set localDomains')) await set(byCommands, words)
  const users = commands('user add')
  assert.equal(users.length, 3)
  for (const [, , name = '', , address = ''] of users)
    assert.ok((await byCommands.control.addUser(name, [address], 'a long password', 'command line')).ok)
  await mkdir(other, { mode: 0o700 })
  await copyFile(join(one, 'settings.json'), join(other, 'settings.json'))
  const before = await readFile(join(one, 'settings.json'))

  const lines = commands('settings set smtp.')
  assert.equal(lines.length, 6)
  for (const words of lines) await set(byCommands, words)
  const byWizard = await open(t, other)
  const plan = await byWizard.control.planRemoteUsers(asked)
  assert.ok(plan.ok, JSON.stringify(plan))
  assert.deepEqual(await readFile(join(other, 'settings.json')), before)
  assert.ok((await byWizard.control.letRemoteUsersSend(asked, 'window')).ok)
  const made = await readFile(join(other, 'settings.json'), 'utf8')
  assert.equal(made, await readFile(join(one, 'settings.json'), 'utf8'))

  const again = await byWizard.control.letRemoteUsersSend(asked, 'window')
  assert.deepEqual(again, { ok: true, words: 'nothing changed' })
  assert.ok((await byWizard.control.undo('window')).ok)
  assert.deepEqual(await readFile(join(other, 'settings.json')), before)
})

type Raw = Record<string, unknown>
const hash = `scrypt$16384$8$1$${'A'.repeat(22)}$${'B'.repeat(43)}`
const account = (name: string, more: object = {}) => ({ name, password: hash, ...more })

/** An office with these rows; `change` is laid at paths. */
async function office(
  t: TestContext,
  access: readonly object[],
  change: Readonly<Record<string, unknown>> = {},
): Promise<Relay> {
  const folder = await makeFolder(t)
  const users = [account('support'), account('fred'), account('off', { enabled: false }), { name: 'mute' }]
  const smtp = { listeners: [{ address: '127.0.0.1', port: 0, encryption: 'none' }], access }
  const start = { schema: 1, routers: ['192.168.1.1'], localNetworks: ['192.168.1.0/24'], users, smtp }
  const raw = Object.entries(change).reduce<unknown>((done, [path, value]) => {
    const next = setPath(done, path, value)
    assert.ok(next.ok)
    return next.value
  }, start)
  await writeFile(join(folder, 'settings.json'), JSON.stringify(raw))
  return open(t, folder)
}

async function rowsAfter(relay: Relay, more: Partial<RemoteUsers> = {}): Promise<unknown> {
  const applied = await relay.control.letRemoteUsersSend({ ...asked, users: ['support'], ...more }, 'window')
  assert.ok(applied.ok, JSON.stringify(applied))
  const { smtp } = JSON.parse(
    await readFile(join((await relay.control.status()).folder, 'settings.json'), 'utf8'),
  ) as {
    smtp: Raw
  }
  assert.equal(smtp['authentication'], 'required')
  assert.equal(smtp['internalMailWithoutAuthentication'], true)
  assert.equal(smtp['antiRelay'], 'client-address')
  return smtp['access']
}

async function refusal(relay: Relay, more: Partial<RemoteUsers> = {}): Promise<string> {
  const wanted = { ...asked, users: ['support'], ...more }
  const plan = await relay.control.planRemoteUsers(wanted)
  const applied = await relay.control.letRemoteUsersSend(wanted, 'window')
  assert.ok(!plan.ok && !applied.ok, JSON.stringify(plan))
  assert.deepEqual(plan.problems, applied.problems)
  return plan.problems.map(({ path, text }) => `${path}: ${text}`).join('\n')
}

const routers = { action: 'block', from: 'routers' }
const local = { action: 'allow', from: 'local-networks' }
const remote = { action: 'allow', from: 'any', users: ['support'] }

describe('from other rows', () => {
  test('an empty list gets all three', async t => {
    const rows = await rowsAfter(await office(t, []))
    assert.deepEqual(rows, [routers, { ...local, withoutAuthentication: true }, remote])
  })

  test("a person's own comments and rows stay, and other networks that send now go on without logging on", async t => {
    const own = [
      { ...routers, comment: 'ours' },
      { action: 'block', from: '192.168.1.66' },
      { ...local, comment: 'desks' },
      { action: 'allow', from: '10.8.0.0/16' },
      { action: 'allow', from: '10.9.0.0/16', enabled: false },
    ]
    assert.deepEqual(await rowsAfter(await office(t, own)), [
      own[0],
      own[1],
      { ...own[2], withoutAuthentication: true },
      { ...own[3], withoutAuthentication: true },
      own[4],
      remote,
    ])
  })

  test('where a log-on is required already, networks that must log on still must', async t => {
    const own = [routers, local, { action: 'allow', from: '10.8.0.0/16' }]
    const relay = await office(t, own, { 'smtp.authentication': 'required' })
    const rows = await rowsAfter(relay)
    assert.deepEqual(rows, [routers, { ...local, withoutAuthentication: true }, own[2], remote])
  })

  test('the office logs on too where that is asked for', async t => {
    const relay = await office(t, [routers, { ...local, withoutAuthentication: true }])
    assert.deepEqual(await rowsAfter(relay, { officeLogsOn: true }), [routers, local, remote])
  })

  test('an open row for any address is closed to those users, and every user is no list', async t => {
    const open = { action: 'allow', from: 'any', withoutAuthentication: true, comment: 'oops' }
    const relay = await office(t, [routers, local, open])
    assert.deepEqual(await rowsAfter(relay), [
      routers,
      { ...local, withoutAuthentication: true },
      { action: 'allow', from: 'any', comment: 'oops', users: ['support'] },
    ])
    const every = await rowsAfter(relay, { users: [], everyUser: true })
    assert.deepEqual((every as Raw[])[2], { action: 'allow', from: 'any', comment: 'oops' })
  })

  test('routers are blocked above what is allowed', async t => {
    const rows = await rowsAfter(await office(t, [local, routers]))
    assert.deepEqual((rows as Raw[])[0], routers)
  })
})

test('an account is made in the same change, and one undo takes both back', async t => {
  const relay = await office(t, [routers, local])
  const newUser = { name: 'anna', addresses: [], password: 'a long password' }
  const rows = await rowsAfter(relay, { newUser })
  assert.deepEqual((rows as Raw[])[2], { ...remote, users: ['support', 'anna'] })
  assert.ok((await relay.control.listUsers()).some(({ name, hasPassword }) => name === 'anna' && hasPassword))
  assert.ok((await relay.control.undo('window')).ok)
  assert.equal((await relay.control.listUsers()).length, 4)
  assert.equal((await relay.control.history()).length, 2)
})

describe('where it cannot, it says why and changes nothing', () => {
  const cases: readonly (readonly [string, Partial<RemoteUsers>, RegExp])[] = [
    ['nobody', { users: [] }, /^users: Choose at least one user/],
    ['a stranger', { users: ['jo'] }, /^users: Make the user jo first/],
    ['a disabled account', { users: ['off'] }, /^users: Switch the account off on first/],
    ['an account without a password', { users: ['mute'] }, /^users: Give mute a password first/],
    [
      'a new account of a name that is taken',
      { newUser: { name: 'Fred', addresses: [], password: 'x' } },
      /^newUser\.name: Write another name/,
    ],
    [
      'a new account whose address is in no local domain',
      { newUser: { name: 'jo', addresses: ['jo@far.example'], password: 'x' } },
      /^newUser\.addresses\[0\]: Add "far\.example"/,
    ],
    [
      'a new account without a password',
      { newUser: { name: 'jo', addresses: [], password: '' } },
      /^newUser\.password: Write a password/,
    ],
  ]
  for (const [name, more, expected] of cases)
    test(name, async t => {
      const relay = await office(t, [routers, local])
      assert.match(await refusal(relay, more), expected)
      assert.deepEqual(await relay.control.history(), [])
    })

  test('the service is off', async t => {
    assert.match(await refusal(await office(t, [], { 'smtp.enabled': false })), /^smtp\.enabled: Switch/)
  })

  test('a row blocks every address', async t => {
    const relay = await office(t, [routers, local, { action: 'block', from: 'any' }])
    assert.match(await refusal(relay), /^smtp\.access\[2\]: Remove row 3 .* first/)
  })

  test('a row for every address stands above others', async t => {
    const relay = await office(t, [{ action: 'allow', from: 'any' }, local])
    assert.match(await refusal(relay), /^smtp\.access\[0\]: Move row 1 .* to the end first/)
  })

  for (const row of [
    { action: 'allow', from: '0.0.0.0/0' },
    { action: 'allow', from: '0.0.0.0 0.0.0.0', users: ['fred'] },
    { action: 'block', from: '0.0.0.0-255.255.255.255' },
    { action: 'allow', from: '::/0' },
  ])
    test(`a row for all of a family would decide in place of the one that is added: ${JSON.stringify(row)}`, async t => {
      for (const authentication of ['allowed', 'required']) {
        const relay = await office(t, [routers, local, row, { action: 'allow', from: 'any' }], {
          'smtp.authentication': authentication,
        })
        assert.match(
          await refusal(relay),
          /^smtp\.access\[2\]: Remove row 3 of IP Access Restrictions first: it is for every IPv[46] address/,
        )
      }
    })

  test('not a row that blocks IPv6 as a whole: users send from IPv4', async t => {
    const relay = await office(t, [routers, local, { action: 'block', from: '::/0' }])
    const plan = await relay.control.planRemoteUsers({ ...asked, users: ['support'] })
    assert.ok(plan.ok)
  })

  test('nor is it enough that they could send from IPv6', async t => {
    const relay = await office(t, [routers, local], {
      'smtp.useGlobalAccess': true,
      globalAccess: [{ action: 'allow', from: '::/0' }],
    })
    assert.match(await refusal(relay), /^users: From the Internet support could still not send: the Global/)
  })

  test('the global list refuses them', async t => {
    const relay = await office(t, [routers, local], {
      'smtp.useGlobalAccess': true,
      globalAccess: [local],
    })
    assert.match(await refusal(relay), /^users: From the Internet support could still not send: the Global/)
  })
})

test('it says what else must be seen to', async t => {
  const notes = async (listeners: readonly object[]) => {
    const relay = await office(t, [routers, local], { 'smtp.listeners': listeners })
    const plan = await relay.control.planRemoteUsers({ ...asked, users: ['support'] })
    assert.ok(plan.ok)
    return plan.notes.join('\n')
  }
  assert.match(
    await notes([{ address: '0.0.0.0', port: 25, encryption: 'none' }]),
    /No binding that can be reached from outside offers encryption/,
  )
  assert.match(
    await notes([{ address: '127.0.0.1', port: 587 }]),
    /No binding can be reached from outside, only from this machine/,
  )
  assert.match(
    await notes([{ address: '0.0.0.0', port: 25 }]),
    /router must pass port 25 .*\n.*block port 25/,
  )
  assert.doesNotMatch(await notes([{ address: '0.0.0.0', port: 587 }]), /block port 25/)
})
