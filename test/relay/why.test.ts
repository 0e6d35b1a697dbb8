/** Refusals of real connections, told in the log, and what is answered to "why?", over the control as at the command line. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Why } from '../../app/control/control.ts'
import { isRefusal, type WhyKind } from '../../app/control/why.ts'
import { whyKindOf } from '../../app/control/why-kind.ts'
import { SmtpClient } from '../support/client.ts'
import type { Ending } from '../support/ending.ts'
import { password, type RunningRelay, startRelay } from '../support/relay.ts'
import { waitFor } from '../support/wait.ts'

const [stranger, device] = ['127.0.9.9', '127.0.1.5']
const mail = 'MAIL FROM:<a@client.example>'
const envelope = [mail, 'RCPT TO:<fred@example.com>', 'DATA']

type Settings = Readonly<Record<string, unknown>>
type Act = (relay: RunningRelay, client: (from?: string) => Promise<SmtpClient>) => Promise<unknown>

const content =
  (text: string, from = stranger): Act =>
  async (_, open) => {
    const client = await open(from)
    await client.say(...envelope)
    await client.ask(text)
  }

const line =
  (text: string, from = device): Act =>
  async (_, open) => {
    const client = await open(from)
    client.send(text)
    await client.end()
  }

const wrong = `AUTH PLAIN ${Buffer.from('\0support\0no').toString('base64')}`
const right = `AUTH PLAIN ${Buffer.from(`\0support\0${password}`).toString('base64')}`
const forAnother = `AUTH PLAIN ${Buffer.from(`webmaster\0support\0${password}`).toString('base64')}`
const set = async ({ control }: RunningRelay, path: string, value: unknown) =>
  assert.ok((await control.setSettings(path, value, 'command line')).ok)

/** What leads to it, by which settings, and what the answer must name. */
const CASES: readonly (readonly [WhyKind, Settings, Act, RegExp])[] = [
  [
    'access-list',
    { antiRelay: 'authenticated-users', access: [{ action: 'block', from: stranger }] },
    (_, open) => open(),
    /row 1 of the access list/,
  ],
  ['always-blocked', { ids: { alwaysBlock: ['127.0.9.0/24'] } }, (_, open) => open(), /127\.0\.9\.0\/24/],
  [
    'old-devices-only',
    { listeners: [{ address: '127.0.0.1', port: 0, encryption: 'none', oldDevices: true }] },
    (_, open) => open(),
    /old devices/,
  ],
  [
    'old-devices-full-for-one',
    {
      listeners: [{ address: '127.0.0.1', port: 0, encryption: 'none', oldDevices: true }],
      oldDevices: { maxConnectionsPerClient: 1 },
    },
    async (_, open) => [await open(device), await open(device)],
    /smtp\.oldDevices\.maxConnectionsPerClient/,
  ],
  [
    'old-devices-full',
    {
      listeners: [{ address: '127.0.0.1', port: 0, encryption: 'none', oldDevices: true }],
      oldDevices: { maxConnections: 1 },
    },
    async (_, open) => [await open(device), await open('127.0.1.6')],
    /smtp\.oldDevices\.maxConnections/,
  ],
  [
    'full-for-one',
    { maxConnectionsPerClient: 1 },
    async (_, open) => [await open(), await open()],
    /maxConnectionsPerClient/,
  ],
  [
    'full-for-network',
    { maxConnectionsPerNetwork: 1 },
    async (_, open) => [await open(), await open('127.0.9.10')],
    /maxConnectionsPerNetwork/,
  ],
  [
    'full',
    { maxConnections: 1, reservedShare: 0 },
    async (_, open) => [await open(device), await open('127.0.1.6')],
    /maxConnections/,
  ],
  ['bare-lf', {}, content('a\nb\r\n.', device), /line 1 of its message.*mendLineEnds/],
  [
    'bare-lf-command',
    {},
    async (_, open) => {
      const client = await open(device)
      client.send('EHLO scanner\nNOOP\n')
      await client.reply()
    },
    /in its commands already.*mendLineEnds/,
  ],
  ['bare-cr', {}, content('a\rb\r\n.'), /CR stands without LF/],
  ['nul', {}, content('a\0b\r\n.'), /NUL/],
  ['too-large', { maxMessageSize: 1024 }, content(`${'x'.repeat(1200)}\r\n.`), /smtp\.maxMessageSize/],
  ['too-large', { maxMessageSize: 1024 }, async (_, open) => (await open()).ask(`${mail} SIZE=2000`), /1KB/],
  [
    'lost',
    {},
    async (_, open) => {
      const client = await open()
      await client.say(...envelope)
      client.send('x')
      client.reset()
    },
    /in the middle of the message/,
  ],
  ['session-timeout', { sessionTimeout: '1s' }, line('NOOP\r\n'), /may last 1s \(smtp\.sessionTimeout\)/],
  ['command-timeout', { commandTimeout: '1s' }, line('NOO'), /may take 1s from/],
  ['data-timeout', { dataTimeout: '1s' }, content('x'), /may take 1s \(smtp\.dataTimeout\)/],
  [
    'too-slow',
    { idleTimeout: '1s', minDataRate: 5000, dataTimeout: '1m' },
    async (_, open) => {
      const client = await open()
      await client.say(...envelope)
      client.send('x')
      client.send('y')
      await client.end()
    },
    /smtp\.minDataRate/,
  ],
  ['too-many-errors', { ids: { enabled: false } }, line('WHAT\r\n'.repeat(11)), /no command/],
  ['too-many-commands', {}, line('NOOP\r\n'.repeat(101), stranger), /100 commands/],
  ['no-mail-program', {}, line('GET / HTTP/1.1\r\n'), /HTTP/],
  ['wrong-password', {}, async (_, open) => (await open()).ask(wrong), /password that was wrong/],
  ['for-another', {}, async (_, open) => (await open()).ask(forAnother), /support .*authorization identity/s],
  [
    'account-gone',
    {},
    async (relay, open) => {
      const client = await open()
      await client.say(right, mail, 'RCPT TO:<b@elsewhere.example>')
      await set(relay, 'users[0].enabled', false)
      await client.ask('DATA')
    },
    /account support .* nothing was sent/,
  ],
  ['recipient', {}, async (_, open) => (await open()).say(mail, 'RCPT TO:<b@elsewhere.example>'), /row 3/i],
]

