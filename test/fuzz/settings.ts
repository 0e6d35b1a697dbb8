/** Random settings: nearly right ones from a grammar, and their text spoilt. */
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { admit, decide } from '../../app/access/decide.ts'
import { parseClient } from '../../app/access/network.ts'
import { CHECKS } from '../../app/relay/checks.ts'
import { policyOf } from '../../app/relay/policy-of.ts'
import { formatSettings } from '../../app/settings/file.ts'
import { parseSettings, parseSettingsText, withDefaults } from '../../app/settings/parse.ts'
import { isObject } from '../../app/settings/path.ts'
import type { Problem, Settings } from '../../app/settings/settings.ts'
import { targetOf } from './target.ts'

interface SettingsCase {
  readonly raw: unknown
  /** Where the text is cut, how much of it, and what stands there instead. */
  readonly cut: readonly [at: number, length: number, put: string]
}

/** Most values fit, so that whole settings do now and then; the others are `wrong` in one way or another. */
const text = (good: readonly unknown[], wrong: readonly unknown[] = []) =>
  fc.oneof(
    { weight: 80, arbitrary: fc.constantFrom<unknown>(...good) },
    { weight: 1, arbitrary: fc.constantFrom<unknown>(...wrong, null, 5, '', [], {}, true) },
  )
const numberIn = (min: number, max: number) =>
  fc.oneof(
    { weight: 80, arbitrary: fc.integer({ min, max }) as fc.Arbitrary<unknown> },
    { weight: 1, arbitrary: fc.constantFrom<unknown>(-1, 1.5, '25', 2 ** 53, min - 1, max + 1) },
  )
const boolean = text([true, false], ['yes', 0])
const listOf = (one: fc.Arbitrary<unknown>, maxLength = 3) => fc.array(one, { maxLength })
const some = (fields: Record<string, fc.Arbitrary<unknown>>, required: readonly string[] = []) =>
  fc.record(fields, { requiredKeys: [...required] })

const names = ['fred', 'support', 'Müller']
const account = text(names, ['ghost', 'FRED', 'con', 'a/b'])
const internal = ['fred@example.com', 'SUPPORT@Example.com', '"a b"@example.com', 'jörg@example.com']
const address = text([...internal, 'boss@far.example', 'x@bücher.example'], ['fred', 'a b@x', 'a@b..c'])
const domain = text(
  ['far.example', 'Far.EXAMPLE.', '*.far.example', 'bücher.example', '*'],
  ['x_y', '1.2.3.4'],
)
const networks = ['10.0.0.0/8', '10.0.0.1-10.0.0.9', '2001:db8::/32', '::1', '192.0.2.7']
const from = text(
  ['any', 'local-networks', 'routers', 'mail.example.com', ...networks],
  ['10.0.0.0/33', 'no', '!10.0.0.0/8', '10.0.0.9-10.0.0.1', '0x7f.1'],
)
const network = text(networks, ['any', 'x', '10.0.0.0/33'])
const time = text(['1m', '4h', '15m', '90m', '2h'], ['soon', '0s', '-1m', '400d', '1h30m'])

const row = some(
  {
    action: text(['allow', 'block'], ['Allow']),
    from,
    withoutAuthentication: boolean,
    mendLineEnds: boolean,
    users: fc.oneof(fc.constant([]), listOf(account)),
    comment: fc.oneof(fc.string({ maxLength: 20 }), text(['office'], ['a\nb', '\u202e'])),
    enabled: boolean,
  },
  ['action', 'from'],
)
const userNamed = (name: string) =>
  some(
    {
      name: text([name], ['con', 'a/b', 'a b']),
      addresses: fc.constantFrom(
        [],
        [`${name}.x@example.com`],
        ['fred@example.com'],
        ['x@elsewhere.example'],
      ),
      enabled: boolean,
      forwardTo: listOf(address, 1),
      keepCopy: boolean,
      sendAs: text([null, 'fred@example.com'], ['*@example.com', 'fred']),
    },
    ['name'],
  )
