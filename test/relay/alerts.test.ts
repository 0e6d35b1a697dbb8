/** What needs a person is told by mail: once, to whoever is to hear of it, and never about itself. */
import assert from 'node:assert/strict'
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { needsOf } from '../../app/control/needs.ts'
import { Spool } from '../../app/queue/spool.ts'
import { makeCertificate } from '../support/certificate.ts'
import { limitFiles } from '../support/file-limit.ts'
import { makeFolder } from '../support/folder.ts'
import { startNextHop } from '../support/next-hop.ts'
import { officeSettings, openRelay, type RunningRelay, startRelay } from '../support/relay-on-folder.ts'
import { commit, messageOf } from '../support/spool.ts'

const HOUR = 3_600_000
/** No disk has so much room. */
const HUGE = '1000000GB'

const low = { minimumFreeDisk: HUGE, mailTo: ['fred@local.example'] }

test('a disk that is too full is told to the mailbox here, once, and again when it came anew', async t => {
  const settings = officeSettings({ routes: [], alerts: low })
  const relay = await startRelay(t, await makeFolder(t), settings, { alertEvery: 20 })
  await relay.event('delivered')
  const [mail = ''] = await relay.mailbox()
  assert.match(mail, /^Subject: Postern on postern\.example: (one thing needs|2 things need) you\r?$/m)
  assert.match(mail, /^Auto-Submitted: auto-generated\r?$/m)
  assert.match(mail, /are free where the mail is kept/)
  assert.match(mail, /^Return-Path: <>\r?$/m)
  const set = (value: unknown) => relay.control.setSettings('delivery.alerts.minimumFreeDisk', value, 'file')
  assert.ok((await set(0)).ok)
  // It has looked at least twice meanwhile.
  await sleep(500)
  assert.equal(relay.count('delivered'), 1)
  assert.ok((await set(HUGE)).ok)
  await relay.event('delivered', 2)
})

test('it goes out by a route, from nobody, so that a refusal makes no report', async t => {
  const hop = await startNextHop(t, { answer: line => (line === '.' ? '550 5.1.1 no such user' : undefined) })
  const delivery = {
    routes: [{ to: ['*'], via: 'smart-host', encryption: 'none', hosts: [`127.0.0.1:${hop.port}`] }],
    alerts: { ...low, mailTo: ['admin@elsewhere.example', 'nobody@local.example'] },
  }
  const relay = await startRelay(t, await makeFolder(t), officeSettings(delivery), { alertEvery: 20 })
  const failed = await relay.event('failed')
  assert.equal(failed.to, 'admin@elsewhere.example')
  assert.equal(hop.taken.length, 0)
  assert.match(hop.heard.find(line => line.includes('MAIL')) ?? '', /MAIL FROM:<>/)
  const warning = await relay.event('warning')
  assert.match(
    warning.text,
    /^Write another address for alerts than nobody@local\.example: nobody here has it\.$/,
  )
  await sleep(100)
  assert.deepEqual([relay.count('failed'), relay.count('bounced')], [1, 0])
})

test('nobody is told by mail where nobody is named, but status and doctor say it', async t => {
  const settings = officeSettings({ routes: [], alerts: { minimumFreeDisk: HUGE } })
  const relay = await startRelay(t, await makeFolder(t), settings, { alertEvery: 20 })
  const { warnings } = await relay.control.status()
  assert.ok(warnings.some(({ kind }) => kind === 'disk-low'))
  const disk = (await relay.control.doctor()).find(({ name }) => name === 'disk space')
  assert.equal(disk?.state, 'warning')
  await sleep(100)
  assert.deepEqual(await relay.control.listQueue({}), [])
  assert.deepEqual(await relay.mailbox(), [])
})

/** What goes wrong, and what the mail says of it. */
interface Case {
  readonly what: string
  /** Of the office's own mail; the postmaster's goes to a sink. */
  readonly route?: (port: number) => object
  readonly alerts?: object
  readonly before?: (folder: string) => Promise<void>
  /** Whether a message is handed in, that finds it out. */
  readonly sends?: true
  readonly says: RegExp
}

const toHop = (port: number, login: object = {}) => ({
  to: ['friend.example'],
  via: 'smart-host',
  encryption: 'none',
  hosts: [`127.0.0.1:${port}`],
  plaintextLogin: 'local-networks',
  ...login,
})

const cases: readonly Case[] = [
  {
    what: 'mail that waits too long',
    route: port => toHop(port),
    before: folder => putOldMail(folder, 5 * HOUR),
    says: /1 message waits for more than 4h: the queue shows/,
  },
  {
    what: 'a route that lets us log on no more',
    route: port => toHop(port, { login: { method: 'password', user: 'office', secret: 'provider' } }),
    sends: true,
    says: /127\.0\.0\.1:\d+ does not let us log on/,
  },
  {
    what: 'a route that has no safe TLS',
    route: port => toHop(port, { encryption: 'starttls-required' }),
    sends: true,
    says: /127\.0\.0\.1:\d+ makes no safe connection since/,
  },
  {
    what: 'a sign-in that a person must renew',
    route: port =>
      toHop(port, {
        login: {
          method: 'oauth2',
          provider: 'google',
          clientId: 'postern',
          user: 'office@example.com',
          secret: 'cloud',
        },
      }),
    sends: true,
    says: /Mail waits until somebody signs in as\s+office@example\.com/,
  },
  {
    what: 'a certificate that expires soon',
    before: folder => putCertificate(folder, 5),
    says: /The certificate expires in 4 days/,
  },
  { what: 'a disk that is low', alerts: { minimumFreeDisk: HUGE }, says: /are free where the mail is kept/ },
]

