/** `explain` says what a session gets: for every account, whether it can log on or not. */
import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import fc from 'fast-check'
import { formatReply, parseReply } from '../../app/mail/reply.ts'
import { SmtpClient } from '../support/client.ts'
import { type Ending, endOfSuite } from '../support/ending.ts'
import { account, officeWith, password, type RunningRelay, startRelay } from '../support/relay.ts'

const stranger = '127.0.9.9'
const external = 'someone@elsewhere.example'

/** What a session of that client gets for this recipient, and what AUTH said, if it was tried. */
async function inSession(
  test: Ending,
  relay: RunningRelay,
  from: string,
  user: string | undefined,
  to: string,
  at = relay.endpoint(),
) {
  const client = await SmtpClient.open(test, at, { from })
  if (parseReply(client.greeting)?.code !== 220) {
    const greeting = parseReply(client.greeting)
    return { reply: greeting && formatReply(greeting), logOn: undefined }
  }
  await client.ask('EHLO client.example')
  const credentials = Buffer.from(`\0${user}\0${password}`).toString('base64')
  const logOn = user === undefined ? undefined : await client.ask(`AUTH PLAIN ${credentials}`)
  await client.ask('MAIL FROM:<sender@client.example>')
  const answer = parseReply(await client.ask(`RCPT TO:<${to}>`))
  client.socket.destroy()
  return { reply: answer && formatReply(answer), logOn }
}

/** The clients here are refused by the thousand, and none is to be blocked for it. */
const ids = { enabled: false }
const noPoints = {
  ...{ relayDenied: 0, badPassword: 0, unknownUser: 0, unknownRecipient: 0 },
  ...{ protocolError: 0, earlyTalker: 0, tooManyConnections: 0 },
}

describe('who is logged on', () => {
  const suite = endOfSuite()
  let relay: RunningRelay
  before(async () => {
    const { password: _, ...silent } = account('silent')
    const users = [account('support'), { ...account('fred'), enabled: false }, silent]
    const access = [{ action: 'allow', from: 'any', users: ['support', 'fred', 'silent', 'ghost'] }]
    relay = await startRelay(suite, { users, smtp: { access, ids } })
  })
  for (const to of [
    'a,b@d.example',
    '(c)alice@example.com',
    'support@example.com..',
    'alice',
    'a b@d.example',
    '@x:a@d.example',
  ]) {
    test(`${to} gets the reply of a session`, async t => {
      const { verdict, reply } = await relay.control.explain({ client: stranger, to })
      assert.equal(verdict, 'refuse')
      assert.equal((await inSession(t, relay, stranger, undefined, to)).reply, formatReply(reply))
    })
  }

  const cases: [string, number, number, string | undefined][] = [
    ['support', 235, 250, undefined],
    ['SUPPORT', 235, 250, 'SUPPORT logs on as the account support.'],
    ['support@example.com', 235, 250, 'support@example.com logs on as the account support.'],
    ['fred', 535, 530, "fred can't log on: the account is disabled, so nobody is logged on."],
    ['ghost', 535, 530, "ghost can't log on: there is no such account, so nobody is logged on."],
  ]
  for (const [user, logOn, code, step] of cases) {
    test(`${user}: ${logOn}, then ${code}`, async t => {
      const decision = await relay.control.explain({ client: stranger, user, to: external })
      const session = await inSession(t, relay, stranger, user, external)
      assert.equal(parseReply(session.logOn ?? '')?.code, logOn)
      assert.equal(session.reply, formatReply(decision.reply))
      assert.equal(decision.reply.code, code)
      const who = code === 250 ? 'support is logged on' : 'nobody is logged on'
      const steps = [...(step === undefined ? [] : [step]), `${stranger} is the client; ${who}.`]
      assert.deepEqual(decision.steps.slice(0, steps.length), steps)
    })
  }

  test('an account without a password is explained as it will be, and that is said', async () => {
    const decision = await relay.control.explain({ client: stranger, user: 'silent', to: external })
    assert.equal(decision.reply.code, 250)
    assert.equal(decision.steps[0], 'silent has no password yet: this is what holds once it has one.')
  })
})

const clients = ['127.0.0.1', '127.0.1.1', '127.0.1.50', '127.0.2.7', stranger]
const recipients = [
  external,
  'fred@example.com',
  'FRED@Example.COM',
  'info@example.com',
  'nobody@example.com',
  'a%b@example.com',
  '"x@y"@example.com',
  'x!y@elsewhere.example',
  '"a,b"@elsewhere.example',
  'someone@[192.0.2.1]',
  'someone@[127.0.0.1]',
  'postmaster',
]

