/** The keys that sign mail, from making one to mail that a receiver believes, by command and with a real DNS. */
import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { input, run } from '../support/command.ts'
import { verdictsOn } from '../support/dkim.ts'
import { startDns } from '../support/dns-server.ts'
import type { Ending } from '../support/ending.ts'
import { makeFolder } from '../support/folder.ts'
import { startNextHop } from '../support/next-hop.ts'
import { officeSettings, startRelay } from '../support/relay-on-folder.ts'

async function office(t: Ending) {
  const [hop, dns, folder] = [await startNextHop(t), await startDns(t, {}), await makeFolder(t)]
  const routes = [{ to: ['*'], via: 'smart-host', encryption: 'none', hosts: [`127.0.0.1:${hop.port}`] }]
  const delivery = { routes, dnsServers: [dns.address], retry: ['1h'] }
  const relay = await startRelay(t, folder, officeSettings(delivery))
  const postern = (...args: string[]) => run(args, relay.control)
  return { hop, dns, relay, folder, postern, control: relay.control }
}

function pem(kind: 'rsa' | 'ed25519' | 'ec', bits = 2048): string {
  const { privateKey } =
    kind === 'rsa'
      ? generateKeyPairSync('rsa', { modulusLength: bits })
      : kind === 'ec'
        ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
        : generateKeyPairSync('ed25519')
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
}

test('a key is made, its record put in the DNS, checked, and mail that it signs is believed', async t => {
  const { dns, hop, relay, postern } = await office(t)
  const made = await postern('dkim', 'make', 'Local.Example', '--selector', 'Mail1')
  assert.deepEqual([made.status, made.err], [0, ''])
  assert.match(made.out, /^mail1\._domainkey\.local\.example$/m)
  const value = /^ {4}value {2}(v=DKIM1; k=rsa; p=[A-Za-z0-9+/=]+)$/m.exec(made.out)?.[1] ?? ''
  assert.match(made.out, /^ {4}name {3}mail1\._domainkey$/m)
  const zone = /IN TXT \( (.*) \)$/m.exec(made.out)?.[1] ?? ''
  const strings = [...zone.matchAll(/"([^"]*)"/g)].map(([, text = '']) => text)
  assert.equal(strings.join(''), value)
  assert.ok(strings.length === 2 && strings.every(({ length }) => length <= 255))

  const missing = await postern('dkim', 'check')
  assert.deepEqual([missing.status, missing.err], [1, ''])
  assert.match(missing.out, /^failed {2}The DNS has no record mail1\._domainkey\.local\.example/)
  await dns.setZone({ 'mail1._domainkey.local.example': { TXT: [value] } })
  const stands = await postern('dkim', 'check', 'local.example')
  assert.deepEqual(stands.status, 0)
  assert.match(stands.out, /^ok {6}The DNS has the record/)

  await relay.submit(['a@x.example'], 'fred@local.example', 'x\r\n\r\nFrom: not this')
  await relay.event('delivered')
  // Without From nobody signs: whose would it be?
  assert.doesNotMatch(hop.taken[0]?.content ?? '', /DKIM-Signature/)
  await relay.control.setSettings('delivery.routes[0].sendAs', 'office@local.example', 'command line')
  await relay.submit(['a@x.example'])
  await relay.event('delivered', 2)
  const content = Buffer.from(hop.taken[1]?.content ?? '', 'latin1')
  assert.deepEqual(await verdictsOn(content, dns.address), ['pass d=local.example s=mail1 a=rsa-sha256'])
})

test('what the DNS has instead is told: another key, a withdrawn one, none, and no answer', async t => {
  const { dns, postern, control } = await office(t)
  await postern('dkim', 'make', 'x.example', '--selector', 'm', '--ed25519')
  const [key] = await control.listDkim()
  const value = key?.record?.value ?? ''
  assert.match(value, /^v=DKIM1; k=ed25519; p=[A-Za-z0-9+/]{43}=$/)
  const at = 'm._domainkey.x.example'
  const states: [string, object | string][] = [
    ['stands', { TXT: [value] }],
    ['stands', { TXT: ['unrelated', value.replace('; p=', ';t=y;  p= ')] }],
    ['stands', { TXT: [value.replace('v=DKIM1; ', '')] }],
    ['other', { TXT: [value.replace('p=', 'p=A')] }],
    ['other', { TXT: [value, 'v=DKIM1; p=AAAA'] }],
    ['other', { TXT: [`${value}; s=tlsrpt`] }],
    ['other', { TXT: [value.replace('k=ed25519', 'k=rsa')] }],
    ['revoked', { TXT: ['v=DKIM1; k=ed25519; p='] }],
    ['missing', { TXT: ['v=spf1 -all'] }],
    ['missing', {}],
    ['unanswered', 'SERVFAIL'],
  ]
  for (const [state, records] of states) {
    await dns.setZone({ [at]: records as never })
    const [checked] = await control.checkDkim()
    assert.equal(checked?.state, state, JSON.stringify(records))
  }
  await dns.setZone({})
  assert.equal((await control.checkDkim())[0]?.state, 'missing')
})

