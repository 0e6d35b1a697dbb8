/** The parser: defaults, canonical forms, and settings made to do harm. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import fc from 'fast-check'
import { createDirectory } from '../../../app/access/directory.ts'
import { firstSettings } from '../../../app/settings/defaults.ts'
import { formatSettings } from '../../../app/settings/file.ts'
import { maxText, parseSettings, parseSettingsText, withDefaults } from '../../../app/settings/parse.ts'
import type { Settings } from '../../../app/settings/settings.ts'
import { checks } from './checks.ts'

function parsed(raw: unknown): Settings {
  const result = parseSettings(raw, checks)
  assert.ok(result.ok, JSON.stringify(result))
  return result.value
}

function problemPaths(raw: unknown): readonly string[] {
  const result = parseSettings(raw, checks)
  return result.ok ? [] : result.problems.map(({ path }) => path)
}

function route(fields: object): Settings['delivery']['routes'][number] | undefined {
  return parsed({ delivery: { routes: [{ to: ['*'], via: 'smart-host', ...fields }] } }).delivery.routes[0]
}

test('everything has a default, and the access list is closed', () => {
  const { hostname, ...settings } = parsed({})
  assert.match(hostname, /^[a-z0-9]/)
  assert.deepEqual(settings, {
    schema: 1,
    localDomains: [],
    localNetworks: 'auto',
    routers: 'auto',
    users: [],
    aliases: {},
    catchAll: {},
    certificate: {
      source: 'own',
      acme: {
        directory: 'https://acme-v02.api.letsencrypt.org/directory',
        names: [],
        termsAgreed: false,
        challenge: 'http-01',
        port: 80,
        dnsWait: 30_000,
      },
    },
    globalAccess: [],
    smtp: {
      enabled: true,
      listeners: [{ address: '0.0.0.0', port: 25, encryption: 'starttls' }],
      authentication: 'allowed',
      internalMailWithoutAuthentication: true,
      plaintextAuthentication: 'local-networks',
      antiRelay: 'client-address',
      useGlobalAccess: false,
      access: [],
      maxMessageSize: 26_214_400,
      maxRecipients: 100,
      maxConnections: 200,
      maxConnectionsPerClient: 20,
      oldDevices: { maxConnections: 10, maxConnectionsPerClient: 3 },
      maxConnectionsPerNetwork: 60,
      reservedShare: 25,
      idleTimeout: 60_000,
      sessionTimeout: 3_600_000,
      commandTimeout: 300_000,
      dataTimeout: 7_200_000,
      minDataRate: 500,
      ids: {
        enabled: true,
        threshold: 400,
        window: 3_600_000,
        blockTime: 1_800_000,
        points: {
          relayDenied: 100,
          badPassword: 50,
          unknownUser: 50,
          unknownRecipient: 50,
          protocolError: 10,
          earlyTalker: 50,
          tooManyConnections: 5,
        },
        neverBlock: ['local-networks', 'routers'],
        alwaysBlock: [],
      },
    },
    delivery: {
      routes: [],
      retry: [60_000, 300_000, 900_000, 1_800_000, 3_600_000, 7_200_000, 14_400_000],
      warnAfter: 14_400_000,
      giveUpAfter: 432_000_000,
      connections: 10,
      copyBouncesToPostmaster: false,
      dnsServers: 'auto',
      dkim: [],
      alerts: { stuckAfter: 14_400_000, minimumFreeDisk: 1024 ** 3, mailTo: [] },
    },
  })
})

test('defaults are not shared between two parses', () => {
  assert.notEqual(parsed({}).smtp.listeners, undefined)
  assert.notEqual(parsed({}).users, parsed({}).users)
})

test('the first settings are valid and take the port', () => {
  const { smtp, delivery, localDomains } = parsed(firstSettings(2525))
  assert.deepEqual(smtp.listeners, [{ address: '0.0.0.0', port: 2525, encryption: 'starttls' }])
  assert.deepEqual(
    smtp.access.map(({ action, from, withoutAuthentication }) => [action, from, withoutAuthentication]),
    [
      ['block', 'routers', false],
      ['allow', 'local-networks', false],
    ],
  )
  assert.deepEqual(
    [smtp.authentication, smtp.antiRelay, delivery.routes, localDomains],
    ['allowed', 'client-address', [], []],
  )
})

test('hosts get the port of their encryption', () => {
  const hosts = [
    'a.example',
    'A.example.:587',
    '10.0.0.1',
    '[2001:DB8::1]:2525',
    '2001:db8::1',
    'bücher.example',
  ]
  assert.deepEqual(route({ hosts })?.hosts, [
    { host: 'a.example', port: 25 },
    { host: 'a.example', port: 587 },
    { host: '10.0.0.1', port: 25 },
    { host: '2001:db8::1', port: 2525 },
    { host: '2001:db8::1', port: 25 },
    { host: 'xn--bcher-kva.example', port: 25 },
  ])
  const login = { method: 'password', user: 'u', secret: 's' }
  assert.equal(route({ hosts: ['a.example'], encryption: 'tls', login })?.hosts[0]?.port, 465)
  assert.equal(route({ hosts: ['a.example'], encryption: 'starttls-required', login })?.hosts[0]?.port, 25)
  assert.equal(route({ hosts: ['a.example'], via: 'lmtp' })?.hosts[0]?.port, 24)
})

test('domains, addresses and account names come in canonical form', () => {
  const settings = parsed({
    localDomains: ['Example.COM.', 'bücher.example'],
    users: [{ name: 'Support', addresses: ['Help@EXAMPLE.com.'], forwardTo: ['boss@BÜCHER.example'] }],
    aliases: { 'Info@Example.Com': ['sUPPORT', 'X@Example.COM'] },
    catchAll: { 'BÜCHER.example.': 'support' },
    delivery: {
      routes: [{ to: ['*.Example.NET.', 'EXAMPLE.net'], via: 'hold' }],
      dnsServers: ['192.0.2.1', '2001:db8::1'],
    },
  })
  assert.deepEqual(settings.localDomains, ['example.com', 'xn--bcher-kva.example'])
  assert.deepEqual(settings.users[0]?.addresses, ['Help@example.com'])
  assert.deepEqual(settings.users[0]?.forwardTo, ['boss@xn--bcher-kva.example'])
  assert.deepEqual(settings.aliases, { 'Info@example.com': ['Support', 'X@example.com'] })
  assert.deepEqual(settings.catchAll, { 'xn--bcher-kva.example': 'Support' })
  assert.deepEqual(settings.delivery.routes[0]?.to, ['*.example.net', 'example.net'])
  assert.deepEqual(settings.delivery.dnsServers, ['192.0.2.1:53', '[2001:db8::1]:53'])
})

test("the contract's example gives its values", () => {
  const text = readFileSync('test/fixtures/settings/contract-example.json', 'utf8')
  const result = parseSettingsText(text, checks)
  assert.ok(result.ok)
  assert.deepEqual(result.raw, JSON.parse(text))
  assert.equal(result.settings.smtp.access.length, 6)
  assert.deepEqual(result.settings.delivery.routes[1]?.login, {
    method: 'password',
    user: 'office',
    secret: 'provider',
  })
})

test('defaults written out give the same settings, in the units of the file', () => {
  const text = readFileSync('test/fixtures/settings/contract-example.json', 'utf8')
  for (const raw of [{}, firstSettings(25), JSON.parse(text)]) {
    assert.deepEqual(parsed(withDefaults(raw)), parsed(raw))
    assert.deepEqual(withDefaults(withDefaults(raw)), withDefaults(raw))
  }
  assert.match(formatSettings(withDefaults({})), /"warnAfter": "4h"/)
})

test('a broken part hides no contradiction elsewhere, and invents none', () => {
  assert.deepEqual(
    problemPaths({ users: 5, aliases: { 'a@example.com': ['nobody'] }, localDomains: ['example.com'] }),
    ['users'],
  )
  assert.deepEqual(
    problemPaths({
      users: [{ name: 'con' }],
      catchAll: { 'example.com': 'con' },
      localDomains: ['example.com'],
    }),
    ['users[0].name'],
  )
  assert.deepEqual(
    problemPaths({
      localDomains: ['example.com', 5],
      users: [{ name: 'a', addresses: ['a@other.example'] }],
    }),
    ['localDomains[1]'],
  )
  assert.deepEqual(problemPaths({ delivery: { warnAfter: 'soon', giveUpAfter: '1h' } }), [
    'delivery.warnAfter',
  ])
})

test('endless settings are refused at once', () => {
  const before = process.cpuUsage()
  const nested = Array.from({ length: 100_000 }).reduce<unknown>(inner => [inner], 1)
  assert.equal(problemPaths({ aliases: nested }).length, 1)
  assert.deepEqual(problemPaths({ localDomains: Array(5_000_000).fill('x') }), [''])
  assert.deepEqual(problemPaths(Array(5_000_000).fill(1)), [''])
  const listed = parseSettingsText(`{"localDomains": [${'5,'.repeat(100_000)}5]}`, checks)
  assert.equal(listed.ok ? 0 : listed.problems.length, 501)
  // Of the processor, which others may need meanwhile.
  assert.ok(process.cpuUsage(before).user < 5_000_000)
})

test('a file of megabytes is refused by its size', () => {
  const result = parseSettingsText(' '.repeat(maxText + 1), checks)
  assert.ok(!result.ok)
  assert.match(result.problems[0]?.text ?? '', /smaller than 32MB/)
})

test('no settings change a prototype', () => {
  const raw: unknown = JSON.parse(
    '{"__proto__": {"enabled": false}, "smtp": {"__proto__": {"maxRecipients": 1}}}',
  )
  assert.deepEqual(problemPaths(raw), ['__proto__', 'smtp.__proto__'])
  const result = parseSettings(JSON.parse('{"aliases": {"constructor@example.com": ["__proto__"]}}'), checks)
  assert.ok(!result.ok)
  assert.equal(Reflect.get({}, 'enabled'), undefined)
})

const names = [
  'smtp',
  'delivery',
  'users',
  'listeners',
  'access',
  'routes',
  'hosts',
  'login',
  'aliases',
  'from',
  'name',
  'localDomains',
]
const { any } = fc.letrec(tie => ({
  any: fc.oneof(
    { maxDepth: 5, withCrossShrink: true },
    fc.oneof(
      fc.string(),
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
      fc.constantFrom('*', 'a@example.com', '4h', 'tls', 'hold'),
    ),
    fc.array(tie('any'), { maxLength: 4 }),
    fc.dictionary(fc.oneof(fc.constantFrom(...names), fc.string()), tie('any'), { maxKeys: 6 }),
  ),
}))

test('whatever the JSON is, the answer is settings or problems, each with a sentence', () => {
  fc.assert(
    fc.property(any, raw => {
      const result = parseSettings(raw, checks)
      if (result.ok) return
      assert.ok(result.problems.length > 0)
      for (const { text } of result.problems) assert.match(text, /^[A-Z"/].*[.?]$/s)
    }),
    { numRuns: 1000 },
  )
})

test('file and object give the same problems', () => {
  fc.assert(
    fc.property(any, raw => {
      const [object, text] = [parseSettings(raw, checks), parseSettingsText(JSON.stringify(raw), checks)]
      assert.deepEqual(text.ok ? [] : text.problems, object.ok ? [] : object.problems)
    }),
    { numRuns: 300 },
  )
})

test('a local domain may be *.domain, through to the directory; a catch-all is of one domain', () => {
  const raw = {
    localDomains: ['*.Bücher.example', 'example.com'],
    users: [{ name: 'fred', addresses: ['fred@a.bücher.example'] }],
    aliases: { 'info@b.c.xn--bcher-kva.example': ['fred'] },
  }
  const settings = parsed(raw)
  assert.deepEqual(settings.localDomains, ['*.xn--bcher-kva.example', 'example.com'])
  const kind = (localPart: string, domain: string) =>
    createDirectory(settings).resolve({ localPart, domain }).kind
  assert.equal(kind('fred', 'a.xn--bcher-kva.example'), 'internal')
  assert.equal(kind('info', 'b.c.xn--bcher-kva.example'), 'internal')
  assert.equal(kind('nobody', 'd.xn--bcher-kva.example'), 'unknown')
  assert.equal(kind('fred', 'xn--bcher-kva.example'), 'external')
  assert.deepEqual(problemPaths({ ...raw, catchAll: { '*.bücher.example': 'fred' } }), [
    'catchAll["*.bücher.example"]',
  ])
  assert.deepEqual(problemPaths({ ...raw, aliases: { 'info@bücher.example': ['fred'] } }), [
    'aliases["info@bücher.example"]',
  ])
  for (const domain of ['*', '*.', '*.*.example', 'a.*.example', '.example.com'])
    assert.deepEqual(problemPaths({ localDomains: [domain] }), ['localDomains[0]'], domain)
})