const row = fc.record({
  action: fc.constantFrom('allow', 'allow', 'block'),
  from: fc.constantFrom('any', 'any', 'local-networks', 'routers', '127.0.2.0/24', stranger),
  withoutAuthentication: fc.boolean(),
  users: fc.subarray(['support', 'webmaster', 'fred', 'off', 'ghost'], { maxLength: 3 }),
  enabled: fc.constantFrom(true, true, true, false),
})
const rows = fc.array(row, { maxLength: 4 })
const rules = fc.record({
  global: rows,
  smtp: fc.record({
    access: rows,
    authentication: fc.constantFrom('required', 'required', 'allowed', 'disabled'),
    internalMailWithoutAuthentication: fc.boolean(),
    antiRelay: fc.constantFrom('client-address', 'client-address', 'authenticated-users'),
    useGlobalAccess: fc.boolean(),
  }),
})
/** Also with addresses that are always blocked, which sessions that stay come to know too. */
const blocking = fc.oneof(
  { weight: 3, arbitrary: fc.constant(ids) },
  fc.subarray(['127.0.9.0/24', '127.0.1.50', '127.0.0.0/8'], { maxLength: 2 }).map(alwaysBlock => ({
    ...{ enabled: true, points: noPoints, alwaysBlock },
    neverBlock: ['127.0.0.0/24'],
  })),
)
const asked = fc.record({
  client: fc.constantFrom(...clients),
  // Those who can't log on are few: their passwords take long to be found wrong.
  user: fc.oneof(
    { weight: 8, arbitrary: fc.constantFrom(undefined, 'support', 'Webmaster', 'fred', 'fred@example.com') },
    { weight: 1, arbitrary: fc.constantFrom('off', 'ghost') },
  ),
  to: fc.constantFrom(...recipients),
})

const [rounds, casesInRound] = [20, 15]

test('300 cases under 20 random sets of rules: the session gives the reply that explain gives', async t => {
  const seed = Number(process.env['SEED'] ?? Date.now() % 2 ** 31)
  t.diagnostic(`SEED=${seed}`)
  const users = [...['support', 'webmaster', 'fred'].map(account), { ...account('off'), enabled: false }]
  const relay = await startRelay(t, { users, aliases: { 'info@example.com': ['fred'] } })
  const round = fc.tuple(rules, fc.array(asked, { minLength: casesInRound, maxLength: casesInRound }))
  const seen = new Set<number>()
  for (const [{ global, smtp }, cases] of fc.sample(round, { seed, numRuns: rounds })) {
    const settings = officeWith({
      users,
      aliases: { 'info@example.com': ['fred'] },
      globalAccess: global,
      smtp: { ...smtp, ids },
    })
    const applied = await relay.control.importSettings(JSON.stringify(settings), 'command line', {
      openRelay: true,
    })
    assert.ok(applied.ok, JSON.stringify(applied))
    for (const { client, user, to } of cases) {
      const decision = await relay.control.explain({ client, to, ...(user !== undefined && { user }) })
      const { reply } = await inSession(t, relay, client, user, to)
      const told = JSON.stringify({ seed, global, smtp, client, user, to, steps: decision.steps })
      assert.equal(reply, formatReply(decision.reply), told)
      assert.equal(decision.verdict, reply?.startsWith('250') ? 'accept' : 'refuse', told)
      seen.add(decision.reply.code)
    }
  }
  // Else the cases are no longer what they were meant to be.
  assert.ok(seen.has(250) && seen.has(530) && seen.has(550), `SEED=${seed}: ${[...seen]}`)
})

/** The kinds of listeners that 500 cases come to: lanes among them, and lanes alone. */
const listenerSets = [
  [{ encryption: 'none' }, { encryption: 'none', oldDevices: true }],
  [{ encryption: 'none', oldDevices: true }],
  [{ encryption: 'starttls' }, { encryption: 'none' }, { encryption: 'starttls', oldDevices: true }],
].map(set => set.map(one => ({ address: '127.0.0.1', port: 0, ...one })))

