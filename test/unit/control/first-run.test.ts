/** The first questions: when they are asked, what a machine suggests, and the settings that the answers make. */
import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import type { FirstAnswers } from '../../../app/control/first-answers.ts'
import { isUnfinished, publicDomain, setupState, suggest } from '../../../app/control/setup.ts'
import { formatKept } from '../../../app/oauth/kept-sign-in.ts'
import { Relay } from '../../../app/relay.ts'
import { firstSettings } from '../../../app/settings/defaults.ts'
import { formatSettings } from '../../../app/settings/file.ts'
import { getPath, setPath } from '../../../app/settings/path.ts'
import { makeFolder } from '../../support/folder.ts'

const answers: FirstAnswers = {
  domain: 'Example.com',
  mail: 'elsewhere',
  officeServer: '',
  leaves: 'provider',
  server: 'smtp.provider.example',
  encryption: 'starttls-required',
  signIn: 'office',
  signInBy: 'password',
  clientId: '',
  people: 'office',
  users: [],
}
const anna = { name: 'anna', addresses: ['anna@example.com'], password: 'a long password' }

async function fresh(t: TestContext, change: Readonly<Record<string, unknown>> = {}) {
  const folder = await makeFolder(t)
  const file = join(folder, 'settings.json')
  const raw = Object.entries(change).reduce<unknown>((done, [path, value]) => {
    const next = setPath(done, path, value)
    assert.ok(next.ok)
    return next.value
  }, firstSettings(0))
  await writeFile(file, formatSettings(raw))
  const relay = await Relay.open(folder, { version: '0.1.0', say: () => {} })
  t.after(() => relay.stop())
  return { relay, text: () => readFile(file, 'utf8') }
}

/** What the answers made of a first start's settings, with the way to what stands at a path. */
async function made(t: TestContext, change: Partial<FirstAnswers>, before = {}) {
  const { relay, text } = await fresh(t, before)
  const start = await text()
  const plan = await relay.setup.planFirstRun({ ...answers, ...change }, 'of the provider')
  assert.ok(plan.ok, JSON.stringify(plan))
  assert.equal(await text(), start)
  const applied = await relay.setup.applyFirstRun({ ...answers, ...change }, 'of the provider')
  assert.ok(applied.ok, JSON.stringify(applied))
  const raw: unknown = JSON.parse(await text())
  const at = (path: string) => {
    const found = getPath(raw, path)
    return found.ok ? found.value : undefined
  }
  return { relay, at, plan, start, text }
}

const login = (user: string, secret: string) => ({ method: 'password', user, secret })

