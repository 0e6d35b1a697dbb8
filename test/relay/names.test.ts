/** Rows by host name, over real connections and a real DNS: who is let in follows the name, and nobody else comes along. */
import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { NOT_BY_NAME } from '../../app/access/name-answer.ts'
import { formatSpan, parseFrom } from '../../app/access/network.ts'
import type { Event } from '../../app/log/event.ts'
import type { NameRules } from '../../app/relay/host-names.ts'
import { Relay } from '../../app/relay.ts'
import { SmtpClient } from '../support/client.ts'
import { type DnsServer, startDns } from '../support/dns.ts'
import { atEnd } from '../support/ending.ts'
import { makeFolder } from '../support/folder.ts'
import { officeWith } from '../support/relay.ts'
import { waitFor } from '../support/wait.ts'

/** 127.0.9.0/24 are strangers here, as in `office`: of loopback only its first addresses are what no name stands for. */
const rules: NameRules = {
  every: 30,
  retry: 30,
  patience: 400,
  inside: [...NOT_BY_NAME.filter(span => formatSpan(span) !== '127.0.0.0/8'), ...spansIn('127.0.0.0/24')],
}

function spansIn(text: string) {
  const parsed = parseFrom(text)
  return parsed.ok && parsed.from.kind === 'span' ? [parsed.from.span] : []
}

const name = 'home.example.net'

interface Started {
  readonly relay: Relay
  readonly events: readonly Event[]
  /** The reply to a recipient elsewhere, for a client of this address that isn't logged on. */
  reply(from: string): Promise<string>
  /** Until the reply begins with that code. */
  becomes(from: string, code: number): Promise<void>
  count(kind: Event['kind']): number
  stop(): Promise<void>
}

interface Options {
  readonly folder?: string
  readonly access?: readonly object[]
  readonly rules?: Partial<NameRules>
}

async function start(t: TestContext, dns: DnsServer, options: Options = {}): Promise<Started> {
  const folder = options.folder ?? (await makeFolder(t))
  const access = options.access ?? [{ action: 'allow', from: name, withoutAuthentication: true }]
  const settings = officeWith({
    smtp: { access, ids: { enabled: false } },
    delivery: { dnsServers: [dns.address] },
  })
  await writeFile(join(folder, 'settings.json'), JSON.stringify(settings))
  const relay = await Relay.open(folder, {
    version: '0.0.0',
    say: () => {},
    names: { ...rules, ...options.rules },
  })
  const events: Event[] = []
  relay.subscribe(event => events.push(event))
  let stopped: Promise<void> | undefined
  const stop = () => (stopped ??= relay.stop())
  atEnd(t, stop)
  await relay.start()
  const reply = async (from: string) => {
    const port = relay.listeners[0]?.port ?? assert.fail('it does not listen')
    const client = await SmtpClient.open(t, { host: '127.0.0.1', port }, { from })
    const replies = await client.say('MAIL FROM:<a@example.org>', 'RCPT TO:<friend@elsewhere.example>')
    client.reset()
    return replies[1] ?? ''
  }
  return {
    relay,
    events,
    reply,
    becomes: async (from, code) => {
      await waitFor(`${code} for ${from}`, async () => (await reply(from)).startsWith(`${code}`) || undefined)
    },
    count: kind => events.filter(event => event.kind === kind).length,
    stop,
  }
}

test('a name that moves: the new address is let in, the old one and all others are not', async t => {
  const dns = await startDns(t)
  dns.set(name, '127.0.9.7')
  const { becomes, reply, events } = await start(t, dns)
  await becomes('127.0.9.7', 250)
  assert.match(await reply('127.0.9.8'), /^550 5\.7\.1/)
  assert.match(await reply('127.0.9.6'), /^550 5\.7\.1/)
  dns.set(name, '127.0.9.8')
  await becomes('127.0.9.8', 250)
  assert.match(await reply('127.0.9.7'), /^550 5\.7\.1/)
  const moves = events.flatMap(event => (event.kind === 'name-resolved' ? [event] : []))
  assert.deepEqual(
    moves.map(({ addresses, before }) => [before, addresses]),
    [
      [[], ['127.0.9.7']],
      [['127.0.9.7'], ['127.0.9.8']],
    ],
  )
})

