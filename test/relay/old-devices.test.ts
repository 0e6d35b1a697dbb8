/** The lane for old devices: TLS 1.0 or none, for local networks alone, at a private address, within its own limits. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { makeCertificate } from '../support/certificate.ts'
import { SmtpClient } from '../support/client.ts'
import type { Endpoint } from '../support/dialogue-connection.ts'
import type { Ending } from '../support/ending.ts'
import { makeFolder } from '../support/folder.ts'
import { opensslHandshake } from '../support/openssl-client.ts'
import { type RunningRelay, startRelay } from '../support/relay.ts'
import { waitFor } from '../support/wait.ts'

type Encryption = 'none' | 'starttls' | 'starttls-required' | 'tls'

interface Lane {
  readonly relay: RunningRelay
  readonly lane: Endpoint
  readonly usual: Endpoint
}

/** A lane, and beside it a usual listener of the same kind. */
async function startLane(
  t: Ending,
  encryption: Encryption,
  more: object = {},
  settings: object = {},
): Promise<Lane> {
  const usual = { address: '127.0.0.1', port: 0, encryption }
  const listeners = [{ ...usual, oldDevices: true }, usual]
  const relay = await startRelay(t, { ...settings, smtp: { listeners, ...more } })
  const [lane, other] = ['lane', 'usual'].map(which => {
    const found = relay.relay.listeners.find(({ oldDevices = false }) => oldDevices === (which === 'lane'))
    assert.ok(found)
    return { host: found.address, port: found.port }
  })
  assert.ok(lane && other)
  return { relay, lane, usual: other }
}

const old = ['-tls1', '-cipher', 'ALL:@SECLEVEL=0']
const oldTls = { minVersion: 'TLSv1', maxVersion: 'TLSv1', ciphers: 'AES128-SHA:@SECLEVEL=0' } as const
const local = '127.0.1.5'

async function send(client: SmtpClient): Promise<void> {
  const replies = await client.say('MAIL FROM:<scanner@example.com>', 'RCPT TO:<support@example.com>', 'DATA')
  assert.deepEqual(
    replies.map(reply => reply.slice(0, 3)),
    ['250', '250', '354'],
  )
  assert.match(await client.ask('Subject: scan\r\n\r\nx\r\n.'), /^250 2\.0\.0 /)
}

describe('TLS', () => {
  for (const [encryption, how] of [
    ['tls', []],
    ['starttls', ['-starttls', 'smtp']],
  ] as const)
    test(`${encryption}: 1.0 to 1.3 are spoken there, and still 1.2 and 1.3 alone at the others`, async t => {
      const { lane, usual } = await startLane(t, encryption)
      for (const [flags, version] of [
        [old, 'TLSv1'],
        [['-tls1_1', ...old.slice(1)], 'TLSv1.1'],
        [['-tls1_2'], 'TLSv1.2'],
        [['-tls1_3'], 'TLSv1.3'],
      ] as const)
        assert.equal((await opensslHandshake(t, lane, ...how, ...flags)).protocol, version)
      assert.equal((await opensslHandshake(t, usual, ...how, ...old)).protocol, undefined)
    })

  test('a device that knows no elliptic curves, and RSA alone, is served; what is broken is not', async t => {
    const { lane, relay } = await startLane(t, 'tls')
    const cipher = async (list: string) =>
      (await opensslHandshake(t, lane, '-tls1', '-cipher', `${list}:@SECLEVEL=0`)).cipher
    assert.equal(await cipher('AES128-SHA'), 'AES128-SHA')
    assert.equal(await cipher('aNULL:eNULL:PSK:CAMELLIA'), undefined)
    const client = await SmtpClient.connect(t, lane, local)
    await client.secure(oldTls)
    await client.reply()
    await send(client)
    const [log] = (await relay.control.readLog({ match: 'accepted' })).filter(
      ({ kind }) => kind === 'accepted',
    )
    assert.ok(log)
  })

  test('an RSA certificate of the office is shown there too, and a new one at once', async t => {
    const { certFile: file, keyFile, cert } = await makeCertificate(await makeFolder(t), { kind: 'rsa' })
    const { lane, relay } = await startLane(t, 'tls', {}, { certificate: { source: 'files', file, keyFile } })
    const shown = async () => (await opensslHandshake(t, lane, ...old)).output
    assert.ok((await shown()).includes(cert.trim()))
    assert.ok((await relay.control.setSettings('certificate', { source: 'own' }, 'command line')).ok)
    const other = await waitFor('another certificate', async () => {
      const output = await shown()
      return output.includes(cert.trim()) ? undefined : output
    })
    assert.match(other, /CN = mail\.example\.com[\s\S]*Server public key is 2048 bit/)
  })
})

