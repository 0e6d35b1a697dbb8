/** What the doctor says of settings that are allowed, but hardly meant. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compilePolicy } from '../../../app/access/policy.ts'
import { checkSettings } from '../../../app/control/settings-checks.ts'
import { parseSettings } from '../../../app/settings/parse.ts'
import { checks } from '../settings/checks.ts'

const machine = {
  localNetworks: [{ family: 4, first: 10n << 24n, last: (11n << 24n) - 1n }],
  routers: [],
} as const
const user = (name: string, changes: object = {}) => ({
  name,
  addresses: [`${name}@example.com`],
  ...changes,
})

function found(raw: object): readonly string[] {
  const parsed = parseSettings(
    { hostname: 'mail.example.com', localDomains: ['*.below.example', 'example.com'], ...raw },
    checks,
  )
  assert.ok(parsed.ok, JSON.stringify(parsed))
  const settings = parsed.value
  return checkSettings(settings, compilePolicy(settings, machine)).map(
    ({ name, state, text, path = '', command = '' }) => {
      assert.equal(state, 'warning')
      assert.match(text, /: .*[^.]\.$|'$/)
      assert.doesNotMatch(text, /postern |\w\.\w+\[|\w\[\d/, 'a path or command in the words')
      return `${name}: ${text} [${path}] ${command}`.trimEnd()
    },
  )
}

const route = { to: ['*'], via: 'hold' }
const sound = {
  users: [user('fred')],
  aliases: { 'postmaster@example.com': ['fred'] },
  delivery: { routes: [route] },
  smtp: { access: [{ action: 'allow', from: 'local-networks' }] },
}

test('settings that are well say nothing', () => {
  assert.deepEqual(found(sound), [])
})

test('no route', () => {
  assert.match(
    found({ ...sound, delivery: {} })[0] ?? '',
    /^routes: No mail sender is set, .*: add one\. \[delivery\.routes\] postern settings set delivery\.routes/,
  )
})

test('a row that names an account nobody can log on to', () => {
  const access = [
    { action: 'allow', from: '10.0.0.1', users: ['fred'] },
    { action: 'allow', from: '10.0.0.2', users: ['fred'], enabled: false },
  ]
  const words = found({ ...sound, smtp: { access } })
  assert.deepEqual(words, [
    'access: Row 1 of the access list names fred, but that account has no password: set one. [users[0].password] postern user password fred',
  ])
  const off = found({ ...sound, users: [user('fred', { enabled: false })], smtp: { access } })
  assert.match(off.join(), /Row 1 of the access list names fred, but that account is switched off: /)
})

test('a row that names an account that does not exist', () => {
  const access = [{ action: 'allow', from: '10.0.0.1', users: ['ghost'] }]
  const smtp = { useGlobalAccess: true, access: sound.smtp.access }
  const words = found({ ...sound, globalAccess: access, smtp })
  assert.match(
    words.join(),
    /^access: Row 1 of the global access list names ghost, but there is no such account: /,
  )
})

test('postmaster of the first local domain that has a name leads nowhere', () => {
  const [words = '', ...more] = found({ ...sound, aliases: {} })
  assert.match(words, /^postmaster: Mail for postmaster@example\.com is refused.*: add an alias/)
  assert.deepEqual(more, [])
  assert.deepEqual(found({ ...sound, localDomains: ['*.below.example'], users: [], aliases: {} }), [])
})

test('clients from outside that must log on where no TLS lets them', () => {
  const smtp = (changes: object) => ({
    authentication: 'required',
    listeners: [{ address: '0.0.0.0', port: 25, encryption: 'none' }],
    access: [{ action: 'allow', from: 'any' }],
    ...changes,
  })
  const words = (changes: object) => found({ ...sound, smtp: smtp(changes) })
  assert.match(
    words({}).join(),
    /^log-on: Row 1 of the access list asks clients outside .* at 0\.0\.0\.0:25, since/,
  )
  assert.deepEqual(words({ plaintextAuthentication: 'always' }), [])
  assert.deepEqual(words({ authentication: 'disabled' }), [])
  assert.deepEqual(words({ access: [{ action: 'allow', from: '10.1.0.0/16' }] }), [])
  assert.deepEqual(words({ access: [{ action: 'allow', from: 'any', withoutAuthentication: true }] }), [])
  assert.deepEqual(words({ listeners: [{ address: '0.0.0.0', port: 25, encryption: 'starttls' }] }), [])
})

test('aliases that reach nobody, and accounts switched off that they name', () => {
  const users = [user('fred'), user('gone', { enabled: false })]
  const aliases = {
    'postmaster@example.com': ['fred'],
    'all@example.com': ['fred', 'gone'],
    'one@example.com': ['two@example.com'],
    'two@example.com': ['one@example.com'],
  }
  const lines = found({ ...sound, users, aliases, catchAll: { 'example.com': 'gone' } })
  assert.deepEqual(
    lines.map(line => line.replace(/, (since|who).*/, '')),
    [
      'aliases: The alias all@example.com names gone',
      'aliases: The catch-all of example.com names gone',
      'aliases: Mail for the alias one@example.com is refused',
      'aliases: Mail for the alias two@example.com is refused',
    ],
  )
})