describe('the answers', () => {
  test('mailboxes elsewhere: no domain is local, the host name says it, all mail goes to the provider', async t => {
    const { relay, at, start, text } = await made(t, {})
    assert.match(String(at('hostname')), /\.example\.com$|\./)
    assert.deepEqual(at('localDomains'), [])
    assert.deepEqual(at('smtp.access'), (firstSettings(0) as { smtp: { access: unknown } }).smtp.access)
    assert.deepEqual(at('delivery.routes'), [
      {
        to: ['*'],
        via: 'smart-host',
        hosts: ['smtp.provider.example:587'],
        encryption: 'starttls-required',
        login: login('office', 'smtp.provider.example'),
      },
    ])
    assert.deepEqual(await relay.control.listSecrets(), ['smtp.provider.example'])
    assert.equal((await relay.setup.setup()).state, 'done')
    assert.equal((await relay.control.history()).length, 1)
    assert.ok((await relay.control.undo('window')).ok)
    assert.equal(await text(), start)
    assert.equal((await relay.setup.setup()).state, 'unfinished')
  })

  test('mailboxes here: the domain is local, and the first account has its address and the postmaster’s mail', async t => {
    const { relay, at } = await made(t, { mail: 'here', newUser: anna, signIn: '', leaves: 'provider' })
    assert.deepEqual(at('localDomains'), ['example.com'])
    assert.deepEqual(at('users[0].addresses'), ['anna@example.com'])
    assert.deepEqual(at('aliases'), { 'postmaster@example.com': ['anna'] })
    assert.equal(at('delivery.routes[0].login'), undefined)
    assert.deepEqual(await relay.control.listSecrets(), [])
  })

  test('a server in the office gets the domain’s mail, before the way for all other', async t => {
    const { at } = await made(t, { mail: 'office-server', officeServer: '192.168.1.20', encryption: 'tls' })
    const hosts = [at('delivery.routes[0].hosts'), at('delivery.routes[1].hosts')]
    assert.deepEqual(hosts, [['192.168.1.20:25'], ['smtp.provider.example:465']])
    assert.deepEqual(at('delivery.routes[0].to'), ['example.com'])
  })

  for (const [leaves, host] of [
    ['microsoft-365', 'smtp.office365.com'],
    ['google', 'smtp.gmail.com'],
  ] as const)
    test(leaves, async t => {
      const { at } = await made(t, { leaves, signIn: 'office@example.com' })
      assert.deepEqual(at('delivery.routes[0]'), {
        to: ['*'],
        via: 'smart-host',
        hosts: [`${host}:587`],
        encryption: 'starttls-required',
        login: login('office@example.com', host),
      })
    })

  const client = '11111111-2222-3333-4444-555555555555'
  const byOAuth = { signIn: ' office@example.com', signInBy: 'oauth2', clientId: ` ${client} ` } as const

  test('Microsoft 365 with OAuth2: the sender as the paper on signing in has it, no password, and then the sign-in', async t => {
    const { relay, at, plan } = await made(t, { leaves: 'microsoft-365', ...byOAuth })
    assert.deepEqual(at('delivery.routes'), [
      {
        to: ['*'],
        via: 'smart-host',
        hosts: ['smtp.office365.com:587'],
        encryption: 'starttls-required',
        login: {
          method: 'oauth2',
          user: 'office@example.com',
          secret: 'smtp.office365.com',
          provider: 'microsoft',
          clientId: client,
        },
      },
    ])
    assert.deepEqual(await relay.control.listSecrets(), [])
    assert.ok(plan.ok)
    assert.match(plan.notes.join(), /Mail waits until somebody has signed in as office@example\.com/)
    const [facts] = (await relay.control.status()).signIns ?? []
    assert.deepEqual(
      [facts?.name, facts?.provider, facts?.ways],
      ['smtp.office365.com', 'Microsoft', ['browser', 'device']],
    )
    assert.equal(facts?.standing.kind === 'needs-person' && facts.standing.reason, 'never')
    const again = await relay.setup.planFirstRun({ ...answers, leaves: 'microsoft-365', ...byOAuth }, '')
    assert.ok(again.ok, 'nothing secret is asked for')
  })

  test('Google with OAuth2: the client secret is kept under its own name', async t => {
    const { relay, at } = await made(t, { leaves: 'google', ...byOAuth })
    assert.deepEqual(at('delivery.routes[0].login'), {
      method: 'oauth2',
      user: 'office@example.com',
      secret: 'smtp.gmail.com',
      provider: 'google',
      clientId: client,
      clientSecret: 'smtp.gmail.com client',
    })
    assert.deepEqual(await relay.control.listSecrets(), ['smtp.gmail.com client'])
  })

  test('a sender that stays and has the name keeps it: the new one gets another, and the same one the same', async t => {
    const shop = {
      to: ['*'],
      senders: ['shop@example.com'],
      via: 'smart-host',
      hosts: ['smtp.office365.com:587'],
      encryption: 'starttls-required',
      login: { method: 'password', user: 'shop@example.com', secret: 'smtp.office365.com' },
    }
    const named = { ...shop, to: ['partner.example'] }
    const { at } = await made(t, { leaves: 'microsoft-365', ...byOAuth }, { 'delivery.routes': [named] })
    assert.deepEqual(at('delivery.routes[0]'), named)
    assert.equal(at('delivery.routes[1].login.secret'), 'smtp.office365.com 2')
    const login = { method: 'oauth2', user: 'office@example.com', secret: 'smtp.office365.com' }
    const alike = { ...named, login: { ...login, provider: 'microsoft', clientId: client } }
    const same = await made(t, { leaves: 'microsoft-365', ...byOAuth }, { 'delivery.routes': [alike] })
    assert.equal(same.at('delivery.routes[1].login.secret'), 'smtp.office365.com')
  })

  test('another provider is asked with a password, whatever was chosen for Microsoft', async t => {
    const { at } = await made(t, { ...byOAuth, signIn: 'office' })
    assert.deepEqual(at('delivery.routes[0].login'), login('office', 'smtp.provider.example'))
  })

  test('direct: nobody signs in, whatever was written for another way', async t => {
    const { relay, at } = await made(t, { leaves: 'direct', server: '', signIn: 'office' })
    assert.deepEqual(at('delivery.routes'), [{ to: ['*'], via: 'mx' }])
    assert.deepEqual(await relay.control.listSecrets(), [])
    assert.equal((await relay.setup.setup()).state, 'done')
  })

  test('remote users are let in as by their own procedure, whose account only logs on where mailboxes are elsewhere', async t => {
    const { at, plan } = await made(t, { people: 'office-and-remote', newUser: anna })
    assert.equal(at('smtp.authentication'), 'required')
    assert.deepEqual(at('smtp.access'), [
      { action: 'block', from: 'routers' },
      { action: 'allow', from: 'local-networks', withoutAuthentication: true },
      { action: 'allow', from: 'any', users: ['anna'] },
    ])
    assert.deepEqual(at('users[0].addresses'), [])
    assert.ok(plan.ok && plan.notes.some(note => /router must pass port/.test(note)))
  })

  test('only who logs on', async t => {
    const { at } = await made(t, { people: 'after-log-on', newUser: anna })
    assert.equal(at('smtp.authentication'), 'required')
    assert.equal(at('smtp.access[1].withoutAuthentication'), undefined)
  })

  test('asked again, they change what they asked for and leave other routes and the host name', async t => {
    const partner = { to: ['partner.example'], via: 'smart-host', hosts: ['10.1.1.4:25'] }
    const before = {
      hostname: 'mail.office.example',
      'delivery.routes': [{ to: ['*'], via: 'hold' }, partner],
      'smtp.access': [{ action: 'allow', from: 'any' }],
    }
    const { at } = await made(t, {}, before)
    assert.equal(at('hostname'), 'mail.office.example')
    assert.deepEqual(at('delivery.routes[0]'), partner)
    assert.deepEqual(at('delivery.routes[1].to'), ['*'])
    assert.equal(at('smtp.access[1].from'), 'local-networks')
  })
})

