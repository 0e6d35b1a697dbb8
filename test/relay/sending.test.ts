/** Mail that leaves as another sender and signed, through a whole relay: what the next hop sees, byte for byte, and who hears of a failure. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { makeKey, recordOf } from '../../app/delivery/dkim-key.ts'
import { DialogueConnection } from '../support/dialogue-connection.ts'
import { verdictsOn } from '../support/dkim.ts'
import { startDns } from '../support/dns-server.ts'
import { makeFolder } from '../support/folder.ts'
import { install, portOf } from '../support/installation.ts'
import { type HopScript, type NextHop, startNextHop } from '../support/next-hop.ts'
import { account, password } from '../support/relay.ts'
import { officeSettings, type RunningRelay, startRelay } from '../support/relay-on-folder.ts'
import { startSink } from '../support/sink.ts'
import { swaks } from '../support/swaks.ts'

function routeTo({ port }: NextHop, changes: object = {}): object {
  return { to: ['*'], via: 'smart-host', encryption: 'none', hosts: [`127.0.0.1:${port}`], ...changes }
}

interface Letter {
  readonly from?: string
  readonly to: readonly string[]
  /** With its empty line; CR LF at every line's end. */
  readonly content: string
  readonly user?: string
}

/** Hands it in, logged on as `user`, and byte for byte. */
async function submit(relay: RunningRelay, { from = 'anna@x.example', to, content, user }: Letter) {
  const client = await DialogueConnection.open({ host: '127.0.0.1', port: relay.port }, undefined, false)
  const say = async (line: string | Buffer, expected: RegExp) => {
    client.send(typeof line === 'string' ? Buffer.from(line === '' ? '' : `${line}\r\n`) : line)
    let reply = await client.readLine()
    while (/^\d{3}-/.test(reply)) reply = await client.readLine()
    assert.match(reply, expected)
  }
  await say('', /^220/)
  await say('EHLO client.example', /^250/)
  if (user !== undefined)
    await say(`AUTH PLAIN ${Buffer.from(`\0${user}\0${password}`).toString('base64')}`, /^235/)
  await say(`MAIL FROM:${from}`.replace(/:(\S*)/, ':<$1>'), /^250/)
  for (const one of to) await say(`RCPT TO:<${one}>`.replace(/> (.*)>$/, '> $1'), /^250/)
  await say('DATA', /^354/)
  await say(Buffer.from(`${content.replace(/^\./gm, '..')}.\r\n`, 'latin1'), /^250/)
  client.destroy()
}

/** Without our own Received field. */
function withoutTrace(content: string): string {
  return content.replace(/^Received:.*\r\n(?:[ \t].*\r\n)*/, '')
}

const BODY = '\r\n.\r\n..dots\r\nJ\xf6rg \xa0\r\n\r\n \t\r\n\r\n'

test('a route: MAIL FROM, From and Reply-To are changed, and every other byte is as it came', async t => {
  const hop = await startNextHop(t)
  const relay = await startRelay(
    t,
    await makeFolder(t),
    officeSettings({ routes: [routeTo(hop, { sendAs: 'Office@Cloud.Example' })] }),
  )
  const above = 'X-Odd: \xff\r\n\tfolded \r\nDKIM-Signature: v=1; b=old\r\n'
  const below = 'Subject: =?utf-8?Q?=F6?=\r\nX-Odd : y\r\nno field at all\r\n'
  const content = `${above}From: Anna <anna@x.example>\r\n${below}${BODY}`
  await submit(relay, { to: ['b@y.example'], content })
  await relay.event('delivered')
  const [taken] = hop.taken
  assert.match(taken?.from ?? '', /^<Office@cloud\.example>/)
  const expected = `X-Odd: \xff\r\n\tfolded \r\nFrom: Anna <Office@cloud.example>\r\nReply-To: Anna <anna@x.example>\r\n${below}${BODY}`
  assert.equal(withoutTrace(taken?.content ?? ''), expected)
})