const users = fc.subarray(names).chain(chosen => fc.tuple(...chosen.map(userNamed)))
const hold = some(
  {
    to: fc.array(domain, { minLength: 1, maxLength: 3 }),
    senders: listOf(text(['fred@example.com', '<>', '*']), 1),
  },
  ['to'],
).map(fields => ({ ...fields, via: 'hold' }))
const smartHost = some(
  {
    to: fc.array(domain, { minLength: 1, maxLength: 3 }),
    users: listOf(account, 1),
    via: text(['smart-host', 'smart-host', 'lmtp', 'mx'], ['pigeon']),
    hosts: fc.array(
      text(['a.example', 'A.example.:587', '10.0.0.1', '[::1]:25'], ['a b', ':25', 'a:99999']),
      {
        minLength: 1,
        maxLength: 2,
      },
    ),
    encryption: text(['none', 'starttls-if-offered', 'starttls-required', 'tls'], ['ssl']),
    limits: some({ connections: numberIn(1, 1000), messagesPerMinute: numberIn(1, 100_000) }),
  },
  ['to', 'via', 'hosts'],
)
const listener = some(
  {
    address: text(['0.0.0.0', '::', '127.0.0.1', '10.0.0.5'], ['localhost']),
    port: numberIn(1, 65_535),
    encryption: text(['none', 'starttls', 'starttls-required', 'tls'], ['ssl']),
  },
  ['address', 'port'],
)
const smtp = some({
  listeners: fc.array(listener, { minLength: 1, maxLength: 3 }),
  authentication: text(['disabled', 'allowed', 'required'], ['maybe']),
  internalMailWithoutAuthentication: boolean,
  plaintextAuthentication: text(['never', 'local-networks', 'always']),
  antiRelay: text(['client-address', 'authenticated-users']),
  useGlobalAccess: boolean,
  access: listOf(row, 5),
  maxMessageSize: text(['1MB', '25MB', 2048], ['9GB', 'x', 1]),
  maxRecipients: numberIn(1, 100_000),
  idleTimeout: text(['1m', '5m'], ['0s', 'soon']),
  ids: some({ enabled: boolean, threshold: numberIn(1, 100_000), window: time, neverBlock: listOf(network) }),
})
const delivery = some({
  routes: fc.oneof(fc.constant([]), listOf(fc.oneof(hold, smartHost))),
  retry: fc.array(time, { minLength: 1, maxLength: 3 }),
  warnAfter: time,
  giveUpAfter: text(['5d', '10d'], ['1m']),
  connections: numberIn(1, 1000),
  dnsServers: fc.oneof(
    text(['auto']),
    fc.array(text(['192.0.2.1', '[::1]:53'], ['x']), { minLength: 1, maxLength: 2 }),
  ),
})
const settings = some({
  schema: text([1], [2]),
  hostname: text(['mail.example.com', 'MAIL'], ['a b']),
  localDomains: fc.oneof(
    fc.constant(['example.com']),
    listOf(text(['example.com', '*.example.com', 'bücher.example']), 2),
  ),
  localNetworks: fc.oneof(text(['auto']), listOf(network, 2)),
  routers: fc.oneof(text(['auto']), listOf(text(['192.0.2.1', '::1'], ['x']), 2)),
  users,
  aliases: fc.dictionary(
    fc.constantFrom('info@example.com', 'all@Example.COM'),
    fc.array(fc.oneof(account, address), { minLength: 1, maxLength: 2 }),
    { maxKeys: 1 },
  ),
  catchAll: fc.dictionary(fc.constantFrom('example.com', 'EXAMPLE.com.'), account, { maxKeys: 1 }),
  globalAccess: listOf(row),
  smtp,
  delivery,
})

const put = fc.constantFrom(
  '',
  '"',
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  '\\',
  '\u0000',
  '\n',
  '0',
  '1e9999',
  '"__proto__":',
  '\ufeff',
  'null',
)
const cases: fc.Arbitrary<SettingsCase> = fc.record({
  raw: fc.oneof({ weight: 5, arbitrary: settings }, { weight: 1, arbitrary: fc.jsonValue() }),
  cut: fc.tuple(fc.nat(), fc.nat({ max: 6 }), put),
})

const machine = { localNetworks: [], routers: [] }
const clients = ['10.0.0.1', '10.0.0.5', '203.0.113.9', '::1', '2001:db8::5'].map(ip => parseClient(ip))

export const settingsTarget = targetOf<SettingsCase>({
  name: 'settings',
  cases,
  open:
    () =>
    ({ raw, cut: [at, length, replacement] }) => {
      const written = formatSettings(raw)
      const parsed = parseSettings(raw, CHECKS)
      if (parsed.ok) isSound(raw, parsed.value)
      else for (const problem of parsed.problems) isTold(problem)
      const place = at % (written.length + 1)
      const spoilt = written.slice(0, place) + replacement + written.slice(place + length)
      const read = parseSettingsText(spoilt, CHECKS)
      if (!read.ok) for (const problem of read.problems) isTold(problem)
      else {
        assert.deepEqual(read.raw, JSON.parse(spoilt.replace(/^\ufeff/, '')))
        isSound(read.raw, read.settings)
      }
      assert.equal(Object.getOwnPropertyNames(Object.prototype).length, PROTOTYPE)
    },
})

const PROTOTYPE = Object.getOwnPropertyNames(Object.prototype).length

/** A path as people write it, and a sentence that says what to do. */
function isTold({ path, text: words }: Problem): void {
  assert.match(path, /^[^\n\0]*$/)
  assert.match(words, /^[A-Z"/*<].*[.?]$/s)
  assert.doesNotMatch(words, /undefined|\[object|NaN|Invalid input/)
}

/** The same from its text, with its defaults, and as a policy that knows an answer for everybody. */
function isSound(raw: unknown, value: Settings): void {
  const again = parseSettingsText(formatSettings(raw), CHECKS)
  assert.deepEqual(again.ok && again.settings, value)
  const filled = withDefaults(raw)
  const full = parseSettings(filled, CHECKS)
  assert.deepEqual(full.ok ? full.value : full.problems, value)
  assert.deepEqual(withDefaults(filled), filled)
  assert.ok(isObject(filled), 'it is no object')
  const policy = policyOf(value, machine)
  for (const client of clients) {
    if (!client) continue
    assert.match(admit(policy, client).verdict, /^(?:accept|refuse)$/)
    for (const userName of [undefined, 'fred']) {
      const decision = decide(policy, client, userName, { localPart: 'fred', domain: 'example.com' }, true)
      const [low, high] = decision.verdict === 'accept' ? [250, 251] : [400, 599]
      assert.ok(decision.reply.code >= low && decision.reply.code <= high, `${decision.reply.code}`)
    }
  }
}
