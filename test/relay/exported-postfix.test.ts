/** A real Postfix with the exported folder decides as Postern does: 500 random cases over real connections. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import fc from 'fast-check'
import { admit, decide } from '../../app/access/decide.ts'
import { type Client, parseFrom } from '../../app/access/network.ts'
import { compilePolicy, spansOf } from '../../app/access/policy.ts'
import { exportPostfix } from '../../app/exchange/postfix-export.ts'
import { CHECKS } from '../../app/relay/checks.ts'
import { parseSettings } from '../../app/settings/parse.ts'
import type { Settings } from '../../app/settings/settings.ts'
import { SmtpClient } from '../support/client.ts'
import type { Endpoint } from '../support/dialogue-connection.ts'
import { type Ending, inTurn } from '../support/ending.ts'
import { startPostfix } from '../support/postfix.ts'
import { account, officeWith, password, startRelay } from '../support/relay.ts'
import { anySettings, NAMES, probes } from '../unit/access/list.ts'
import { address } from '../unit/access/office.ts'

const names = ['support', 'webmaster', 'fred']
const clients = [
  '127.0.0.1',
  '127.0.1.1',
  '127.0.1.50',
  '127.0.1.255',
  '127.0.2.0',
  '127.0.9.9',
  '127.200.0.7',
]
const recipients = [
  'someone@elsewhere.example',
  'x!y@elsewhere.example',
  'a%b@elsewhere.example',
  '"a,b"@elsewhere.example',
  'someone@[192.0.2.1]',
  'someone@sub.example.com',
  'Support@EXAMPLE.com',
  'fred@example.com',
  'info@example.com',
  'nobody@example.com',
  'a%b@example.com',
  '"x@y"@example.com',
  'support@wild.example',
  'support@a.wild.example',
  'any.body@b.a.wild.example',
  'any%body@b.a.wild.example',
  'anybody@caught.example',
  'dead@example.com',
  'postmaster',
  'Postmaster@Example.Com',
  'help@example.com',
  "o'hara+x@example.com",
  'loop@example.com',
  'deep@x.y.wild.example',
  'x@wild.example',
  'someone@xn--bcher-kva.example',
  'someone@example.com.evil.example',
  'someone@notexample.com',
  '@elsewhere.example:support@example.com',
  'fred@sub.caught.example',
]

interface Case {
  readonly client: string
  readonly user: string | undefined
  readonly to: string
}

const anyCase: fc.Arbitrary<Case> = fc.record({
  client: fc.constantFrom(...clients),
  user: fc.constantFrom(undefined, undefined, ...names),
  to: fc.constantFrom(...recipients),
})

const anyRow = fc.record({
  action: fc.constantFrom('allow', 'allow', 'block'),
  from: fc.constantFrom(
    'any',
    'local-networks',
    'routers',
    '127.0.1.50',
    '127.0.1.0/24',
    '127.0.0.0/8',
    '127.0.1.7-127.0.9.9',
    '127.0.0.2-127.0.1.49',
    '0.0.0.1-255.255.255.254',
    '::1',
    '::-fe80::7',
  ),
  withoutAuthentication: fc.boolean(),
  users: fc.subarray([...names, 'ghost'], { maxLength: 2 }),
  enabled: fc.constantFrom(true, true, true, false),
})

const rows = fc.array(anyRow, { minLength: 1, maxLength: 5 })

const anyChange = fc.record({
  globalAccess: rows,
  smtp: fc.record({
    authentication: fc.constantFrom('required', 'required', 'allowed', 'disabled'),
    internalMailWithoutAuthentication: fc.constantFrom(true, true, false),
    antiRelay: fc.constantFrom('client-address', 'client-address', 'authenticated-users'),
    useGlobalAccess: fc.boolean(),
    access: rows,
  }),
})

/** Who receives mail: accounts that forward, are off or have no password, aliases in circles, wildcards, catch-alls. */
const anyGround = fc
  .record({
    domains: fc.shuffledSubarray(['*.wild.example', '*.example.com', 'caught.example', 'bücher.example']),
    first: fc.boolean(),
    support: fc.subarray(['support@a.wild.example', 'Help@example.com', "o'hara+x@example.com"]),
    forward: fc.constantFrom([], ['boss@elsewhere.example'], ['fred'], ['loop@example.com']),
    keepCopy: fc.boolean(),
    fred: fc.constantFrom(true, true, false),
    aliases: fc.subarray<[string, string[]]>([
      ['info@example.com', ['support', 'boss@elsewhere.example']],
      ['dead@example.com', ['gone']],
      ['loop@example.com', ['loop2@example.com', 'webmaster']],
      ['loop2@example.com', ['loop@example.com']],
    ]),
    catchAll: fc.subarray<[string, string]>([
      ['caught.example', 'fred'],
      ['b.a.wild.example', 'support'],
      ['*.wild.example', 'webmaster'],
      ['bücher.example', 'boss@elsewhere.example'],
      ['example.com', 'gone'],
    ]),
  })
  .map(({ domains, first, support, forward, keepCopy, fred, aliases, catchAll }) => ({
    localDomains: first ? ['example.com', ...domains] : [...domains, 'example.com'],
    users: [
      { ...account('support'), addresses: ['support@example.com', ...support] },
      { ...account('webmaster'), forwardTo: forward, keepCopy },
      { ...account('fred'), enabled: fred },
      { ...account('gone'), enabled: false },
    ],
    aliases: Object.fromEntries(aliases),
    catchAll: Object.fromEntries(catchAll),
  }))