describe('what is wrong stands at its answer, and nothing is changed or kept', () => {
  const cases: readonly (readonly [string, Partial<FirstAnswers>, string])[] = [
    ['no domain', { domain: 'office' }, 'domain'],
    ['no server', { server: '' }, 'server'],
    ['a server that is none', { server: 'http://x' }, 'server'],
    ['no office server', { mail: 'office-server' }, 'officeServer'],
    ['no mailbox', { mail: 'here' }, 'newUser.name'],
    ['a mailbox without a name', { mail: 'here', newUser: { ...anna, name: 'a b' } }, 'newUser.name'],
    [
      'a mailbox without a password',
      { mail: 'here', newUser: { ...anna, password: '' } },
      'newUser.password',
    ],
    ['nobody to log on', { people: 'after-log-on' }, 'newUser.name'],
    ['no remote user', { people: 'office-and-remote' }, 'newUser.name'],
    ['a password in the clear', { encryption: 'starttls-if-offered' }, 'encryption'],
    ['nobody to sign in', { leaves: 'google', signIn: '' }, 'signIn'],
    [
      'no client id',
      { leaves: 'microsoft-365', signIn: 'office@example.com', signInBy: 'oauth2', clientId: ' ' },
      'clientId',
    ],
    ['no whole address', { leaves: 'google', signInBy: 'oauth2', clientId: 'c' }, 'signIn'],
  ]
  for (const [name, change, path] of cases)
    test(name, async t => {
      const { relay } = await fresh(t)
      const plan = await relay.setup.planFirstRun({ ...answers, ...change }, 'secret')
      const applied = await relay.setup.applyFirstRun({ ...answers, ...change }, 'secret')
      assert.ok(!plan.ok && !applied.ok)
      assert.ok(
        plan.problems.some(problem => problem.path === path),
        JSON.stringify(plan.problems),
      )
      assert.deepEqual(plan.problems, applied.problems)
      assert.deepEqual(await relay.control.listSecrets(), [])
      assert.equal((await relay.setup.setup()).state, 'never')
    })

  test('no client secret for Google, unless one is kept; what was kept of a sign-in is no password', async t => {
    const { relay } = await fresh(t)
    const google = { ...answers, leaves: 'google', signIn: 'office@example.com', clientId: 'c' } as const
    const by = (signInBy: 'oauth2' | 'password') => relay.setup.planFirstRun({ ...google, signInBy }, '')
    const plan = await by('oauth2')
    assert.ok(!plan.ok && plan.problems[0]?.path === 'password')
    assert.match(plan.problems[0].text, /client secret/)
    await relay.control.setSecret('smtp.gmail.com client', 'kept')
    assert.ok((await by('oauth2')).ok)
    const kept = { issuer: 'i', clientId: 'c', user: 'office@example.com', refreshToken: 'r', signedIn: 0 }
    await relay.control.setSecret('smtp.gmail.com', formatKept(kept))
    const withPassword = await by('password')
    assert.ok(!withPassword.ok && withPassword.problems[0]?.path === 'password')
  })

  test('no password of the sign-in, unless one is kept', async t => {
    const { relay } = await fresh(t)
    const asked = () => relay.setup.planFirstRun(answers, '')
    const plan = await asked()
    assert.ok(!plan.ok && plan.problems[0]?.path === 'password')
    await relay.control.setSecret('smtp.provider.example', 'kept')
    assert.ok((await asked()).ok)
  })
})