for (const { what, route, alerts, before, sends, says } of cases) {
  test(`${what} is told by one mail, also over a restart`, async t => {
    const later = (line: string) => (line.startsWith('MAIL') ? '451 4.3.0 later' : undefined)
    const [hop, sink] = [await startNextHop(t, { password: 'another', answer: later }), await startNextHop(t)]
    const folder = await makeFolder(t)
    await before?.(folder)
    const toSink = { ...toHop(sink.port), to: ['*'] }
    const settings = officeSettings({
      routes: [...(route ? [route(hop.port)] : []), toSink],
      alerts: { minimumFreeDisk: 0, mailTo: ['postmaster@admin.example'], ...alerts },
    })
    const start = (given?: object) => startRelay(t, folder, given, { alertEvery: 20 })
    const relay = await start(settings)
    await relay.control.setSecret('provider', 'wrong')
    if (sends) await relay.submit(['someone@friend.example'])
    await sink.until(() => sink.taken.length > 0)
    const [mail = assert.fail()] = sink.taken
    assert.equal(mail.from.split(' ')[0], '<>')
    assert.equal(mail.to[0]?.split(' ')[0], '<postmaster@admin.example>')
    assert.match(mail.content, says)
    await lookedTwice(relay)
    await relay.stop()

    const again = await start()
    // Of what is found out only by trying, too.
    if (sends) await again.event('deferred')
    await lookedTwice(again)
    const { warnings } = await again.control.status()
    assert.ok(
      warnings.some(({ text }) => says.test(text)),
      'it still stands',
    )
    assert.equal(sink.taken.length, 1, sink.taken.map(({ content }) => content).join('\n'))
    for (const name of needsOf(warnings)) assert.ok(again.relay.earlierNeeds.has(name), `${name} was told of`)
  })
}

test('a mail that can’t be written on a full disk is written when there is room, once', async t => {
  const sink = await startNextHop(t)
  const settings = officeSettings({
    routes: [{ ...toHop(sink.port), to: ['*'] }],
    alerts: { minimumFreeDisk: HUGE, mailTo: ['postmaster@admin.example', 'fred@admin.example'] },
  })
  const relay = await openRelay(t, await makeFolder(t), settings, { alertEvery: 20 })
  limitFiles(t, 0)
  await relay.relay.start()
  await relay.event('error', 2)
  const texts = relay.events.map(event => ('text' in event ? event.text : ''))
  assert.ok(
    texts.some(text => text.startsWith('No mail can be sent on what needs you: ')),
    texts.join('\n'),
  )
  await lookedTwice(relay)
  assert.equal(sink.taken.length, 0)
  const errors = relay.count('error')
  await lookedTwice(relay)
  assert.equal(relay.count('error'), errors, 'it is said once')
  limitFiles(t, undefined)
  await sink.until(() => sink.taken.length >= 2)
  await lookedTwice(relay)
  const to = sink.taken.map(({ to: [path = ''] }) => path.split(' ')[0])
  assert.deepEqual(to.sort(), ['<fred@admin.example>', '<postmaster@admin.example>'])
})

test('what is known is forgotten once it is mended, so that it is told of when it comes again', async t => {
  const folder = await makeFolder(t)
  const start = (minimumFreeDisk: unknown) => {
    const alerts = { minimumFreeDisk, mailTo: ['fred@local.example'] }
    return startRelay(t, folder, officeSettings({ routes: [], alerts }), { alertEvery: 20 })
  }
  const first = await start(HUGE)
  await first.event('delivered')
  await first.stop()
  const second = await start(0)
  await second.control.setSettings('delivery.alerts.minimumFreeDisk', HUGE, 'file')
  await lookedTwice(second)
  assert.equal(second.count('delivered'), 0, 'it was told already')
  await second.control.setSettings('delivery.alerts.minimumFreeDisk', 0, 'file')
  await lookedTwice(second)
  await second.control.setSettings('delivery.alerts.minimumFreeDisk', HUGE, 'file')
  await second.event('delivered')
})

/** It has looked twice more at what stands, from beginning to end, and what it wrote had the time to go out. */
async function lookedTwice({ control, relay }: RunningRelay): Promise<void> {
  await sleep(300)
  await control.status()
  await relay.control.listQueue({})
}

/** A message that came long ago, milliseconds. */
async function putOldMail(folder: string, age: number): Promise<void> {
  const spool = await Spool.open(join(folder, 'spool'), text => assert.fail(text))
  const message = { ...messageOf('OLD', 8), received: Date.now() - age, warned: true }
  const recipients = [{ address: 'someone@friend.example' }]
  await commit(
    spool,
    { ...message, envelope: { ...message.envelope, recipients } },
    Buffer.from('hello\r\n\r'),
  )
  await spool.close()
}

async function putCertificate(folder: string, days: number): Promise<void> {
  const { key, cert } = await makeCertificate(await mkdtemp(join(folder, 'made-')), { days })
  await mkdir(join(folder, 'tls'), { mode: 0o700 })
  await writeFile(join(folder, 'tls/key.pem'), key, { mode: 0o600 })
  await writeFile(join(folder, 'tls/cert.pem'), cert, { mode: 0o600 })
}
