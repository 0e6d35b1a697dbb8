/** What a person is told of the certificate. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { factsOf } from '../../../app/tls/certificate.ts'
import { openCertificate } from '../../../app/tls/own.ts'
import { makeFolder } from '../../support/folder.ts'

test('one that Postern made is for its host name, signed by itself, and good for years', async t => {
  const certificate = await openCertificate(await makeFolder(t), 'mail.example.com')
  const { names, issuer, selfSigned, until } = factsOf(certificate)
  assert.deepEqual([names, issuer, selfSigned], [['mail.example.com'], 'mail.example.com', true])
  assert.ok(until > Date.now() + 9 * 365 * 24 * 3_600_000)
})