test('the account goes before the route; whoever has none leaves as the route says, or as they are', async t => {
  const [rewriting, plain] = [await startNextHop(t), await startNextHop(t)]
  const users = [
    { ...account('anna'), addresses: ['anna@local.example'], sendAs: 'anna@cloud.example' },
    { ...account('fred'), addresses: ['fred@local.example'], sendAs: null },
  ]
  const smtp = {
    listeners: [{ address: '127.0.0.1', port: 0, encryption: 'none' }],
    plaintextAuthentication: 'always',
    access: [{ action: 'allow', from: 'local-networks' }],
  }
  const routes = [
    routeTo(plain, { to: ['plain.example'], sendAs: null }),
    routeTo(rewriting, { sendAs: 'office@cloud.example' }),
  ]
  const relay = await startRelay(t, await makeFolder(t), officeSettings({ routes }, { users, smtp }))
  const content = 'From: someone@local.example\r\n\r\nx\r\n'
  for (const user of ['ANNA', 'fred', undefined])
    await submit(relay, { to: ['b@y.example', 'b@plain.example'], content, ...(user && { user }) })
  await relay.event('delivered', 6)
  const froms = (hop: NextHop) =>
    hop.taken
      .map(({ from, content }) => `${from.split(' ')[0]} ${/^From: (.*)\r$/m.exec(content)?.[1]}`)
      .sort()
  assert.deepEqual(froms(rewriting), [
    '<anna@cloud.example> "someone@local.example" <anna@cloud.example>',
    '<office@cloud.example> "someone@local.example" <office@cloud.example>',
    '<office@cloud.example> "someone@local.example" <office@cloud.example>',
  ])
  assert.deepEqual(froms(plain), [
    '<anna@cloud.example> "someone@local.example" <anna@cloud.example>',
    '<anna@x.example> someone@local.example',
    '<anna@x.example> someone@local.example',
  ])
})

test('mail for a mailbox here is never changed', async t => {
  const hop = await startNextHop(t)
  const users = [{ ...account('fred'), addresses: ['fred@local.example'], sendAs: 'fred@cloud.example' }]
  const relay = await startRelay(
    t,
    await makeFolder(t),
    officeSettings({ routes: [routeTo(hop, { sendAs: 'office@cloud.example' })] }, { users }),
  )
  await submit(relay, { to: ['fred@local.example'], content: 'From: a@x.example\r\n\r\nx\r\n' })
  await relay.event('delivered')
  const [letter = ''] = await relay.mailbox()
  assert.match(letter, /^Return-Path: <anna@x\.example>\n/)
  assert.match(letter, /\nFrom: a@x\.example\n\nx\n$/)
})

test('the null reverse-path stays null, and its From is changed all the same', async t => {
  const hop = await startNextHop(t)
  const relay = await startRelay(
    t,
    await makeFolder(t),
    officeSettings({ routes: [routeTo(hop, { sendAs: 'office@cloud.example' })] }),
  )
  await submit(relay, {
    from: '',
    to: ['b@y.example'],
    content: 'From: MAILER-DAEMON@x.example\r\n\r\nx\r\n',
  })
  await relay.event('delivered')
  assert.match(hop.taken[0]?.from ?? '', /^<>/)
  assert.match(
    hop.taken[0]?.content ?? '',
    /\r\nFrom: "MAILER-DAEMON@x\.example" <office@cloud\.example>\r\n/,
  )
})

test('an address beyond ASCII goes where SMTPUTF8 is offered, and nowhere else', async t => {
  const hop = await startNextHop(t)
  const plain = await startNextHop(t, { extensions: ['8BITMIME'] })
  const sendAs = 'büro@cloud.example'
  const routes = [routeTo(plain, { to: ['plain.example'], sendAs }), routeTo(hop, { sendAs })]
  const relay = await startRelay(t, await makeFolder(t), officeSettings({ routes }))
  const content = 'From: Anna <a@x.example>\r\n\r\nx\r\n'
  await submit(relay, { to: ['b@y.example'], content })
  await submit(relay, { from: '', to: ['b@plain.example'], content })
  await relay.event('delivered')
  const { reply } = await relay.event('failed')
  assert.match(reply.text, /SMTPUTF8/)
  const utf8 = (text = '') => Buffer.from(text, 'latin1').toString()
  assert.match(utf8(hop.taken[0]?.from), /^<büro@cloud\.example>.* SMTPUTF8/)
  assert.match(utf8(hop.taken[0]?.content), /\r\nFrom: Anna <büro@cloud\.example>\r\n/)
  assert.equal(plain.taken.length, 0)
})

