/** What the TLS library of Electron, BoringSSL, still does: 1.0 in the lane for old devices, and sound TLS elsewhere. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { opensslHandshake } from '../support/openssl-client.ts'
import { makeDesk } from './app.ts'

test('old devices are served by the app too, and other bindings speak sound TLS alone', async t => {
  const usual = { address: '127.0.0.1', port: 0, encryption: 'tls' }
  const listeners = [{ ...usual, oldDevices: true }, usual]
  const desk = await makeDesk(t, { settings: { smtp: { listeners } } })
  await desk.start('--hidden')
  const control = await desk.control()
  const standing = (await control.status()).listeners
  const at = (isLane: boolean) => {
    const found = standing.find(({ oldDevices = false }) => oldDevices === isLane)
    assert.ok(found)
    return { host: found.address, port: found.port }
  }
  const shook = async (isLane: boolean, ...more: string[]) => {
    const { protocol, cipher } = await opensslHandshake(t, at(isLane), ...more)
    return protocol && `${protocol} ${cipher}`
  }
  const old = (cipher: string) => ['-tls1', '-cipher', `${cipher}:@SECLEVEL=0`]
  assert.equal(await shook(true, ...old('AES128-SHA')), 'TLSv1 AES128-SHA')
  assert.match((await shook(true, ...old('ALL'))) ?? '', /^TLSv1 ECDHE-RSA-AES/)
  assert.match((await shook(true, '-tls1_3')) ?? '', /^TLSv1\.3 /)
  assert.equal(await shook(false, ...old('ALL')), undefined)
  assert.equal(await shook(false, '-tls1_2', '-cipher', 'AES128-SHA:ECDHE-ECDSA-AES128-SHA'), undefined)
  assert.match((await shook(false, '-tls1_2')) ?? '', /^TLSv1\.2 ECDHE-ECDSA-AES128-GCM-SHA256$/)
})
