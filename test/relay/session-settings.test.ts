/** Settings that change while sessions are open: the next command goes by the new ones, and nothing is lost. */
import assert from 'node:assert/strict'
import { scryptSync } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { SmtpClient } from '../support/client.ts'
import { atEnd } from '../support/ending.ts'
import { account, password, type RunningRelay, startRelay } from '../support/relay.ts'

const external = 'RCPT TO:<someone@elsewhere.example>'
const mail = 'MAIL FROM:<a@client.example>'

async function set({ control }: RunningRelay, path: string, value: unknown): Promise<void> {
  const applied = await control.setSettings(path, value, 'command line')
  assert.ok(applied.ok, JSON.stringify(applied))
}

test('the next recipient is decided by the new list, in the same transaction', async t => {
  const relay = await startRelay(t)
  const client = await SmtpClient.open(t, relay.endpoint())
  await client.say(mail)
  assert.match(await client.ask(external), /^250 /)
  await set(relay, 'smtp.access', [])
  assert.match(await client.ask(external), /^550 5\.7\.1 /)
  await set(relay, 'smtp.access', [{ action: 'allow', from: 'any', users: ['fred'] }])
  assert.match(await client.ask(external), /^530 5\.7\.0 /)
  assert.match(await client.ask('DATA'), /^354 /)
  assert.match(await client.ask('x\r\n.'), /^250 /)
})

test('domains, accounts, limits and sizes go by the new settings too', async t => {
  const relay = await startRelay(t)
  const client = await SmtpClient.open(t, relay.endpoint(), { from: '127.0.9.9' })
  await client.say(mail)
  assert.match(await client.ask('RCPT TO:<ann@example.net>'), /^530 /)
  await set(relay, 'localDomains', ['example.com', 'example.net'])
  assert.match(await client.ask('RCPT TO:<ann@example.net>'), /^550 5\.1\.1 /)
  await set(relay, 'users', [{ ...account('ann'), addresses: ['ann@example.net'] }])
  assert.match(await client.ask('RCPT TO:<ann@example.net>'), /^250 /)
  await set(relay, 'smtp.maxRecipients', 1)
  assert.match(await client.ask('RCPT TO:<ann@example.net>'), /^452 4\.5\.3 /)
  await set(relay, 'smtp.maxMessageSize', 1024)
  assert.match(await client.ask('DATA'), /^354 /)
  assert.match(await client.ask(`${'x'.repeat(1025)}\r\n.`), /^552 5\.3\.4 /)
  assert.match(await client.ask(`${mail} SIZE=1025`), /^552 5\.3\.4 /)
  assert.match(await client.ask('EHLO client.example'), /^250 SIZE 1024$/m)
})

const credentials = Buffer.from(`\0support\0${password}`).toString('base64')
const logOn = `AUTH PLAIN ${credentials}`

/** A client that is logged on as support, in a transaction with one external recipient accepted. */
async function openAsSupport(t: TestContext, relay: RunningRelay): Promise<SmtpClient> {
  const client = await SmtpClient.open(t, relay.endpoint(), { from: '127.0.9.9' })
  assert.match((await client.say(logOn, mail, external)).join('\n'), /^235.*\n250.*\n250/)
  return client
}

/** Another hash of the same password, so that the old one still logs on. */
const otherHash = (() => {
  const salt = Buffer.from('othersaltothersa')
  const key = scryptSync(password, salt, 32, { N: 1024, r: 1, p: 1 })
  return `scrypt$1024$1$1$${salt.toString('base64url')}$${key.toString('base64url')}`
})()