const refusing: HopScript = {
  answer: command => (command.startsWith('RCPT') ? '550 5.1.1 nobody there' : undefined),
}

test('a failure is told to the sender that was, not to the address it left as', async t => {
  const hop = await startNextHop(t, refusing)
  const relay = await startRelay(
    t,
    await makeFolder(t),
    officeSettings({ routes: [routeTo(hop, { sendAs: 'office@cloud.example' })] }),
  )
  const content = 'From: Fred <fred@local.example>\r\nSubject: x\r\n\r\nx\r\n'
  await submit(relay, { from: 'fred@local.example', to: ['b@y.example'], content })
  await relay.event('bounced')
  await relay.event('delivered')
  const [report = ''] = await relay.mailbox()
  assert.match(report, /\nTo: <?fred@local\.example>?\n/)
  assert.match(report, /nobody there/)
  assert.match(report, /\nFrom: Fred <fred@local\.example>\n/)
  assert.doesNotMatch(report, /cloud\.example/)
})

test('success is not asked of the next hop, whose report would come to another: ours says that it was relayed', async t => {
  const hop = await startNextHop(t)
  const relay = await startRelay(
    t,
    await makeFolder(t),
    officeSettings({ routes: [routeTo(hop, { sendAs: 'office@cloud.example' })] }),
  )
  const content = 'From: Fred <fred@local.example>\r\n\r\nx\r\n'
  await submit(relay, { from: 'fred@local.example', to: ['b@y.example> NOTIFY=SUCCESS,FAILURE'], content })
  await submit(relay, { from: 'fred@local.example', to: ['c@y.example> NOTIFY=NEVER'], content })
  await relay.event('delivered', 3)
  assert.deepEqual(hop.taken.map(({ to }) => to.join()).sort(), [
    '<b@y.example>',
    '<c@y.example> NOTIFY=NEVER',
  ])
  const reports = await relay.mailbox()
  assert.equal(reports.length, 1)
  assert.match(reports[0] ?? '', /Action: relayed/)
})

test('a changed setting takes what waits', async t => {
  let busy = true
  const hop = await startNextHop(t, {
    answer: command => (busy && command.startsWith('MAIL') ? '451 4.3.0 later' : undefined),
  })
  const relay = await startRelay(
    t,
    await makeFolder(t),
    officeSettings({ routes: [routeTo(hop)], retry: ['1h'] }),
  )
  await submit(relay, { to: ['b@y.example'], content: 'From: a@x.example\r\n\r\nx\r\n' })
  await relay.event('deferred')
  busy = false
  const set = await relay.control.setSettings(
    'delivery.routes[0].sendAs',
    'office@cloud.example',
    'command line',
  )
  assert.ok(set.ok)
  await relay.control.retryMessages({ ids: [], all: true })
  await relay.event('delivered')
  assert.match(hop.taken[0]?.from ?? '', /^<office@cloud\.example>/)
})

test('the queue says as whom a message leaves', async t => {
  const hop = await startNextHop(t, {
    answer: command => (command.startsWith('MAIL') ? '451 later' : undefined),
  })
  const routes = [routeTo(hop, { sendAs: 'office@cloud.example' })]
  const relay = await startRelay(t, await makeFolder(t), officeSettings({ routes }))
  const id = await relay.submit(['b@y.example'])
  await relay.event('deferred')
  assert.deepEqual((await relay.control.showMessage(id))?.routes, [
    `smart host 127.0.0.1:${hop.port}, as office@cloud.example`,
  ])
})