const anyEntries = fc.subarray(['127.0.9.0/24', '127.0.1.50', '127.0.0.0/8', '127.0.2.7-127.0.9.9'], {
  maxLength: 2,
})
const doors = fc.record({
  listeners: fc.constantFrom(...listenerSets),
  ids: fc.record({
    enabled: fc.constantFrom(true, true, true, false),
    points: fc.constant(noPoints),
    alwaysBlock: anyEntries,
    neverBlock: fc.subarray(['local-networks', '127.0.9.9'], { maxLength: 1 }),
  }),
})

test('500 cases at random listeners, for old devices too, and under random lists of addresses always blocked', async t => {
  const seed = Number(process.env['SEED'] ?? Date.now() % 2 ** 31)
  t.diagnostic(`SEED=${seed}`)
  const users = ['support', 'webmaster', 'fred'].map(account)
  const relay = await startRelay(t, { users })
  const oneCase = fc.record({
    client: fc.constantFrom(...clients),
    to: fc.constantFrom(...recipients, 'a b@d.example'),
    which: fc.nat(9),
  })
  const round = fc.tuple(rules, doors, fc.array(oneCase, { minLength: 20, maxLength: 20 }))
  const seen = new Set<string>()
  for (const [{ global, smtp }, door, cases] of fc.sample(round, { seed, numRuns: 25 })) {
    const settings = officeWith({ users, globalAccess: global, smtp: { ...smtp, ...door } })
    const applied = await relay.control.importSettings(JSON.stringify(settings), 'command line', {
      openRelay: true,
    })
    assert.ok(applied.ok, JSON.stringify(applied))
    const standing = relay.relay.listeners
    for (const { client, to, which } of cases) {
      const at = standing[which % standing.length] ?? assert.fail()
      const told = JSON.stringify({ seed, global, smtp, door, client, to, at })
      const session = await inSession(t, relay, client, undefined, to, { host: at.address, port: at.port })
      const named = await relay.control.explain({ client, to, port: at.port })
      assert.equal(session.reply, formatReply(named.reply), told)
      seen.add(session.reply ?? '')
      // Without a port it is refused at the connection just where each listener refuses it so.
      const any = await relay.control.explain({ client, to })
      const each = await Promise.all(standing.map(({ port }) => relay.control.explain({ client, to, port })))
      if (any.reply.code === 554)
        assert.ok(
          each.every(({ reply }) => reply.code === 554),
          told,
        )
      else
        assert.ok(
          each.some(({ reply }) => formatReply(reply) === formatReply(any.reply)),
          told,
        )
      assert.equal(
        any.verdict === 'accept',
        each.some(({ verdict }) => verdict === 'accept'),
        told,
      )
    }
  }
  for (const reply of [
    '250 2.1.5 Recipient accepted',
    '554 5.7.1 This port is for devices in the local networks only',
    '554 5.7.1 Connections from your IP address are not accepted',
  ])
    assert.ok(seen.has(reply), [...seen].join('\n'))
})

/** Sessions that stay: each client once as nobody and once as each account. */
class Standing {
  readonly #sessions = new Map<string, SmtpClient>()
  readonly #named = new Map<string, number>()

  async open(test: Ending, relay: RunningRelay, from: string, user: string | undefined): Promise<void> {
    const client = await SmtpClient.open(test, relay.endpoint(), { from })
    await client.ask('EHLO client.example')
    if (user !== undefined) {
      await client.ask(`AUTH PLAIN ${Buffer.from(`\0${user}\0${password}`).toString('base64')}`)
    }
    this.#sessions.set(`${from} ${user}`, client)
  }

  /** What the session says to this recipient by the rules of this moment. */
  async ask(from: string, user: string | undefined, to: string): Promise<string | undefined> {
    const key = `${from} ${user}`
    const client = this.#sessions.get(key)
    assert.ok(client, key)
    const named = this.#named.get(key) ?? 0
    this.#named.set(key, named + 1)
    // A transaction takes 100 recipients.
    if (named % 90 === 0) {
      await client.ask('RSET')
      await client.ask('MAIL FROM:<sender@client.example>')
    }
    const answer = parseReply(await client.ask(`RCPT TO:<${to}>`))
    return answer && formatReply(answer)
  }
}

