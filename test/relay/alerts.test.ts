/** What needs a person is told by mail: once, to whoever is to hear of it, and never about itself. */
import assert from 'node:assert/strict'
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { makeCertificate } from '../support/certificate.ts'
import { makeFolder } from '../support/folder.ts'
import { startNextHop } from '../support/next-hop.ts'
import { officeSettings, startRelay } from '../support/relay-on-folder.ts'

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
  readonly delivery?: (port: number) => object
  readonly days?: number
  readonly says: RegExp
}

const toHop = (port: number, login: object) => ({
  routes: [{ to: ['*'], via: 'smart-host', encryption: 'none', hosts: [`127.0.0.1:${port}`], ...login }],
})

const cases: readonly Case[] = [
  {
    what: 'a route that lets us log on no more',
    delivery: port =>
      toHop(port, {
        login: { method: 'password', user: 'office', secret: 'provider' },
        plaintextLogin: 'local-networks',
      }),
    says: /127\.0\.0\.1:\d+ does not let us log on/,
  },
  {
    what: 'a sign-in that a person must renew',
    delivery: port =>
      toHop(port, {
        login: {
          method: 'oauth2',
          provider: 'google',
          clientId: 'postern',
          user: 'office@example.com',
          secret: 'cloud',
        },
        plaintextLogin: 'local-networks',
      }),
    says: /Mail waits until somebody signs in as\s+office@example\.com/,
  },
  { what: 'a certificate that expires soon', days: 5, says: /certificate/i },
]

for (const { what, delivery = () => ({ routes: [] }), days, says } of cases) {
  test(`${what} is told by mail`, async t => {
    const hop = await startNextHop(t, { password: 'another' })
    const folder = await makeFolder(t)
    if (days !== undefined) await putCertificate(folder, days)
    const alerts = { minimumFreeDisk: 0, mailTo: ['fred@local.example'] }
    const settings = officeSettings({ ...delivery(hop.port), alerts })
    const relay = await startRelay(t, folder, settings, { alertEvery: 20 })
    await relay.control.setSecret('provider', 'wrong')
    if (days === undefined) await relay.submit(['friend@elsewhere.example'])
    await relay.event('delivered')
    const [mail = ''] = await relay.mailbox()
    assert.match(mail, says)
    await sleep(200)
    assert.equal((await relay.mailbox()).length, 1, 'told once')
  })
}

async function putCertificate(folder: string, days: number): Promise<void> {
  const { key, cert } = await makeCertificate(await mkdtemp(join(folder, 'made-')), { days })
  await mkdir(join(folder, 'tls'), { mode: 0o700 })
  await writeFile(join(folder, 'tls/key.pem'), key, { mode: 0o600 })
  await writeFile(join(folder, 'tls/cert.pem'), cert, { mode: 0o600 })
}