describe('whether they are asked', () => {
  const state = async (t: TestContext, change = {}) => {
    const { relay } = await fresh(t, change)
    const { unfinished } = await relay.control.status()
    return [(await relay.setup.setup()).state, unfinished === true]
  }
  const route = { to: ['*'], via: 'hold' }

  test('where the settings are those of a first start and never changed', async t => {
    assert.deepEqual(await state(t), ['never', true])
    assert.equal(setupState(firstSettings(2525), {} as never, 0), 'never')
  })

  test('offered while no route or no domain stands', async t => {
    assert.deepEqual(await state(t, { localDomains: ['example.com'] }), ['unfinished', true])
    assert.deepEqual(await state(t, { 'delivery.routes': [route] }), ['unfinished', true])
  })

  test('not where both stand, by a local domain or by the name it greets with', async t => {
    const named = { hostname: 'mail.example.com', 'delivery.routes': [route] }
    assert.deepEqual(await state(t, named), ['done', false])
    assert.deepEqual(await state(t, { localDomains: ['a.example'], 'delivery.routes': [route] }), [
      'done',
      false,
    ])
    assert.ok(isUnfinished({}, { localDomains: [], delivery: { routes: [] } } as never))
  })
})

test('a domain that only a router gave out is none', () => {
  for (const name of [
    'fritz.box',
    'office.lan',
    'x.local',
    'localdomain',
    'a.home.arpa',
    '',
    undefined,
    'pc',
  ])
    assert.equal(publicDomain(name), undefined, name)
  assert.equal(publicDomain('Office.Example.'), 'office.example')
})

test('DNS suggests who has the mail and where mail is taken for sending', () => {
  assert.equal(suggest(['office-example.mail.protection.outlook.com']).mail, 'microsoft-365')
  assert.equal(suggest(['ASPMX.L.GOOGLE.COM.', 'alt1.aspmx.l.google.com']).mail, 'google')
  assert.equal(suggest(['mx.notgoogle.example']).mail, 'elsewhere')
  assert.equal(suggest(['evilgoogle.com']).mail, 'elsewhere')
  assert.deepEqual(suggest([]), { mail: 'unknown' })
  const service = (name: string, port: number) => ({ name, port })
  assert.deepEqual(suggest([], [service('s.example', 465)], [service('t.example', 587)]).submission, {
    host: 's.example',
    port: 465,
    tls: true,
  })
  const { submission } = suggest([], [service('.', 0)], [service('t.example', 587)])
  assert.equal(submission?.host, 't.example')
})