test('a session that is open when the name moves goes on, and is decided anew for each recipient', async t => {
  const dns = await startDns(t)
  dns.set(name, '127.0.9.7')
  const { relay, becomes } = await start(t, dns)
  await becomes('127.0.9.7', 250)
  const port = relay.listeners[0]?.port ?? assert.fail('it does not listen')
  const client = await SmtpClient.open(t, { host: '127.0.0.1', port }, { from: '127.0.9.7' })
  const [, first] = await client.say('MAIL FROM:<a@example.org>', 'RCPT TO:<friend@elsewhere.example>')
  assert.match(first ?? '', /^250/)
  dns.set(name, '127.0.9.8')
  await becomes('127.0.9.8', 250)
  assert.match(await client.ask('RCPT TO:<other@elsewhere.example>'), /^550 5\.7\.1/)
  assert.match(await client.ask('NOOP'), /^250/)
})

for (const manner of ['failure', 'refusal', 'rubbish', 'silence'] as const) {
  test(`the DNS is down (${manner}): the last answer is kept, told once, and also over a restart`, async t => {
    const dns = await startDns(t)
    const folder = await makeFolder(t)
    dns.set(name, '127.0.9.7', '2001:db8::7')
    const first = await start(t, dns, { folder })
    await first.becomes('127.0.9.7', 250)
    dns.set(name, '127.0.9.8')
    dns.manner = manner
    await waitFor('the trouble', () => first.count('name-unresolved') || undefined)
    await dns.waitForQuestions(6)
    assert.match(await first.reply('127.0.9.7'), /^250/)
    assert.match(await first.reply('127.0.9.8'), /^550/)
    assert.equal(first.count('name-unresolved'), 1)
    await first.stop()

    const again = await start(t, dns, { folder })
    assert.match(await again.reply('127.0.9.7'), /^250/)
    assert.match(await again.reply('127.0.9.8'), /^550/)
    await waitFor('the trouble', () => again.count('name-unresolved') || undefined)
    dns.manner = 'true'
    await again.becomes('127.0.9.8', 250)
    assert.match(await again.reply('127.0.9.7'), /^550/)
    assert.equal(again.count('name-unresolved'), 1)
  })
}

test('a DNS that fails for IPv6 only is no trouble', async t => {
  const dns = await startDns(t)
  dns.manner6 = 'failure'
  dns.set(name, '127.0.9.7')
  const { becomes, count } = await start(t, dns)
  await becomes('127.0.9.7', 250)
  dns.set(name, '127.0.9.8')
  await becomes('127.0.9.8', 250)
  assert.equal(count('name-unresolved'), 0)
})

test('a name that is gone lets nobody in, for that is an answer', async t => {
  const dns = await startDns(t)
  dns.set(name, '127.0.9.7')
  const { becomes, count, relay } = await start(t, dns)
  await becomes('127.0.9.7', 250)
  dns.remove(name)
  await becomes('127.0.9.7', 550)
  await dns.waitForQuestions(6)
  assert.equal(count('name-unresolved'), 1)
  const { names } = await relay.control.status()
  assert.deepEqual(names[0]?.addresses, [])
})

test('answers that would let in more than one host’s addresses are not taken', async t => {
  const dns = await startDns(t)
  dns.set(name, '0.0.0.0', '127.0.0.1', '127.0.1.20', '10.1.2.3', '::', '::ffff:127.0.0.1', '127.0.9.7')
  const { becomes, reply, relay } = await start(t, dns)
  await becomes('127.0.9.7', 250)
  // Loopback, and an address of the local networks as the settings have them: both may send by their own rows only.
  for (const other of ['127.0.0.1', '127.0.1.20', '127.0.9.8']) assert.match(await reply(other), /^550/)
  const { names } = await relay.control.status()
  assert.deepEqual(names[0]?.addresses, ['127.0.9.7'])
  assert.deepEqual(names[0]?.refused, ['0.0.0.0', '10.1.2.3', '127.0.0.1', '::', '127.0.1.20'])
})

test('an answer of more addresses than a host has is none', async t => {
  const dns = await startDns(t)
  dns.set(name, '127.0.9.7')
  const { becomes, reply, count } = await start(t, dns)
  await becomes('127.0.9.7', 250)
  dns.set(name, ...Array.from({ length: 33 }, (_, at) => `127.0.9.${at + 100}`))
  await waitFor('the trouble', () => count('name-unresolved') || undefined)
  assert.match(await reply('127.0.9.100'), /^550/)
  assert.match(await reply('127.0.9.7'), /^250/)
})

