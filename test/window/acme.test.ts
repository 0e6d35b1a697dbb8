/** The app as it is built gets a certificate from an authority, with Electron's TLS library, and shows it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { opensslHandshake } from '../support/openssl-client.ts'
import { startPebble } from '../support/pebble.ts'
import { waitFor } from '../support/wait.ts'
import { makeDesk } from './app.ts'

test('a certificate is got and shown', async t => {
  const name = 'mail.postern.example'
  const {
    directory,
    trust,
    httpPort: port,
  } = await startPebble(t, { zone: { [name]: { A: ['127.0.0.1'] } } })
  const acme = { directory, trust, port, names: [name], termsAgreed: true }
  const desk = await makeDesk(t, { settings: { certificate: { source: 'acme', acme } } })
  await desk.start('--hidden')
  const control = await desk.control()
  await waitFor(
    'the certificate',
    async () => {
      const { names, renewal } = (await control.status()).certificate
      assert.equal(renewal?.failed, undefined)
      return names.includes(name) || undefined
    },
    60_000,
  )
  const tls = (await control.status()).listeners.find(({ encryption }) => encryption === 'tls')
  const { output } = await opensslHandshake(t, { host: '127.0.0.1', port: tls?.port ?? 0 })
  assert.match(output, /subject=CN = mail\.postern\.example/)
})
