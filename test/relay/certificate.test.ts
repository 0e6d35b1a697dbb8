/** A certificate that changes while the relay runs: sessions under way go on, new ones get the new one. */
import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { copyFile, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import type { TLSSocket } from 'node:tls'
import { type Certificate, type CertificateOptions, makeCertificate } from '../support/certificate.ts'
import { SmtpClient } from '../support/client.ts'
import type { Ending } from '../support/ending.ts'
import { makeFolder } from '../support/folder.ts'
import { runProcess } from '../support/process.ts'
import { type RunningRelay, startRelay } from '../support/relay.ts'
import { waitFor } from '../support/wait.ts'

/** What a new session is shown over STARTTLS, and what one is with TLS from the first byte. */
async function shown(t: Ending, relay: RunningRelay): Promise<readonly string[]> {
  const client = await SmtpClient.open(t, relay.endpoint())
  await client.say('STARTTLS')
  const implicit = await SmtpClient.open(t, relay.endpoint('tls'), { tls: true })
  const sockets = [await client.secure(), implicit.socket as TLSSocket]
  const prints = sockets.map(socket => socket.getPeerX509Certificate()?.fingerprint256 ?? 'none')
  for (const socket of sockets) socket.destroy()
  return prints
}

const printOf = (pem: string) => new X509Certificate(pem).fingerprint256

async function waitForShown(t: Ending, relay: RunningRelay, pem: string): Promise<void> {
  const wanted = printOf(pem)
  await waitFor('the new certificate', async () =>
    (await shown(t, relay)).every(print => print === wanted) ? true : undefined,
  )
}

/** A place with a certificate, and another one beside it to take its place. */
async function startWithFiles(t: Ending, options?: CertificateOptions) {
  const [folder, other] = [await makeFolder(t), await makeFolder(t)]
  const [first, next] = [await makeCertificate(folder, options), await makeCertificate(other)]
  const { certFile: file, keyFile } = first
  const relay = await startRelay(t, { certificate: { source: 'files', file, keyFile } })
  return { folder, first, next, relay }
}

async function replaceWith(next: Certificate, { certFile, keyFile }: Certificate): Promise<void> {
  await writeFile(`${keyFile}.new`, next.key)
  await writeFile(`${certFile}.new`, next.cert)
  await rename(`${keyFile}.new`, keyFile)
  await rename(`${certFile}.new`, certFile)
}

const warningsOf = ({ events }: RunningRelay) =>
  events.flatMap(event => (event.kind === 'warning' ? [event.text] : []))

test('files that are replaced are used at once, and sessions under way go on', async t => {
  const { first, next, relay } = await startWithFiles(t)
  assert.deepEqual(await shown(t, relay), [first.cert, first.cert].map(printOf))
  const open = await SmtpClient.open(t, relay.endpoint('tls'), { tls: true, from: '127.0.1.5' })
  const waiting = await SmtpClient.open(t, relay.endpoint(), { from: '127.0.1.5' })
  await open.say('MAIL FROM:<a@client.example>', 'RCPT TO:<support@example.com>')
  await waiting.ask('EHLO client.example')
  await replaceWith(next, first)
  await waitForShown(t, relay, next.cert)
  const { names } = await relay.event('certificate-used')
  assert.deepEqual(names, ['localhost', '127.0.0.1'])
  assert.match(await open.ask('DATA'), /^354 /)
  assert.match(await open.ask('Subject: x\r\n\r\nx\r\n.'), /^250 2\.0\.0 /)
  // A session that hasn't begun TLS begins it with the new one.
  await waiting.ask('STARTTLS')
  assert.equal((await waiting.secure()).getPeerX509Certificate()?.fingerprint256, printOf(next.cert))
  assert.match(await waiting.ask('NOOP'), /^250 /)
})

test('a half-written certificate, and the key of another, leave the old one, and say so once', async t => {
  const { first, next, relay } = await startWithFiles(t)
  await writeFile(first.certFile, next.cert.slice(0, 300))
  const half = await waitFor('a word of it', () => warningsOf(relay)[0])
  assert.match(half, /no whole certificate in .*server\.pem.*\. The certificate used so far stays\.$/)
  assert.deepEqual(await shown(t, relay), [first.cert, first.cert].map(printOf))
  await writeFile(first.certFile, next.cert)
  const mismatch = await waitFor('a word of the other', () => warningsOf(relay)[1])
  assert.match(mismatch, /can't be used/)
  assert.deepEqual(await shown(t, relay), [first.cert, first.cert].map(printOf))
  const status = await relay.control.status()
  assert.match(
    status.warnings.find(({ kind }) => kind === 'certificate')?.text ?? '',
    /can't be used.*good for 29/,
  )
  const check = (await relay.control.doctor()).find(({ name }) => name === 'certificate')
  assert.equal(check?.state, 'failed')
  await writeFile(first.keyFile, next.key)
  await waitForShown(t, relay, next.cert)
  assert.equal(
    (await relay.control.status()).warnings.find(({ text }) => /can't be used/.test(text)),
    undefined,
  )
  assert.equal(warningsOf(relay).length, 2)
})

test('one that a link leads to is noticed, as certbot lays them out', async t => {
  const [folder, archive] = [await makeFolder(t), await makeFolder(t)]
  const [first, next] = [await makeCertificate(archive), await makeCertificate(await makeFolder(t))]
  const [file, keyFile] = [join(folder, 'fullchain.pem'), join(folder, 'privkey.pem')]
  await symlink(first.certFile, file)
  await symlink(first.keyFile, keyFile)
  const relay = await startRelay(t, { certificate: { source: 'files', file, keyFile } })
  for (const [link, to] of [
    [file, next.certFile],
    [keyFile, next.keyFile],
  ] as const) {
    await symlink(to, `${link}.new`)
    await rename(`${link}.new`, link)
  }
  await waitForShown(t, relay, next.cert)
})

test('so are key.pem and cert.pem of the data folder, put in place of our own', async t => {
  const relay = await startRelay(t)
  const theirs = await makeCertificate(await makeFolder(t))
  await copyFile(theirs.keyFile, join(relay.folder, 'tls/key.pem'))
  await copyFile(theirs.certFile, join(relay.folder, 'tls/cert.pem'))
  await waitForShown(t, relay, theirs.cert)
})

test('a PFX whose passphrase is set later is used then', async t => {
  const folder = await makeFolder(t)
  const { certFile, keyFile, cert } = await makeCertificate(folder)
  const file = join(folder, 'both.pfx')
  const args = ['-in', certFile, '-inkey', keyFile, '-out', file, '-passout', 'pass:open']
  await runProcess(t, ['openssl', 'pkcs12', '-export', ...args], { timeout: 20_000 })
  const relay = await startRelay(t, { certificate: { source: 'files', file, passphrase: 'tls' } })
  const own = printOf(await readFile(join(relay.folder, 'tls/cert.pem'), 'utf8'))
  assert.deepEqual(await shown(t, relay), [own, own])
  const [warning] = (await relay.control.status()).warnings.filter(({ kind }) => kind === 'certificate')
  assert.match(warning?.text ?? '', /postern secret set tls/)
  await relay.control.setSecret('tls', 'open')
  await relay.event('certificate-used')
  assert.deepEqual(await shown(t, relay), [cert, cert].map(printOf))
})

describe('settings', () => {
  test('that name what can’t be used are refused at their field, and nothing changes', async t => {
    const { first, relay } = await startWithFiles(t)
    const wrong = { source: 'files', file: join(relay.folder, 'none.pem') }
    const applied = await relay.control.setSettings('certificate', wrong, 'command line')
    assert.ok(!applied.ok)
    assert.deepEqual(
      applied.problems.map(({ path }) => path),
      ['certificate.file'],
    )
    assert.match(applied.problems[0]?.text ?? '', /^There is no file /)
    assert.deepEqual(await shown(t, relay), [first.cert, first.cert].map(printOf))
  })

  test('that name others take effect at once, without a restart, and so does going back', async t => {
    const relay = await startRelay(t)
    const { certFile: file, keyFile, cert } = await makeCertificate(await makeFolder(t))
    const [own] = await shown(t, relay)
    const set = (value: unknown) => relay.control.setSettings('certificate', value, 'command line')
    assert.ok((await set({ source: 'files', file, keyFile })).ok)
    assert.deepEqual(await shown(t, relay), [cert, cert].map(printOf))
    assert.ok((await set({ source: 'own' })).ok)
    assert.deepEqual(await shown(t, relay), [own, own])
  })
})

test('the end is told thirty days before, in status and doctor', async t => {
  for (const [days, tells] of [
    [32, false],
    [29, true],
  ] as const) {
    const { relay } = await startWithFiles(t, { days })
    const warning = (await relay.control.status()).warnings.find(({ kind }) => kind === 'certificate')
    assert.equal(warning !== undefined, tells)
    const check = (await relay.control.doctor()).find(({ name }) => name === 'certificate')
    assert.equal(check?.state, tells ? 'warning' : 'ok')
    if (tells) assert.match(warning?.text ?? '', /expires in 28 days: put the next one in its place/)
  }
})

test('files that are gone leave the one in use, and that is said', async t => {
  const { first, relay } = await startWithFiles(t)
  await rm(first.certFile)
  await waitFor('a word of it', () => warningsOf(relay)[0])
  assert.deepEqual(await shown(t, relay), [first.cert, first.cert].map(printOf))
})