test('a slow DNS holds up neither the start nor a session, nor the stop', async t => {
  const dns = await startDns(t)
  dns.manner = 'silence'
  const begin = performance.now()
  const access = [
    ...Array.from({ length: 50 }, (_, at) => ({ action: 'block', from: `h${at}.example.net` })),
    { action: 'allow', from: '127.0.9.0/24', withoutAuthentication: true },
  ]
  const { reply, stop } = await start(t, dns, { access, rules: { patience: 60_000 } })
  assert.match(await reply('127.0.9.7'), /^250/)
  await stop()
  assert.ok(performance.now() - begin < 5000)
})

test('a row that blocks a name blocks nobody before it is resolved, and a finding says so', async t => {
  const dns = await startDns(t)
  dns.manner = 'failure'
  const access = [
    { action: 'block', from: name },
    { action: 'allow', from: '127.0.9.0/24', withoutAuthentication: true },
  ]
  const { becomes, reply, relay } = await start(t, dns, { access })
  assert.match(await reply('127.0.9.7'), /^250/)
  const findings = async () => (await relay.control.audit({ kind: 'current' })).findings
  const [finding] = (await findings()).filter(({ kind }) => kind === 'name-without-address')
  assert.match(finding?.text ?? '', /^Row 1 blocks home\.example\.net, .*blocks nobody/)
  dns.set(name, '127.0.9.7')
  dns.manner = 'true'
  await becomes('127.0.9.7', 550)
  assert.match(await reply('127.0.9.8'), /^250/)
  assert.ok((await findings()).every(({ kind }) => kind !== 'name-without-address'))
})

test('a row put in while running is looked up at once; one taken out is forgotten', async t => {
  const dns = await startDns(t)
  dns.set('new.example.net', '127.0.9.9')
  const { relay, becomes, stop } = await start(t, dns, {
    access: [],
    rules: { every: 60_000, retry: 60_000 },
  })
  const row = { action: 'allow', from: 'NEW.example.net.', withoutAuthentication: true }
  assert.ok((await relay.control.setSettings('smtp.access[0]', row, 'window', { openRelay: true })).ok)
  await becomes('127.0.9.9', 250)
  const { folder } = await relay.control.status()
  const file = () => readFile(join(folder, 'names.json'), 'utf8')
  await waitFor('the file', async () => (await file().catch(() => '')).includes('127.0.9.9') || undefined)
  assert.ok((await relay.control.setSettings('smtp.access', [], 'window')).ok)
  await becomes('127.0.9.9', 550)
  assert.ok((await relay.control.setSettings('smtp.access[0]', row, 'window', { openRelay: true })).ok)
  await becomes('127.0.9.9', 250)
  assert.ok((await relay.control.setSettings('smtp.access', [], 'window')).ok)
  await stop()
  assert.equal((await file()).trim(), '{}')
})

test('a damaged file of answers is told of, and counts for nothing', async t => {
  const dns = await startDns(t)
  const folder = await makeFolder(t)
  await writeFile(join(folder, 'names.json'), '{"home.example.net": {"v4": {"addresses": ["127.0.9.7"], "ti')
  dns.manner = 'failure'
  const first = await start(t, dns, { folder })
  assert.match(await first.reply('127.0.9.7'), /^550/)
  const told = await first.relay.control.readLog({ match: 'names.json' })
  assert.equal(told.length, 1)
  dns.set(name, '127.0.9.7')
  dns.manner = 'true'
  await first.becomes('127.0.9.7', 250)
  await first.stop()
  dns.manner = 'failure'
  assert.match(await (await start(t, dns, { folder })).reply('127.0.9.7'), /^250/)
})

test('explain, doctor, status and the map say what a name stands for, and since when', async t => {
  const dns = await startDns(t)
  dns.set(name, '127.0.9.7')
  const { relay, becomes } = await start(t, dns)
  await becomes('127.0.9.7', 250)
  const { steps, verdict } = await relay.control.explain({
    client: '127.0.9.7',
    to: 'friend@elsewhere.example',
  })
  assert.equal(verdict, 'accept')
  assert.ok(steps.includes('The DNS says: home.example.net: 127.0.9.7, just now.'), steps.join('\n'))
  const checks = await relay.control.doctor()
  const [check] = checks.filter(check => check.name === 'host names')
  assert.deepEqual([check?.state, check?.text], ['ok', 'home.example.net: 127.0.9.7, just now.'])
  const { lines } = await relay.control.audit({ kind: 'current' })
  assert.equal(lines[0]?.who, 'home.example.net (127.0.9.7)')
})
