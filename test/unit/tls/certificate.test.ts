/** The certificate: made at the first start, used after it, and refused with a sentence when it can't be. */
import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { copyFile, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { CertificateUnusable, expiryOf } from '../../../app/tls/certificate.ts'
import { openCertificate } from '../../../app/tls/own.ts'
import { makeCertificate } from '../../support/certificate.ts'
import { makeFolder } from '../../support/folder.ts'

const unusable = (words: RegExp) => (error: unknown) =>
  error instanceof CertificateUnusable && words.test(error.message) && error.message.endsWith('.')

test('the first start makes a key and a certificate for the host name, the next ones use them', async t => {
  const folder = await makeFolder(t)
  const made = await openCertificate(folder, 'mail.example.com')
  const certificate = made.leaf
  assert.equal(certificate.checkHost('mail.example.com'), 'mail.example.com')
  assert.ok(certificate.verify(certificate.publicKey))
  assert.ok(expiryOf(made) > Date.now() + 9 * 365 * 86_400_000)
  assert.equal((await stat(join(folder, 'key.pem'))).mode & 0o077, 0)
  assert.equal((await openCertificate(folder, 'other.example.com')).leaf.raw.equals(made.leaf.raw), true)
})

test('each first start makes a key of its own', async t => {
  const [one, other] = await Promise.all(
    [1, 2].map(async () => openCertificate(await makeFolder(t), 'mail.example.com')),
  )
  assert.ok(one && other)
  assert.notDeepEqual(
    one.leaf.publicKey.export({ format: 'jwk' }),
    other.leaf.publicKey.export({ format: 'jwk' }),
  )
})

test('a very long host name is no obstacle', async t => {
  const host = `${'a'.repeat(60)}.${'b'.repeat(60)}.example.com`
  const made = await openCertificate(await makeFolder(t), host)
  assert.equal(made.leaf.checkHost(host), host)
})

test("a person's own certificate is used", async t => {
  const [folder, theirs] = [await makeFolder(t), await makeCertificate(await makeFolder(t))]
  await copyFile(theirs.keyFile, join(folder, 'key.pem'))
  await copyFile(theirs.certFile, join(folder, 'cert.pem'))
  const { leaf } = await openCertificate(folder, 'mail.example.com')
  assert.ok(leaf.raw.equals(new X509Certificate(theirs.cert).raw))
})

test('one without the other, another key, and rubbish are refused', async t => {
  const folder = await makeFolder(t)
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
  await openCertificate(folder, 'mail.example.com')
  const mine = await readFile(key, 'utf8')
  await rm(key)
  await assert.rejects(openCertificate(folder, 'x'), unusable(/^Put both key\.pem and cert\.pem into /))
  const theirs = await makeCertificate(await makeFolder(t))
  await writeFile(key, theirs.key)
  await assert.rejects(openCertificate(folder, 'x'), unusable(/can't be used \(.*\): replace them/))
  await writeFile(key, mine)
  await writeFile(cert, 'rubbish')
  await assert.rejects(openCertificate(folder, 'x'), unusable(/can't be used/))
  assert.equal(await readFile(key, 'utf8'), mine)
})

test('a file that cannot be read is refused', async t => {
  const folder = await makeFolder(t)
  await openCertificate(folder, 'mail.example.com')
  // Root may read every file, but not a folder as one.
  await rm(join(folder, 'key.pem'))
  await mkdir(join(folder, 'key.pem'))
  await assert.rejects(openCertificate(folder, 'x'), unusable(/key\.pem elsewhere: it is a folder/))
})