test('without encryption mail is taken, and a log-on offered as the settings say of plain text', async t => {
  const { lane, relay } = await startLane(t, 'none', { plaintextAuthentication: 'never' })
  const client = await SmtpClient.open(t, lane, { from: local })
  const offered = await client.ask('EHLO scanner')
  assert.doesNotMatch(offered, /STARTTLS|AUTH/)
  await send(client)
  const set = (value: string) =>
    relay.control.setSettings('smtp.plaintextAuthentication', value, 'command line')
  assert.ok((await set('local-networks')).ok)
  assert.match(await client.ask('EHLO scanner'), /AUTH PLAIN LOGIN/)
})

describe('whoever isn’t in a local network is refused at once', () => {
  const stranger = { from: '127.0.9.9' }

  test('with a reply in the greeting, and it is told', async t => {
    const { lane, usual, relay } = await startLane(t, 'starttls')
    const client = await SmtpClient.open(t, lane, stranger)
    assert.match(client.greeting, /^554 5\.7\.1 This port is for devices in the local networks only/)
    await client.end()
    const { client: who, reply } = await relay.event('connection-refused')
    assert.deepEqual([who, reply.code], ['127.0.9.9', 554])
    await relay.waitForSessions(0)
    assert.match((await SmtpClient.open(t, usual, stranger)).greeting, /^220 /)
    assert.match((await SmtpClient.open(t, lane, { from: local })).greeting, /^220 /)
  })

  test('before a word of TLS', async t => {
    const { lane, relay } = await startLane(t, 'tls')
    const client = await SmtpClient.connect(t, lane, stranger.from)
    assert.equal(await client.end(), '')
    await relay.event('connection-refused')
  })

  test('before it takes a place, or is counted with others', async t => {
    const { lane, usual, relay } = await startLane(t, 'none', { maxConnectionsPerClient: 1 })
    assert.match((await SmtpClient.open(t, usual, stranger)).greeting, /^220 /)
    for (let times = 0; times < 3; times++)
      assert.match(
        (await SmtpClient.open(t, lane, stranger)).greeting,
        /^554 5\.7\.1 This port is for devices/,
      )
    const { offences } = await relay.control.viewAddress(stranger.from)
    assert.deepEqual(offences, [])
  })

  test('by the networks as they are now', async t => {
    const { lane, relay } = await startLane(t, 'none')
    assert.ok((await relay.control.setSettings('localNetworks', ['127.0.9.0/24'], 'command line')).ok)
    assert.match((await SmtpClient.open(t, lane, stranger)).greeting, /^220 /)
    assert.match((await SmtpClient.open(t, lane, { from: local })).greeting, /^554 /)
  })
})

test('its limits are its own, and free again when a device is gone', async t => {
  const oldDevices = { maxConnections: 2, maxConnectionsPerClient: 1 }
  const { lane, usual, relay } = await startLane(t, 'none', { oldDevices })
  const greeting = async (at: Endpoint, from: string) => (await SmtpClient.open(t, at, { from })).greeting
  const first = await SmtpClient.open(t, lane, { from: local })
  assert.match(await greeting(lane, local), /^421 4\.3\.2 Too many connections from your address/)
  assert.match(await greeting(lane, '127.0.1.6'), /^220 /)
  assert.match(await greeting(lane, '127.0.1.7'), /^421 4\.3\.2 Too many connections /)
  for (const from of [local, local, '127.0.1.7']) assert.match(await greeting(usual, from), /^220 /)
  await first.ask('QUIT')
  await first.end()
  await relay.waitForSessions(4)
  assert.match(await greeting(lane, local), /^220 /)
})

describe('a public address is refused', () => {
  for (const address of ['0.0.0.0', '::', '203.0.113.7', '8.8.8.8', '2001:db8::1', '100.64.0.1'])
    test(address, async t => {
      const relay = await startRelay(t)
      const listeners = [{ address, port: 0, encryption: 'starttls', oldDevices: true }]
      const applied = await relay.control.setSettings('smtp.listeners', listeners, 'command line')
      assert.ok(!applied.ok)
      const [problem] = applied.problems
      assert.equal(problem?.path, 'smtp.listeners[0].address')
      assert.match(problem?.text ?? '', /^Write one private address of this machine here/)
    })
})

test('a listener becomes a lane and is one no more, at the same port, as the settings say', async t => {
  const { lane, relay } = await startLane(t, 'tls')
  const shook = async () => (await opensslHandshake(t, lane, ...old)).protocol
  assert.equal(await shook(), 'TLSv1')
  const set = (oldDevices: boolean) => {
    const listener = { address: '127.0.0.1', port: lane.port, encryption: 'tls', oldDevices }
    return relay.control.setSettings('smtp.listeners', [listener], 'command line')
  }
  assert.ok((await set(false)).ok)
  assert.equal(await shook(), undefined)
  assert.ok((await set(true)).ok)
  assert.equal(await shook(), 'TLSv1')
  const check = (await relay.control.doctor()).find(({ name }) => name === `port ${lane.port}`)
  assert.match(check?.text ?? '', /\(tls, for old devices\)/)
})