test('the built command: a key made, mail from swaks, seen at a sink, and believed', async t => {
  const [sink, postern] = [await startSink(t), await install(t)]
  await postern.set('delivery.routes', [
    { to: ['*'], via: 'smart-host', hosts: [sink.address], sendAs: 'office@cloud.example' },
  ])
  await postern.run(['dkim', 'make', 'cloud.example', '--selector', 'mail'])
  const [key] = (await postern.facts('dkim', 'show')) as readonly {
    record: { name: string; value: string }
  }[]
  const dns = await startDns(t, { [key?.record.name ?? '']: { TXT: [key?.record.value ?? ''] } })
  await postern.set('delivery.dnsServers', [dns.address])
  await postern.run(['dkim', 'check'])
  const running = await postern.serve()
  const data = 'From: Anna <anna@x.example>\nTo: b@y.example\nSubject: x\n\n.dot\n\n\n'
  const { code, transcript } = await swaks(t, {
    port: portOf(running),
    from: 'anna@x.example',
    to: ['b@y.example'],
    data,
  })
  assert.equal(code, 0, transcript)
  const [got] = await sink.waitForMail(1)
  assert.match(got?.mail ?? '', /office@cloud\.example/)
  const content = got?.content ?? Buffer.alloc(0)
  assert.match(content.toString(), /\r\n\r\n\.dot\r\n\r\n\r\n$/)
  assert.deepEqual(await verdictsOn(content, dns.address), ['pass d=cloud.example s=mail a=rsa-sha256'])
})

test('a large message from its file: changed, signed, verified, and dots as they were', async t => {
  const hop = await startNextHop(t)
  const pem = await makeKey('rsa')
  const record = recordOf('cloud.example', 'mail', pem)
  const dns = await startDns(t, { [record?.name ?? '']: { TXT: [record?.value ?? ''] } })
  const dkim = [{ domain: 'cloud.example', selector: 'mail', secret: 'key' }]
  const relay = await startRelay(
    t,
    await makeFolder(t),
    officeSettings({ routes: [routeTo(hop, { sendAs: 'office@cloud.example' })], dkim }),
  )
  await relay.control.setSecret('key', pem)
  const body = `\r\n${`.dot\r\n..\r\n${'x'.repeat(200)} \t\r\n`.repeat(20_000)}\r\n\r\n`
  await submit(relay, { to: ['b@y.example'], content: `From: Anna <a@x.example>\r\n${body}` })
  await relay.event('delivered')
  const content = Buffer.from(hop.taken[0]?.content ?? '', 'latin1')
  assert.ok(content.subarray(-body.length).equals(Buffer.from(body)))
  assert.deepEqual(await verdictsOn(content, dns.address), ['pass d=cloud.example s=mail a=rsa-sha256'])
})

test('mail without its key waits, says why, and goes once the key is there', async t => {
  const hop = await startNextHop(t)
  const dkim = [{ domain: 'x.example', selector: 'mail', secret: 'key' }]
  const relay = await startRelay(
    t,
    await makeFolder(t),
    officeSettings({ routes: [routeTo(hop)], dkim, retry: ['1h'] }),
  )
  await submit(relay, { to: ['b@y.example'], content: 'From: a@x.example\r\n\r\nx\r\n' })
  const { reply } = await relay.event('deferred')
  assert.match(reply.text, /the key "key" that signs mail of x\.example/)
  await relay.control.setSecret('key', await makeKey('ed25519'))
  await relay.control.retryMessages({ ids: [], all: true })
  await relay.event('delivered')
  assert.match(hop.taken[0]?.content ?? '', /^DKIM-Signature:/)
})

test('what a stranger sends through an alias is not signed as ours; what the office sends there is', async t => {
  const hop = await startNextHop(t)
  const dkim = [{ domain: 'local.example', selector: 'mail', secret: 'key' }]
  const changes = {
    aliases: { 'info@local.example': ['jo@y.example'] },
    localNetworks: ['127.0.0.2'],
    smtp: {
      listeners: [{ address: '127.0.0.1', port: 0, encryption: 'none' }],
      access: [{ action: 'allow', from: 'local-networks' }],
    },
  }
  const relay = await startRelay(
    t,
    await makeFolder(t),
    officeSettings({ routes: [routeTo(hop)], dkim }, changes),
  )
  await relay.control.setSecret('key', await makeKey('ed25519'))
  const content = 'From: boss@local.example\r\n\r\nx\r\n'
  await submit(relay, { to: ['info@local.example'], content })
  await relay.event('delivered')
  assert.doesNotMatch(hop.taken[0]?.content ?? '', /DKIM-Signature/)
  const allowed = await relay.control.setSettings('localNetworks', ['127.0.0.1'], 'command line')
  assert.ok(allowed.ok)
  await submit(relay, { to: ['info@local.example'], content })
  await relay.event('delivered', 2)
  assert.match(hop.taken[1]?.content ?? '', /^DKIM-Signature:/)
})
