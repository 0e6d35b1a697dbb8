/** Recipients that were accepted stay known to the log when no message comes of it, and are decided again by a draft. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { Event } from '../../app/log/event.ts'
import { SmtpClient } from '../support/client.ts'
import { password, type RunningRelay, startRelay } from '../support/relay.ts'

const out = 'someone@elsewhere.example'
const here = 'fred@example.com'
const mail = 'MAIL FROM:<a@client.example>'
const both = [mail, `RCPT TO:<${out}>`, `RCPT TO:<${here}>`]

const endings: Readonly<Record<string, (client: SmtpClient) => Promise<unknown>>> = {
  RSET: client => client.ask('RSET'),
  EHLO: client => client.ask('EHLO client.example'),
  QUIT: client => client.ask('QUIT'),
  STARTTLS: async client => {
    await client.ask('STARTTLS')
    await client.secure()
  },
  'an end without a word': async client => client.reset(),
}

function told({ events }: RunningRelay): readonly Event[] {
  return events.filter(
    ({ kind }) => kind === 'abandoned' || kind === 'message-refused' || kind === 'accepted',
  )
}

for (const [name, end] of Object.entries(endings)) {
  test(`accepted recipients are told once when the transaction ends by ${name}`, async t => {
    const relay = await startRelay(t)
    const client = await SmtpClient.open(t, relay.endpoint())
    assert.match((await client.say(...both)).join('\n'), /^250.*\n250.*\n250/)
    await end(client)
    const { from, to, client: address } = await relay.event('abandoned')
    assert.deepEqual([from, to, address], ['a@client.example', [out, here], '127.0.0.1'])
    client.reset()
    await relay.waitForSessions(0)
    assert.equal(told(relay).length, 1)
  })
}

test('nothing is told of a transaction without recipients, nor twice of a message', async t => {
  const relay = await startRelay(t)
  const client = await SmtpClient.open(t, relay.endpoint())
  await client.say(mail, 'RCPT TO:<nobody@example.com>', 'RSET', ...both, 'DATA')
  assert.match(await client.ask('x\r\n.'), /^250 /)
  await client.ask('QUIT')
  await relay.waitForSessions(0)
  assert.deepEqual(
    told(relay).map(({ kind }) => kind),
    ['accepted'],
  )
})

test('a message that is refused, or cut off, names whom it was for', async t => {
  const relay = await startRelay(t, { smtp: { maxMessageSize: 1024 } })
  const client = await SmtpClient.open(t, relay.endpoint())
  await client.say(...both, 'DATA')
  assert.match(await client.ask(`${'x'.repeat(2000)}\r\n.`), /^552 /)
  assert.deepEqual((await relay.event('message-refused')).to, [out, here])
  await client.say(mail, `RCPT TO:<${here}>`, 'DATA')
  client.send('half a li')
  client.reset()
  await relay.waitForSessions(0)
  assert.deepEqual(
    told(relay).map(event => [event.kind, 'to' in event && event.to]),
    [
      ['message-refused', [out, here]],
      ['message-refused', [here]],
    ],
  )
})

const credentials = Buffer.from(`\0support\0${password}`).toString('base64')

async function lose(t: TestContext, relay: RunningRelay): Promise<void> {
  const client = await SmtpClient.open(t, relay.endpoint(), { from: '127.0.9.9' })
  await client.say(`AUTH PLAIN ${credentials}`, ...both)
  assert.ok((await relay.control.setSettings('users[0].enabled', false, 'command line')).ok)
  assert.match(await client.ask('DATA'), /^530 /)
  await client.ask('QUIT')
}

test('DATA that is refused for a lost log-on loses no decision, with who was logged on', async t => {
  const relay = await startRelay(t)
  await lose(t, relay)
  const { user, to } = await relay.event('abandoned')
  assert.deepEqual([user, to], ['support', [out, here]])
})

test('a draft is told what it changes for them, for greetings, and for everybody when the service is off', async t => {
  const relay = await startRelay(t)
  const { control } = relay
  const flips = async (draft: unknown) =>
    (await control.replaySettings({ kind: 'current' }, { kind: 'draft', draft })).flips
  const client = await SmtpClient.open(t, relay.endpoint())
  await client.say(...both, 'RSET', 'QUIT')
  const smtp = await control.getSettings('smtp')
  const rest = JSON.parse(JSON.stringify(await control.getSettings('')))
  const closed = { ...rest, smtp: { ...Object(smtp), access: [] } }
  assert.deepEqual(
    (await flips(closed)).map(({ to }) => to),
    [out],
  )
  const off = { ...rest, smtp: { ...Object(smtp), enabled: false } }
  assert.equal((await flips(off)).length, 2)
  const shut = { antiRelay: 'authenticated-users', access: [{ action: 'block', from: '127.0.9.9' }] }
  for (const [key, value] of Object.entries(shut))
    assert.ok((await control.setSettings(`smtp.${key}`, value, 'command line')).ok)
  const barred = await SmtpClient.connect(t, relay.endpoint(), '127.0.9.9')
  assert.match(await barred.end(), /^554 /)
  const { list, row } = await relay.event('connection-refused')
  assert.deepEqual([list, row], ['service', 1])
  assert.deepEqual(
    (await flips({ ...rest, smtp: { ...Object(smtp), antiRelay: 'client-address' } }))
      .filter(({ to }) => to === undefined)
      .map(({ client, verdict }) => [client, verdict]),
    [['127.0.9.9', 'accept']],
  )
})