test('keys of other servers are taken over; what is none is refused, and nothing of it repeated', async t => {
  const { control } = await office(t)
  const take = (text: string, ...more: string[]) =>
    run(['dkim', 'import', 'x.example', '-', ...more], control, { stdin: input(text) })
  assert.equal((await take(pem('rsa', 1024), '--selector', 'old')).status, 0)
  assert.equal((await take(pem('ed25519'))).status, 0)
  const [, second] = await control.listDkim()
  assert.match(second?.selector ?? '', /^postern20\d{4}$/)
  const refusals: [string, RegExp][] = [
    ['secret words', /private key in PEM form/],
    [pem('ec'), /RSA or Ed25519/],
    [pem('rsa', 512), /only 512 bits/],
    [
      '-----BEGIN ENCRYPTED PRIVATE KEY-----\nsecret words\n-----END ENCRYPTED PRIVATE KEY-----',
      /password off/,
    ],
  ]
  for (const [text, why] of refusals) {
    const { status, err, out } = await take(text, '--selector', 'new')
    assert.deepEqual([status, out], [2, ''])
    assert.match(err, why)
    assert.doesNotMatch(err, /secret words|MII/)
  }
  const again = await take(pem('ed25519'), '--selector', 'OLD')
  assert.deepEqual(again.status, 2)
  assert.match(again.err, /already: choose another selector/)
  assert.equal((await take(pem('ed25519'), '--selector', 'a_b')).status, 2)
  assert.equal((await control.listDkim()).length, 2)
  assert.equal((await control.listSecrets()).length, 2)
})

test('the private key stands in no file as it is, nor in settings, history, log or output', async t => {
  const { control, folder, postern, relay } = await office(t)
  const text = pem('ed25519')
  const secret = text.split('\n')[1] ?? ''
  await run(['dkim', 'import', 'x.example', '-'], control, { stdin: input(text) })
  await relay.submit(['a@y.example'])
  await relay.event('delivered')
  const shown = [
    await postern('dkim', 'show', '--json'),
    await postern('settings', 'get'),
    await postern('log'),
  ]
  for (const { out } of shown) assert.ok(!out.includes(secret))
  const names = await readdir(folder, { recursive: true, withFileTypes: true })
  for (const entry of names.filter(one => one.isFile()))
    assert.ok(!(await readFile(join(entry.parentPath, entry.name), 'latin1')).includes(secret), entry.name)
})

test('a key is taken out, and brought back by undo; with --forget for good', async t => {
  const { postern, control } = await office(t)
  await postern('dkim', 'make', 'x.example', '--selector', 'one', '--ed25519')
  await postern('dkim', 'make', 'x.example', '--selector', 'two', '--ed25519')
  const which = await postern('dkim', 'remove', 'x.example')
  assert.deepEqual(which.status, 1)
  assert.match(which.err, /--selector: one, two/)
  assert.equal((await postern('dkim', 'remove', 'x.example', '--selector', 'one')).status, 0)
  assert.equal((await postern('settings', 'undo')).status, 0)
  assert.ok((await control.listDkim()).every(({ record }) => record))
  const kept = await postern('secret', 'remove', 'dkim-one-x.example')
  assert.deepEqual(kept.status, 1)
  assert.match(kept.err, /the DKIM key of x\.example signs with it/)
  assert.equal((await postern('dkim', 'remove', 'x.example', '--selector', 'one', '--forget')).status, 0)
  assert.deepEqual(await control.listSecrets(), ['dkim-two-x.example'])
  assert.equal((await postern('dkim', 'remove', 'y.example')).status, 1)
})

test('doctor and status say what is missing', async t => {
  const { postern, control } = await office(t)
  await postern('dkim', 'make', 'x.example', '--selector', 'm', '--ed25519')
  const found = async () => (await control.doctor()).find(({ name }) => name === 'DKIM x.example')
  assert.equal((await found())?.state, 'warning')
  assert.match((await found())?.text ?? '', /no record m\._domainkey\.x\.example/)
  await control.removeSecret('dkim-m-x.example')
  assert.equal((await found())?.state, 'failed')
  const warnings = async () => (await control.status()).warnings.filter(({ kind }) => kind === 'dkim-key')
  assert.match((await warnings())[0]?.text ?? '', /mail of x\.example waits/)
  await control.setSettings('delivery.dkim[0].enabled', false, 'command line')
  assert.equal((await found())?.state, 'ok')
  assert.deepEqual(await warnings(), [])
})

test('settings with two keys of one name are refused', async t => {
  const { control } = await office(t)
  const key = { domain: 'x.example', selector: 'm', secret: 's' }
  const applied = await control.setSettings('delivery.dkim', [key, { ...key, secret: 't' }], 'command line')
  assert.ok(!applied.ok)
  assert.deepEqual(
    applied.problems.map(({ path }) => path),
    ['delivery.dkim[1].selector'],
  )
})
