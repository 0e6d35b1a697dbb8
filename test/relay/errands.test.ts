/** Commands without a message: a stranger who only keeps the relay busy, or its log full, is let go; nobody else is. */
import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { SmtpClient } from '../support/client.ts'
import { type Ending, endOfSuite } from '../support/ending.ts'
import { password, type RunningRelay, startRelay } from '../support/relay.ts'
import { waitFor } from '../support/wait.ts'

const strangers = Array.from({ length: 20 }, (_, at) => `127.0.9.${at + 10}`)
const TOO_MANY = /^421 4\.7\.0 Too many commands without a message; closing the connection$/
const logOn = `AUTH PLAIN ${Buffer.from(`\0fred\0${password}`).toString('base64')}`
const mail = 'MAIL FROM:<a@client.example>'
const toFred = 'RCPT TO:<fred@example.com>'

describe('commands without a message', () => {
  const suite = endOfSuite()
  let relay: RunningRelay
  before(async () => {
    relay = await startRelay(suite, { smtp: { maxRecipients: 5 } })
  })

  const open = (test: Ending, from = strangers.pop()) =>
    SmtpClient.open(test, relay.endpoint(), from === undefined ? {} : { from })

  /** The replies to each of them, sent together. */
  async function flood(client: SmtpClient, count: number, line = 'NOOP'): Promise<string[]> {
    client.send(`${line}\r\n`.repeat(count))
    const replies: string[] = []
    while (replies.length < count) replies.push(await client.reply())
    return replies
  }

  for (const [what, line, answer] of [
    ['nothing', 'NOOP', /^250 /],
    ['its name', 'EHLO x', /^250-/],
    ['a message that is too large', `${mail} SIZE=999999999`, /^552 5\.3\.4 /],
    ['lines that end in LF alone', 'NOOP\n', /^500 5\.5\.2 /],
  ] as const) {
    test(`a stranger who says ${what} a hundred times is let go, and told of once`, async t => {
      const from = strangers.pop()
      const client = await open(t, from)
      await client.ask('EHLO x')
      const before = relay.events.length
      client.send(line.endsWith('\n') ? line.repeat(150) : `${line}\r\n`.repeat(150))
      for (let at = 1; at < 100; at++) assert.match(await client.reply(), answer)
      assert.match(await client.reply(), TOO_MANY)
      assert.equal(await client.end(), '')
      const told = relay.events.slice(before).filter(event => event.kind === 'session-refused')
      assert.equal(told.filter(({ reply }) => reply.text.startsWith('Too many commands')).length, 1)
      const { offences } = await relay.control.viewAddress(from ?? '')
      assert.ok(offences.some(({ kind }) => kind === 'protocolError'))
    })
  }

  test('a transaction that is begun again and again is one more command each time', async t => {
    const client = await open(t)
    await client.ask('EHLO x')
    client.send(`${mail}\r\n${toFred}\r\nRSET\r\n`.repeat(60))
    const said = await client.end()
    assert.match(said.trimEnd().split('\r\n').at(-1) ?? '', TOO_MANY)
    // A recipient costs a tenth: 47 times of three commands, and what was begun.
    assert.equal(said.match(/^250 2\.1\.5 /gm)?.length, 47)
  })

  test('it goes on within TLS where it was', async t => {
    const client = await open(t)
    await client.ask('EHLO x')
    await flood(client, 60)
    assert.match(await client.ask('STARTTLS'), /^220 /)
    await client.secure()
    await client.ask('EHLO x')
    client.send('NOOP\r\n'.repeat(60))
    const said = await client.end()
    assert.equal(said.match(/^250 /gm)?.length, 37)
    assert.match(said.trimEnd().split('\r\n').at(-1) ?? '', TOO_MANY)
  })

  test('hundreds of recipients for another message are no flood', async t => {
    const client = await open(t)
    await client.say(mail)
    const replies = await flood(client, 700, toFred)
    assert.equal(replies.filter(reply => reply.startsWith('452 4.5.3 ')).length, 695)
    assert.match(await client.ask('DATA'), /^354 /)
    assert.match(await client.ask('x\r\n.'), /^250 /)
  })

  test('with each message it begins anew', async t => {
    const client = await open(t)
    await client.ask('EHLO x')
    for (let times = 0; times < 3; times++) {
      for (const reply of await flood(client, 80)) assert.match(reply, /^250 /)
      for (const line of [mail, toFred, 'DATA']) assert.match(await client.ask(line), /^[23]5\d /)
      assert.match(await client.ask('x\r\n.'), /^250 2\.0\.0 Ok: queued/)
    }
  })

  test('the office, and whoever is logged on, may say nothing as often as they like', async t => {
    const office = await open(t, '127.0.1.50')
    const user = await open(t)
    await office.ask('EHLO x')
    assert.match((await user.say(logOn)).join(), /^235 /)
    for (const client of [office, user])
      for (const reply of await flood(client, 1500)) assert.match(reply, /^250 /)
  })
})

test('a client that fails the handshake again and again is told of a hundred times, and others all the same', async t => {
  const relay = await startRelay(t)
  const fail = async (from: string) => {
    const client = await SmtpClient.connect(t, relay.endpoint('tls'), from)
    client.send('EHLO this is no TLS\r\n')
    await client.end()
    client.reset()
  }
  for (let times = 0; times < 150; times++) await fail('127.0.9.99')
  await fail('127.0.9.98')
  const failedBy = (from: string) =>
    relay.events.filter(event => event.kind === 'tls-failed' && event.client === from).length
  await waitFor('the last one', () => failedBy('127.0.9.98') === 1 || undefined)
  assert.equal(failedBy('127.0.9.99'), 100)
})