const losses: [string, (relay: RunningRelay) => Promise<void>, (relay: RunningRelay) => Promise<void>][] = [
  [
    'is disabled, and enabled again',
    relay => set(relay, 'users[0].enabled', false),
    relay => set(relay, 'users[0].enabled', true),
  ],
  [
    'is removed, and made again',
    relay => set(relay, 'users', [account('fred'), account('webmaster')]),
    async relay => {
      const again = { ...account('support'), password: otherHash }
      await set(relay, 'users', [again, account('fred'), account('webmaster')])
    },
  ],
  ['gets a new password', relay => set(relay, 'users[0].password', otherHash), async () => {}],
]
for (const [how, lose, restore] of losses) {
  test(`who is logged on is nobody when the account ${how}, and can log on anew`, async t => {
    const relay = await startRelay(t)
    const client = await openAsSupport(t, relay)
    await lose(relay)
    assert.match(await client.ask(external), /^530 5\.7\.0 Log on first/)
    await restore(relay)
    assert.match(await client.ask(external), /^530 5\.7\.0 Log on first/)
    assert.match(await client.ask('RSET'), /^250 /)
    assert.match(await client.ask('EHLO client.example'), /AUTH PLAIN LOGIN/)
    assert.match((await client.say(logOn, mail, external)).join('\n'), /^235.*\n250.*\n250/)
  })

  test(`what was accepted for an account is refused at DATA when it ${how}`, async t => {
    const relay = await startRelay(t)
    const client = await openAsSupport(t, relay)
    assert.match(await client.ask('RCPT TO:<fred@example.com>'), /^250 /)
    await lose(relay)
    assert.match(await client.ask('DATA'), /^530 5\.7\.0 Log on first/)
    assert.deepEqual(await relay.control.listQueue({}), [])
    assert.equal((await relay.event('message-refused')).reply.code, 530)
  })
}

test('what everybody may do is not refused when the account is gone', async t => {
  const relay = await startRelay(t)
  const client = await SmtpClient.open(t, relay.endpoint(), { from: '127.0.9.9' })
  await client.say(logOn, mail, 'RCPT TO:<fred@example.com>')
  await set(relay, 'users[0].enabled', false)
  assert.match(await client.ask('DATA'), /^354 /)
  assert.match(await client.ask('x\r\n.'), /^250 /)
  const [message] = await relay.control.listQueue({})
  assert.equal(message?.origin.user, undefined)
})

test('a list that blocks is no matter of logging on, for a session whose account is gone', async t => {
  const relay = await startRelay(t)
  const client = await openAsSupport(t, relay)
  await set(relay, 'smtp.access', [])
  await set(relay, 'users', [account('fred')])
  assert.match(await client.ask('DATA'), /^550 5\.7\.1 /)
})

test('logging on is offered and taken as the settings say now', async t => {
  const relay = await startRelay(t)
  const client = await SmtpClient.open(t, relay.endpoint())
  assert.match(await client.ask('EHLO x'), /AUTH PLAIN LOGIN/)
  await set(relay, 'smtp.plaintextAuthentication', 'never')
  assert.match(await client.ask('AUTH PLAIN'), /^538 5\.7\.11 /)
  assert.doesNotMatch(await client.ask('EHLO x'), /AUTH/)
  await set(relay, 'smtp.authentication', 'disabled')
  assert.match(await client.ask('AUTH PLAIN'), /^502 5\.5\.1 /)
})

test('a message in DATA goes on through every change, also of its listener', async t => {
  const relay = await startRelay(t)
  const client = await SmtpClient.open(t, relay.endpoint())
  await client.say(mail, external, 'DATA')
  client.send('Subject: x\r\n\r\nfirst half\r\n')
  await set(relay, 'smtp.access', [])
  await set(relay, 'smtp.listeners[0].encryption', 'none')
  await set(relay, 'smtp.enabled', false)
  assert.deepEqual(relay.relay.listeners, [])
  assert.match(await client.ask('second half\r\n.'), /^250 2\.0\.0 Ok: queued as /)
  const [message] = await relay.control.listQueue({})
  assert.equal(message?.envelope.recipients[0]?.address, 'someone@elsewhere.example')
  assert.match(await client.ask('QUIT'), /^221 /)
  await relay.waitForSessions(0)
})