/** The first refusal of this kind, as the log has it, and the answer. */
async function first(relay: RunningRelay, kind: WhyKind): Promise<Why> {
  await waitFor(kind, () => relay.events.find(event => isRefusal(event) && whyKindOf(event) === kind))
  const told = (await relay.control.readLog({})).filter(isRefusal)
  const [answer] = (await relay.control.whyRefused(told)).filter(one => one.kind === kind)
  assert.ok(answer)
  return answer
}

async function opened(t: Ending, relay: RunningRelay, from = stranger): Promise<SmtpClient> {
  const client = await SmtpClient.open(t, relay.endpoint(), { from })
  if (client.greeting.startsWith('220')) await client.ask('EHLO client.example')
  return client
}

for (const [at, [kind, smtp, act, names]] of CASES.entries())
  test(`${at + 1}. ${kind}: the log tells of it, and the answer names what it goes by`, {
    timeout: 20_000,
  }, async t => {
    const relay = await startRelay(t, { smtp })
    const acted = act(relay, from => opened(t, relay, from))
    const { means, cause, todo } = await first(relay, kind)
    await acted
    assert.match(`${means} ${cause} ${todo}`, names)
    const refusals = relay.events.filter(isRefusal)
    assert.equal(refusals.length, 1, JSON.stringify(refusals))
  })

test('what a session is told over and over stands in the log once', async t => {
  const relay = await startRelay(t)
  const client = await SmtpClient.open(t, relay.endpoint(), { from: device })
  for (let times = 0; times < 5; times++) {
    client.send('NOOP\n')
    assert.match(await client.reply(), /^500 5\.5\.2/)
  }
  await client.say('QUIT')
  assert.equal(relay.events.filter(({ kind }) => kind === 'session-refused').length, 1)
})

test('the answer’s click lets such lines in from that device, by the one way of changing settings', async t => {
  const relay = await startRelay(t)
  const client = await SmtpClient.open(t, relay.endpoint(), { from: device })
  client.send('EHLO scanner\n')
  await client.reply()
  const { mends } = await first(relay, 'bare-lf-command')
  const [mend] = mends
  assert.ok(mend?.kind === 'edit')
  const [edit] = mend.edits
  assert.ok(edit?.kind === 'insert')
  const access = await relay.control.getSettings('smtp.access')
  assert.ok(Array.isArray(access))
  await set(relay, 'smtp.access', access.toSpliced(edit.row - 1, 0, edit.value))
  client.send('NOOP\n')
  assert.match(await client.reply(), /^250 /)
})