const accounts = [undefined, 'support', 'webmaster', 'fred', 'fred@example.com', 'off', 'ghost']
const anyRecipient = fc.oneof(
  fc.constantFrom(...recipients),
  fc
    .tuple(
      fc.constantFrom('support', 'Fred', 'info', 'x', 'a%b', 'a!b', '"a b"', 'postmaster'),
      fc.constantFrom(
        'example.com',
        'EXAMPLE.com',
        'sub.example.com',
        'elsewhere.example',
        '[127.0.0.1]',
        '[192.0.2.9]',
      ),
    )
    .map(([local, domain]) => `${local}@${domain}`),
)
const standingCase = fc.record({
  client: fc.constantFrom(...clients),
  user: fc.constantFrom(...accounts),
  to: anyRecipient,
})

test('10,000 cases under 200 random sets of rules: sessions that stay are answered as explain says', async t => {
  const seed = Number(process.env['SEED'] ?? Date.now() % 2 ** 31)
  t.diagnostic(`SEED=${seed}`)
  const users = [...['support', 'webmaster', 'fred'].map(account), { ...account('off'), enabled: false }]
  const aliases = { 'info@example.com': ['fred'] }
  const relay = await startRelay(t, { users, aliases, smtp: { access: [], ids, idleTimeout: '10m' } })
  const standing = new Standing()
  for (const client of clients) for (const user of accounts) await standing.open(t, relay, client, user)
  const round = fc.tuple(rules, blocking, fc.array(standingCase, { minLength: 50, maxLength: 50 }))
  const seen = new Map<number, number>()
  for (const [{ global, smtp }, blocked, cases] of fc.sample(round, { seed, numRuns: 200 })) {
    const settings = officeWith({
      users,
      aliases,
      globalAccess: global,
      smtp: { ...smtp, ids: blocked, idleTimeout: '10m' },
    })
    const applied = await relay.control.importSettings(JSON.stringify(settings), 'command line', {
      openRelay: true,
    })
    assert.ok(applied.ok, JSON.stringify(applied))
    for (const { client, user, to } of cases) {
      const decision = await relay.control.explain({ client, to, ...(user !== undefined && { user }) })
      const reply = await standing.ask(client, user, to)
      const told = JSON.stringify({ seed, global, smtp, blocked, client, user, to, steps: decision.steps })
      assert.equal(reply, formatReply(decision.reply), told)
      assert.equal(decision.verdict, reply?.startsWith('250') ? 'accept' : 'refuse', told)
      seen.set(decision.reply.code, (seen.get(decision.reply.code) ?? 0) + 1)
    }
  }
  for (const code of [250, 530, 550, 554]) {
    assert.ok((seen.get(code) ?? 0) > 100, `SEED=${seed}: ${[...seen].join(' ')}`)
  }
})

test('without a listener explain refuses, as nobody can connect', async t => {
  const relay = await startRelay(t)
  const port = relay.endpoint().port
  assert.ok((await relay.control.setSettings('smtp.listeners', [], 'command line')).ok)
  for (const asked of [{}, { port }]) {
    const { verdict, reply } = await relay.control.explain({ client: '127.0.1.5', to: external, ...asked })
    assert.deepEqual([verdict, reply.code], ['refuse', 421])
  }
})

test('the log names the port of whom it tells', async t => {
  const relay = await startRelay(t, { smtp: { ids } })
  await inSession(t, relay, stranger, undefined, 'nobody@example.com')
  assert.equal((await relay.event('recipient-refused')).port, relay.endpoint().port)
  const client = await SmtpClient.open(t, relay.endpoint())
  for (const line of ['EHLO client.example', 'MAIL FROM:<a@b.example>', `RCPT TO:<${external}>`, 'DATA'])
    await client.ask(line)
  assert.match(await client.ask('Subject: x\r\n\r\nx\r\n.'), /^250 /)
  assert.equal((await relay.event('accepted')).port, relay.endpoint().port)
})

test('where no port offers a log-on, explain says so as a session does', async t => {
  const access = [{ action: 'allow', from: 'any', users: ['support'] }]
  const listeners = [{ address: '127.0.0.1', port: 0, encryption: 'none' }]
  for (const plaintextAuthentication of ['never', 'local-networks', 'always']) {
    const smtp = { listeners, plaintextAuthentication, access }
    const relay = await startRelay(t, { users: [account('support')], smtp })
    for (const client of ['127.0.0.1', stranger]) {
      const { reply } = await relay.control.explain({ client, to: external })
      const session = await inSession(t, relay, client, undefined, external)
      assert.equal(session.reply, formatReply(reply), `${plaintextAuthentication} ${client}`)
    }
  }
})