test('a listener comes, changes its encryption on the same port, and goes', async t => {
  const relay = await startRelay(t)
  const { host, port } = relay.endpoint()
  const old = await SmtpClient.open(t, { host, port })
  assert.match(await old.ask('EHLO x'), /STARTTLS/)
  await set(relay, 'smtp.listeners', [{ address: host, port, encryption: 'none' }])
  assert.deepEqual(relay.relay.listeners, [{ address: host, port, encryption: 'none' }])
  const fresh = await SmtpClient.open(t, { host, port })
  assert.doesNotMatch(await fresh.ask('EHLO x'), /STARTTLS/)
  assert.match(await old.ask('NOOP'), /^250 /)
  await set(relay, 'smtp.listeners', [{ address: host, port, encryption: 'tls' }])
  assert.match((await SmtpClient.open(t, { host, port }, { tls: true })).greeting, /^220 /)
  await set(relay, 'smtp.listeners', [
    { address: host, port, encryption: 'tls' },
    { address: '127.0.0.2', port, encryption: 'starttls' },
  ])
  assert.match((await SmtpClient.open(t, { host: '127.0.0.2', port })).greeting, /^220 /)
  await set(relay, 'smtp.listeners', [{ address: '127.0.0.2', port, encryption: 'starttls' }])
  await assert.rejects(SmtpClient.connect(t, { host, port }), /ECONNREFUSED/)
  for (const client of [old, fresh]) assert.match(await client.ask('QUIT'), /^221 /)
  const told = relay.events.filter(({ kind }) => kind === 'listening')
  assert.equal(told.length, 5)
})

test('a name and a patience that change are those of the next session', async t => {
  const relay = await startRelay(t)
  await set(relay, 'hostname', 'new.example.com')
  await set(relay, 'smtp.idleTimeout', '1s')
  const client = await SmtpClient.open(t, relay.endpoint())
  assert.match(client.greeting, /^220 new\.example\.com /)
  assert.match(await client.end(), /^421 4\.4\.2 /)
})

test('a port in use is a problem with its path, and the old listeners stand', async t => {
  const relay = await startRelay(t)
  const before = relay.relay.listeners
  const other = createServer().listen(0, '127.0.0.1')
  atEnd(t, () => void other.close())
  await new Promise(resolve => other.once('listening', resolve))
  const address = other.address()
  const taken = typeof address === 'object' ? (address?.port ?? 0) : 0
  const client = await SmtpClient.open(t, relay.endpoint())
  const file = await readFile(join(relay.folder, 'settings.json'), 'utf8')
  const [one] = before
  const applied = await relay.control.setSettings(
    'smtp.listeners',
    [
      // Lets go of the first one's port, only to find the second taken.
      { address: '127.0.0.1', port: one?.port, encryption: 'none' },
      { address: '127.0.0.1', port: taken, encryption: 'starttls' },
    ],
    'command line',
  )
  assert.ok(!applied.ok)
  assert.deepEqual(
    applied.problems.map(({ path }) => path),
    ['smtp.listeners[1]'],
  )
  assert.match(
    applied.problems[0]?.text ?? '',
    new RegExp(`^Port ${taken} is in use by another program: .*\\.$`),
  )
  assert.deepEqual(relay.relay.listeners, before)
  assert.equal(await readFile(join(relay.folder, 'settings.json'), 'utf8'), file)
  assert.match(await client.ask('EHLO x'), /STARTTLS/)
  assert.match(await (await SmtpClient.open(t, relay.endpoint())).ask('EHLO x'), /STARTTLS/)
  const tls = await SmtpClient.open(t, relay.endpoint('tls'), { tls: true })
  assert.match(tls.greeting, /^220 /)
})

test('an address that is not this machine’s is a problem too', async t => {
  const relay = await startRelay(t)
  const listener = { address: '192.0.2.1', port: 2525, encryption: 'none' }
  const applied = await relay.control.setSettings('smtp.listeners', [listener], 'command line')
  assert.ok(!applied.ok)
  assert.match(applied.problems[0]?.text ?? '', /^This machine has no address 192\.0\.2\.1: /)
  assert.match((await SmtpClient.open(t, relay.endpoint())).greeting, /^220 /)
})
