/** Known holes, time: a client that trickles is ended in bounded time at every stage, and a slow but honest one isn't. */
/*
 * The times that stand in new settings are proved by test/unit/smtp/deadlines.test.ts; here they are short, and everything
 * else is as on a real line.
 */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { SmtpClient } from '../support/client.ts'
import { password, type RunningRelay, startRelay } from '../support/relay.ts'
import { startSink } from '../support/sink.ts'

const envelope = ['MAIL FROM:<a@client.example>', 'RCPT TO:<fred@example.com>', 'DATA'] as const
const limits = { idleTimeout: '1s', commandTimeout: '2s', sessionTimeout: '4s', dataTimeout: '6s' }
/** Milliseconds that a test of this machine may be late. */
const LATE = 4000

/** Bytes of `text` over and over, one each time, until the server closes; what it said, and after how long. */
async function trickle(client: SmtpClient, text: string, each = 200): Promise<[said: string, took: number]> {
  const begun = performance.now()
  let ended = false
  const heard = client.end().then(said => {
    ended = true
    return [said, performance.now() - begun] satisfies [string, number]
  })
  // The server may close while a byte is on its way.
  client.socket.on('error', () => {})
  for (let at = 0; !ended; at = (at + 1) % text.length) {
    client.socket.write(text.charAt(at))
    await Promise.race([pause(each), heard])
  }
  return heard
}

async function assertGone(relay: RunningRelay, client: SmtpClient): Promise<void> {
  client.reset()
  await relay.waitForSessions(0)
}

const stages: [stage: string, bytes: string, prepare: readonly string[], ends: number, says: RegExp][] = [
  ['the first command', 'E', [], 2000, /421 4\.4\.2 The command took too long/],
  [
    'a command within a transaction',
    'R',
    envelope.slice(0, 1),
    2000,
    /421 4\.4\.2 The command took too long/,
  ],
  ['the answer to AUTH', 'A', ['AUTH PLAIN'], 2000, /421 4\.4\.2 The command took too long/],
  ['one command after another', 'NOOP\r\n', [], 4000, /421 4\.4\.2 The session has lasted too long/],
  ['content', 'x', envelope, 1000, /421 4\.4\.2 The message comes too slowly/],
  ['lines of content', 'x\r\n', envelope, 1000, /421 4\.4\.2 The message comes too slowly/],
]
for (const [stage, bytes, prepare, ends, says] of stages) {
  test(`a trickle of ${stage} is ended with a reply`, async t => {
    const relay = await startRelay(t, { smtp: limits })
    const client = await SmtpClient.open(t, relay.endpoint())
    await client.say(...prepare)
    const [said, took] = await trickle(client, bytes)
    assert.match(said, says)
    assert.ok(took < ends + LATE, `${took} ms`)
    await assertGone(relay, client)
    assert.deepEqual(await relay.control.listQueue({}), [])
  })
}

for (const encryption of ['tls', 'starttls']) {
  test(`a trickle of a TLS handshake (${encryption}) is ended`, async t => {
    const relay = await startRelay(t, { smtp: limits })
    const client = await SmtpClient.connect(t, relay.endpoint(encryption))
    if (encryption === 'starttls') {
      await client.reply()
      await client.say('STARTTLS')
    }
    // The head of a record of 16 KB, which never comes to its end.
    const [, took] = await trickle(client, '\x16\x03\x01\x3f\xff\x01'.padEnd(10_000, '\0'))
    assert.ok(took < 2000 + LATE, `${took} ms`)
    await assertGone(relay, client)
  })
}

test('one that trickles through all stages, just in time at each, is ended too', async t => {
  const relay = await startRelay(t, { smtp: { ...limits, minDataRate: 10 } })
  const client = await SmtpClient.open(t, relay.endpoint())
  const session = ['EHLO bot', ...envelope].map(line => `${line}\r\n`).join('')
  const begun = performance.now()
  for (const byte of session) {
    client.send(byte)
    await pause(15)
  }
  const [said] = await trickle(client, 'x', 20)
  const took = performance.now() - begun
  assert.match(said, /421 4\.4\.2 The message took too long to come/)
  assert.ok(took < 4000 + 6000 + LATE, `${took} ms`)
  const { reply } = await relay.event('message-refused')
  assert.match(reply.text, /too long/)
  await assertGone(relay, client)
})

test('the session ends behind a message that is coming in, not within it', async t => {
  const relay = await startRelay(t, { smtp: { ...limits, sessionTimeout: '1s' } })
  const client = await SmtpClient.open(t, relay.endpoint())
  await client.say(...envelope)
  for (let part = 0; part < 12; part++) {
    client.send(`${'x'.repeat(500)}\r\n`)
    await pause(150)
  }
  assert.match(await client.ask('.'), /^250 2\.0\.0 /)
  assert.match(await client.end(), /^421 4\.4\.2 The session has lasted too long/)
})

/** A line so slow that it takes 64 kbit a second. */
async function sendSlowly(client: SmtpClient, seconds: number): Promise<void> {
  const tenth = `${'x'.repeat(798)}\r\n`
  for (let at = 0; at < seconds * 10; at++) {
    client.send(tenth)
    await pause(100)
  }
}

test('a slow but honest line brings its message, at the rate of new settings and short times', async t => {
  const sink = await startSink(t)
  const routes = [{ to: ['*'], via: 'smart-host', hosts: [sink.address], encryption: 'none' }]
  const smtp = { idleTimeout: '2s', commandTimeout: '2s', sessionTimeout: '2s' }
  const relay = await startRelay(t, { smtp, delivery: { routes } })
  const client = await SmtpClient.open(t, relay.endpoint())
  await client.say(envelope[0], 'RCPT TO:<b@elsewhere.example>', 'DATA')
  await sendSlowly(client, 8)
  assert.match(await client.ask('.'), /^250 2\.0\.0 /)
  const [transaction] = await sink.waitForMail(1)
  assert.ok((transaction?.content.length ?? 0) > 64_000)
})

test('a slow typist at the keyboard is served', async t => {
  const relay = await startRelay(t, { smtp: { ...limits, sessionTimeout: '1m' } })
  const client = await SmtpClient.open(t, relay.endpoint())
  const type = async (line: string): Promise<string> => {
    for (const byte of `${line}\r\n`) {
      client.send(byte)
      await pause(20)
    }
    return client.reply()
  }
  assert.match(await type('EHLO x'), /^250/)
  for (const line of envelope) assert.match(await type(line), /^[23]5\d /)
  assert.match(await client.ask('x\r\n.'), /^250 /)
})

test('the answer to a log-on may take its time', async (t: TestContext) => {
  const relay = await startRelay(t, { smtp: { ...limits, sessionTimeout: '1m', commandTimeout: '1s' } })
  const client = await SmtpClient.open(t, relay.endpoint())
  const bad = `AUTH PLAIN ${Buffer.from('\0support\0guess').toString('base64')}`
  const good = `AUTH PLAIN ${Buffer.from(`\0support\0${password}`).toString('base64')}`
  const answers = await client.say(bad, bad, bad, good)
  assert.match(answers.at(-1) ?? '', /^235 /)
})