const SETTINGS = 25
const CASES = 20

test(`${SETTINGS * CASES} cases: Postfix and Postern agree on every one`, async t => {
  const seed = seedOf(t)
  // What no settings may say can't be exported.
  const usable = fc
    .tuple(anyChange, anyGround)
    .filter(([change, ground]) => parseSettings(officeWith({ ...change, ...ground }), CHECKS).ok)
  const changes = fc.sample(usable, { numRuns: SETTINGS, seed })
  for (const [index, [{ smtp, ...rest }, ground]] of changes.entries()) {
    const change = {
      ...ground,
      ...rest,
      smtp: {
        ...smtp,
        listeners: [{ address: '127.0.0.1', port: 0, encryption: 'none' }],
        // The cases are refused by the hundred.
        ids: { enabled: false },
      },
    }
    await inTurn(async ending => {
      const relay = await startRelay(ending, change)
      const postfix = await exported(ending, settingsOf(change))
      for (const one of fc.sample(anyCase, { numRuns: CASES, seed: seed + index })) {
        const [ours, theirs] = await Promise.all([
          outcome(ending, relay.endpoint(), one),
          outcome(ending, { host: postfix.host, port: postfix.port }, one),
        ])
        assert.deepEqual(
          theirs,
          ours,
          `${JSON.stringify(one)} by ${JSON.stringify({ smtp, ...rest, ...ground })}`,
        )
      }
    })
  }
})

/** What is claimed is a client's address and its log-on: XCLIENT, which only this test's Postfix takes. */
test('claimed addresses of both families, at the ends of every range: the same', async t => {
  const seed = seedOf(t)
  // With the other method Postfix refuses this test's own address before it can claim another.
  const some = anySettings.filter(
    ({ smtp, globalAccess }) =>
      smtp.antiRelay === 'client-address' && ![...smtp.access, ...globalAccess].some(hasName),
  )
  for (const settings of fc.sample(some, { numRuns: 8, seed })) {
    await inTurn(async ending => {
      const machine = { localNetworks: [], routers: [] }
      // Nobody is always blocked there.
      const ids = { ...settings.smtp.ids, alwaysBlock: [] }
      const policy = compilePolicy(
        {
          ...settings,
          smtp: { ...settings.smtp, ids },
          localNetworks: ['10.0.0.0/8', 'fc00::/7'],
          routers: ['10.0.0.1'],
        },
        machine,
      )
      const made = exportPostfix(settings, policy)
      assert.ok(made.ok, JSON.stringify(made))
      // What is claimed comes without TLS, and so without what SASL does after it.
      const more = {
        smtpd_tls_auth_only: 'no',
        smtpd_authorized_xclient_hosts: '127.0.0.0/8',
        inet_protocols: 'all',
      }
      const postfix = await startPostfix(ending, { exported: made.files, users: {}, settings: more })
      const spans = [...settings.smtp.access, ...settings.globalAccess].flatMap(({ from }) =>
        spansOf(from, policy.machine),
      )
      const clients = probes(spans).filter(({ text }) => text !== '::' && !text.startsWith('0.'))
      for (const from of fc.sample(fc.constantFrom(...clients), 25)) {
        const [user] = fc.sample(fc.constantFrom(undefined, ...NAMES), 1)
        const [to = ''] = fc.sample(fc.constantFrom('a@elsewhere.example', 'fred@example.com'), 1)
        const account = settings.smtp.authentication === 'disabled' ? undefined : user
        const greeting = admit(policy, from)
        const { reply } =
          greeting.verdict === 'refuse' ? greeting : decide(policy, from, account, address(to))
        const ours = reply.code < 400 ? 'accept' : `${reply.code} ${reply.status}`
        assert.equal(
          await claimed(ending, { host: postfix.host, port: postfix.port }, from, account, to),
          ours,
          `${from.text} ${account} ${to} by ${JSON.stringify(settings.smtp)}`,
        )
      }
    })
  }
})

