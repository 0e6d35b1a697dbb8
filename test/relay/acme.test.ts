/** Certificates from an authority, Pebble as a real one: proofs over HTTP and the DNS, renewal, and what goes wrong. */
import assert from 'node:assert/strict'
import { randomBytes, type X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { chmod, readFile, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import type { TLSSocket } from 'node:tls'
import type { CertificateSettings } from '../../app/settings/settings.ts'
import { SmtpClient } from '../support/client.ts'
import { atEnd, type Ending } from '../support/ending.ts'
import { makeFolder } from '../support/folder.ts'
import { type Pebble, type PebbleOptions, startPebble } from '../support/pebble.ts'
import { freePort } from '../support/port.ts'
import { type RunningRelay, startRelay } from '../support/relay.ts'
import { waitFor } from '../support/wait.ts'

type Acme = Omit<Partial<CertificateSettings['acme']>, 'dnsWait'> & { readonly dnsWait?: string }

const here = { A: ['127.0.0.1'] } as const
const name = 'mail.postern.example'

function acme({ directory, trust, httpPort: port }: Pebble, more: Acme = {}) {
  const usual = { directory, trust, port, names: [name], termsAgreed: true }
  return { source: 'acme', acme: { ...usual, ...more } }
}

async function start(t: Ending, pebble: Pebble, more?: Acme): Promise<RunningRelay> {
  return startRelay(t, { certificate: acme(pebble, more) })
}

function pebbleOf(t: Ending, options: Partial<PebbleOptions> = {}): Promise<Pebble> {
  return startPebble(t, { zone: { [name]: here }, ...options })
}

async function shown(t: Ending, relay: RunningRelay): Promise<X509Certificate> {
  const client = await SmtpClient.open(t, relay.endpoint('tls'), { tls: true })
  const found = (client.socket as TLSSocket).getPeerX509Certificate()
  client.socket.destroy()
  assert.ok(found)
  return found
}

const failure = (relay: RunningRelay, number = 1) =>
  waitFor(
    'a failure',
    () => {
      const found = relay.events.filter(event => event.kind === 'warning' && /^No cert/.test(event.text))
      return found.length >= number && found.at(-1)?.kind === 'warning' ? found.at(-1) : undefined
    },
    60_000,
  ).then(event => (event.kind === 'warning' ? event.text : ''))

const used = (relay: RunningRelay, number = 1) =>
  waitFor(
    'a new certificate',
    () => relay.events.filter(({ kind }) => kind === 'certificate-used')[number - 1],
    60_000,
  )

describe('http-01', () => {
  test('a certificate is got at once, put to use without a restart, and sessions go on', async t => {
    const pebble = await pebbleOf(t)
    const relay = await startRelay(t)
    const before = await shown(t, relay)
    const open = await SmtpClient.open(t, relay.endpoint('tls'), { tls: true, from: '127.0.1.5' })
    const applied = await relay.control.setSettings('certificate', acme(pebble), 'command line')
    assert.ok(applied.ok, JSON.stringify(applied))
    await used(relay)
    const after = await shown(t, relay)
    assert.notEqual(after.fingerprint256, before.fingerprint256)
    assert.equal(after.checkHost(name), name)
    // The whole chain goes out: a client that trusts the authority alone is content.
    const client = await SmtpClient.open(t, relay.endpoint())
    await client.say('STARTTLS')
    const socket = await client.secure({
      ca: await pebble.root(),
      rejectUnauthorized: true,
      servername: name,
    })
    assert.equal(socket.authorized, true)
    assert.match(await open.ask('NOOP'), /^250 /)
    // Nothing listens for the authority any more.
    await assert.rejects(fetch(`http://127.0.0.1:${pebble.httpPort}/`))
    const { certificate } = await relay.control.status()
    assert.deepEqual(certificate.names, [name])
    assert.ok((certificate.renewal?.next ?? 0) > Date.now())
    assert.equal(certificate.renewal?.failed, undefined)
  })

  test('the account’s key is a secret, and the certificate’s is for this user only', async t => {
    const relay = await start(t, await pebbleOf(t))
    await used(relay)
    assert.deepEqual(await relay.control.listSecrets(), ['acme account'])
    const file = join(relay.folder, 'tls/acme.pem')
    assert.equal((await stat(file)).mode & 0o077, 0)
    assert.ok(!(await readFile(join(relay.folder, 'secrets.json'), 'utf8')).includes('PRIVATE'))
    const log = JSON.stringify(await relay.control.readLog({}))
    assert.ok(!/PRIVATE KEY/.test(log))
  })

  test('what is there is used after a restart, and not asked for again', async t => {
    const pebble = await pebbleOf(t)
    const relay = await start(t, pebble)
    await used(relay)
    const first = await shown(t, relay)
    await relay.stop()
    const { Relay } = await import('../../app/relay.ts')
    const again = await Relay.open(relay.folder, { version: '0.0.0', say: () => {} })
    atEnd(t, () => again.stop())
    await again.start()
    const tls = again.listeners.find(({ encryption }) => encryption === 'tls')
    const client = await SmtpClient.open(t, { host: '127.0.0.1', port: tls?.port ?? 0 }, { tls: true })
    const found = (client.socket as TLSSocket).getPeerX509Certificate()
    assert.equal(found?.fingerprint256, first.fingerprint256)
    assert.equal(pebble.log().match(/Issued certificate/g)?.length, 1)
  })

  test('other names get another certificate', async t => {
    const zone = { [name]: here, 'smtp.postern.example': here }
    const relay = await start(t, await pebbleOf(t, { zone }))
    await used(relay)
    const names = [name, 'smtp.postern.example']
    assert.ok((await relay.control.setSettings('certificate.acme.names', names, 'command line')).ok)
    await used(relay, 2)
    assert.equal((await shown(t, relay)).checkHost('smtp.postern.example'), 'smtp.postern.example')
  })
})

/** A program that keeps the DNS as its arguments say, by a file that the test reads. */
async function dnsCommand(
  t: Ending,
  more = '',
): Promise<{ readonly command: string; readonly calls: string }> {
  const folder = await makeFolder(t)
  const [command, calls] = [join(folder, 'set-record'), join(folder, 'calls')]
  await writeFile(command, `#!/bin/sh\nprintf '%s\\n' "$#|$1|$2|$3" >> ${calls}\n${more}\n`)
  await chmod(command, 0o755)
  return { command, calls }
}

const callsIn = async (file: string) =>
  (await readFile(file, 'utf8').catch(() => '')).split('\n').filter(line => line !== '')

describe('dns-01', () => {
  test('a program puts the records there and takes them out, also for a name with *', async t => {
    const pebble = await pebbleOf(t, { zone: {} })
    const { command, calls } = await dnsCommand(t)
    const more = {
      challenge: 'dns-01',
      dnsCommand: command,
      dnsWait: '2s',
      names: ['*.postern.example'],
    } as const
    const relay = await start(t, pebble, more)
    const [added = ''] = await waitFor('the program', async () => {
      const found = await callsIn(calls)
      return found.length > 0 ? found : undefined
    })
    const [count, what, record = '', value = ''] = added.split('|')
    assert.deepEqual([count, what, record], ['3', 'add', '_acme-challenge.postern.example'])
    assert.match(value, /^[\w-]{43}$/)
    await pebble.setZone({ [record]: { TXT: [value] } })
    await used(relay)
    assert.deepEqual((await shown(t, relay)).subjectAltName, 'DNS:*.postern.example')
    assert.deepEqual(await callsIn(calls), [added, added.replace('add', 'remove')])
  })

  test('what the program says when it fails is told', async t => {
    const { command } = await dnsCommand(t, 'echo "no such zone" >&2; exit 3')
    const relay = await start(t, await pebbleOf(t), { challenge: 'dns-01', dnsCommand: command })
    assert.match(await failure(relay), /set-record add ended with 3 and said “no such zone”\. It is tried/)
  })

  test('one that can’t be run is told', async t => {
    const relay = await start(t, await pebbleOf(t), { challenge: 'dns-01', dnsCommand: '/nonexistent/dns' })
    assert.match(await failure(relay), /can't be run: there is no such file\. It is tried/)
  })
})

describe('an account at the authority itself', () => {
  const accounts = { 'office-1': randomBytes(32).toString('base64url') }
  const more = { externalAccount: 'office-1', externalKey: 'acme-eab' }
  const asking = async (t: Ending, pebble: Pebble, key: string | undefined, some: Acme = more) => {
    const relay = await startRelay(t)
    if (key !== undefined) await relay.control.setSecret('acme-eab', key)
    assert.ok((await relay.control.setSettings('certificate', acme(pebble, some), 'command line')).ok)
    return relay
  }

  test('ours is bound to it by its key, which is a secret', async t => {
    const relay = await asking(t, await pebbleOf(t, { accounts }), `${accounts['office-1']}\n`)
    await used(relay)
    assert.equal((await shown(t, relay)).checkHost(name), name)
    for (const file of ['settings.json', 'secrets.json', 'tls/acme.pem'])
      assert.ok(!(await readFile(join(relay.folder, file), 'utf8')).includes(accounts['office-1']), file)
    assert.ok(!JSON.stringify(await relay.control.readLog({})).includes(accounts['office-1']))
  })

  test('one that it wants, and that isn’t named, is told, and how to mend it', async t => {
    const relay = await asking(t, await pebbleOf(t, { accounts }), undefined, {})
    assert.match(
      await failure(relay),
      /localhost: it gives certificates to customers only: write the id and the key of your account there\. It/,
    )
  })

  test('without its key it isn’t tried, and with it at once', async t => {
    const relay = await asking(t, await pebbleOf(t, { accounts }), undefined)
    assert.match(
      await failure(relay),
      /localhost: the key of the account id isn't in the secret store: set it with "postern secret set acme-eab"\. It/,
    )
    await relay.control.setSecret('acme-eab', 'no key')
    assert.match(await failure(relay, 2), /is no key as authorities give it: set it with "postern secret set/)
    await relay.control.setSecret('acme-eab', accounts['office-1'])
    await used(relay)
  })

  test('a wrong key is told in the authority’s words, and never shown', async t => {
    const wrong = randomBytes(32).toString('base64url')
    const relay = await asking(t, await pebbleOf(t, { accounts }), wrong)
    const text = await failure(relay)
    assert.match(text, /^No certificate was got from localhost: .*external account binding.*\. It is tried/i)
    assert.ok(!text.includes(wrong))
  })
})

describe('what goes wrong is one clear sentence, and our own certificate is shown', () => {
  test('the authority doesn’t find us', async t => {
    const pebble = await pebbleOf(t)
    const relay = await start(t, pebble, { port: await freePort() })
    const text = await failure(relay)
    assert.match(
      text,
      /^No certificate was got from localhost: .*(refused|connect).*\. It is tried again by itself\.$/i,
    )
    const { certificate, warnings } = await relay.control.status()
    assert.match(certificate.renewal?.failed ?? '', /^No certificate was got/)
    assert.ok((certificate.renewal?.next ?? 0) > Date.now() + 50 * 60_000)
    assert.match(warnings.find(({ kind }) => kind === 'certificate')?.text ?? '', /^No certificate was got/)
    const check = (await relay.control.doctor()).find(one => one.name === 'certificate')
    assert.equal(check?.state, 'failed')
    assert.match((await shown(t, relay)).issuer, /CN=mail\.example\.com/)
    // Mended, a person needn't wait for an hour.
    const set = await relay.control.setSettings('certificate.acme.port', pebble.httpPort, 'command line')
    assert.ok(set.ok)
    await used(relay)
    assert.equal(
      (await relay.control.status()).warnings.find(({ kind }) => kind === 'certificate'),
      undefined,
    )
  })

  test('the port is another program’s', async t => {
    const pebble = await pebbleOf(t)
    const other = createServer().listen(pebble.httpPort)
    atEnd(t, () => void other.close())
    await once(other, 'listening')
    const relay = await start(t, pebble)
    assert.match(
      await failure(relay),
      /port \d+, where the authority is answered, is in use by another program/,
    )
  })

  test('nobody trusted vouches for the authority, or nobody is there', async t => {
    const { trust: _, ...others } = acme(await pebbleOf(t)).acme
    const relay = await startRelay(t, { certificate: { source: 'acme', acme: others } })
    assert.match(await failure(relay), /localhost: nobody trusted has signed its certificate\./)
    const gone = { ...others, directory: 'https://127.0.0.1:1/dir' }
    assert.ok((await relay.control.setSettings('certificate.acme', gone, 'command line')).ok)
    assert.match(await failure(relay, 2), /127\.0\.0\.1: it refuses the connection\./)
  })

  test('asked by hand it says so too, and gets one when it can', async t => {
    const pebble = await pebbleOf(t, { zone: {} })
    const relay = await start(t, pebble, { email: 'office@postern.example' })
    await failure(relay)
    const refused = await relay.control.renewCertificate()
    assert.ok(!refused.ok)
    assert.match(refused.text, /^No certificate was got/)
    await pebble.setZone({ [name]: here })
    const renewed = await relay.control.renewCertificate()
    assert.ok(renewed.ok, JSON.stringify(renewed))
    assert.deepEqual(renewed.facts.names, [name])
    assert.equal((await shown(t, relay)).checkHost(name), name)
  })
})

describe('settings that can’t work are refused at their field', () => {
  const cases: readonly [string, Record<string, unknown>, string, RegExp][] = [
    ['the terms aren’t agreed to', { termsAgreed: false }, 'termsAgreed', /terms of service/],
    ['an account without its key', { externalAccount: 'office-1' }, 'externalKey', /Set the key here/],
    ['no account id', { externalAccount: 'a b', externalKey: 'k' }, 'externalAccount', /EAB key id/],
    ['no program for the DNS', { challenge: 'dns-01' }, 'dnsCommand', /whole path of the program/],
    ['a program by a relative path', { dnsCommand: 'dns.sh' }, 'dnsCommand', /whole path/],
    ['a * over HTTP', { names: ['*.a.example'] }, 'names[0]', /dns-01/],
    ['no name', { names: ['a b'] }, 'names[0]', /Write a name/],
    ['an address without TLS', { directory: 'http://ca.example/dir' }, 'directory', /https/],
  ]
  for (const [what, wrong, path, words] of cases)
    test(what, async t => {
      const relay = await startRelay(t)
      const value = { source: 'acme', acme: { termsAgreed: true, names: [name], ...wrong } }
      const applied = await relay.control.setSettings('certificate', value, 'command line')
      assert.ok(!applied.ok)
      assert.deepEqual(
        applied.problems.map(problem => problem.path),
        [`certificate.acme.${path}`],
      )
      assert.match(applied.problems[0]?.text ?? '', words)
    })
})