test('LF alone is refused there as here, and taken from where a row mends it', {
  timeout: 120_000,
}, async t => {
  const access = [
    { action: 'allow', from: '127.0.1.50', withoutAuthentication: true, mendLineEnds: true },
    { action: 'allow', from: 'local-networks', withoutAuthentication: true },
  ]
  const relay = await startRelay(t, { smtp: { access } })
  const parsed = parseSettings(officeWith({ smtp: { access } }), CHECKS)
  assert.ok(parsed.ok)
  const made = exportPostfix(parsed.value, compilePolicy(parsed.value, { localNetworks: [], routers: [] }))
  assert.ok(made.ok)
  const postfix = await startPostfix(t, { exported: made.files, users: {} })
  const [ours, theirs] = [relay.endpoint(), { host: postfix.host, port: postfix.port }]
  for (const from of ['127.0.1.50', '127.0.1.51', '127.0.9.9'])
    for (const text of ['a\nb\r\n.\r\n', 'a\n.\n', 'a\r\n.\n', 'a\r\nb\r\n.\r\n']) {
      const answers = await Promise.all([ours, theirs].map(at => sentContent(t, at, from, text)))
      assert.equal(answers[0], answers[1], `${from} ${JSON.stringify(text)}`)
      assert.equal(
        answers[0],
        from === '127.0.1.50' || !/(?<!\r)\n/.test(text),
        `${from} ${JSON.stringify(text)}`,
      )
    }
})

/** Whether the message was taken; its end, where LF is no end of a line, comes behind it. */
async function sentContent(t: Ending, at: Endpoint, from: string, text: string): Promise<boolean> {
  const client = await SmtpClient.open(t, at, { from })
  await client.say(
    'EHLO client.example',
    'MAIL FROM:<a@client.example>',
    'RCPT TO:<fred@example.com>',
    'DATA',
  )
  client.send(`${text}\r\n.\r\n`)
  const answer = await client.reply()
  client.reset()
  return answer.startsWith('250')
}

/** Given by SEED, or another at each run. */
function seedOf(t: TestContext): number {
  const seed = Number(process.env['SEED'] ?? Date.now() % 2 ** 31)
  t.diagnostic(`SEED=${seed}`)
  return seed
}

/** Postfix can't follow one. */
function hasName({ from }: { readonly from: string }): boolean {
  const parsed = parseFrom(from)
  return parsed.ok && parsed.from.kind === 'name'
}

async function claimed(
  ending: Ending,
  endpoint: Endpoint,
  from: Client,
  user: string | undefined,
  to: string,
) {
  const client = await SmtpClient.open(ending, endpoint)
  try {
    // Postfix looks at its own address here.
    if (!client.greeting.startsWith('220')) return brief(client.greeting)
    await client.ask('EHLO client.example')
    const addr = from.family === 6 ? `IPV6:${from.text}` : from.text
    const greeting = await client.ask(
      `XCLIENT NAME=[UNAVAILABLE] ADDR=${addr} LOGIN=${user ?? '[UNAVAILABLE]'}`,
    )
    if (!greeting.startsWith('220')) return brief(greeting)
    await client.ask('EHLO client.example')
    await client.ask('MAIL FROM:<sender@client.example>')
    return brief(await client.ask(`RCPT TO:<${to}>`))
  } finally {
    client.socket.destroy()
  }
}

function settingsOf(change: unknown): Settings {
  const parsed = parseSettings(officeWith(change), CHECKS)
  assert.ok(parsed.ok, JSON.stringify(parsed))
  return parsed.value
}

async function exported(ending: Ending, settings: Settings) {
  const made = exportPostfix(settings, compilePolicy(settings, { localNetworks: [], routers: [] }))
  assert.ok(made.ok, JSON.stringify(made))
  // As the export's notes ask for.
  const enabled = settings.users.filter(user => user.enabled && names.includes(user.name))
  const users = Object.fromEntries(enabled.map(({ name }) => [name, password]))
  return startPostfix(ending, { exported: made.files, users, realm: settings.hostname })
}

/** Verdict, code and enhanced status of the recipient, or of the greeting. */
async function outcome(ending: Ending, endpoint: Endpoint, { client: from, user, to }: Case) {
  const client = await SmtpClient.open(ending, endpoint, { from })
  try {
    if (!client.greeting.startsWith('220')) return brief(client.greeting)
    await client.ask('EHLO client.example')
    const credentials = Buffer.from(`\0${user}\0${password}`).toString('base64')
    if (user !== undefined) await client.ask(`AUTH PLAIN ${credentials}`)
    await client.ask('MAIL FROM:<sender@client.example>')
    return brief(await client.ask(`RCPT TO:<${to}>`))
  } finally {
    client.socket.destroy()
  }
}

/** Postfix says 5.1.1 of every address that isn't there; Postern tells those it never unpacks from them. */
function brief(reply: string): string {
  // An address that is none: 501 (RFC 5321 section 4.2.2) there, 553 here.
  const code = reply.slice(0, 9).replace('501 5.1.3', '553 5.1.3')
  return reply.startsWith('2') ? 'accept' : code.replace('5.1.3', '5.1.1')
}
