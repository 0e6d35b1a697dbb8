/** Secrets under a real keychain of the system: sealed by it, opened again by the next start, and told of when it is gone. */
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { startEmptyBus } from '../support/bus.ts'
import { makeFolder } from '../support/folder.ts'
import { startKeyring } from '../support/keyring.ts'
import { Leaks } from '../support/leaks.ts'
import { startNextHop } from '../support/next-hop.ts'
import { swaks } from '../support/swaks.ts'
import { waitFor } from '../support/wait.ts'
import { type App, makeDesk } from './app.ts'

const password = 'of-the-smart-host-0815'

test('a secret is sealed by the keychain, opened by the next start, and missed when the keychain is gone', {
  timeout: 120_000,
  skip: process.platform !== 'linux',
}, async t => {
  const bus = await startEmptyBus(t)
  const keyring = await startKeyring(t, bus, await makeFolder(t))
  const hop = await startNextHop(t, { password })
  const login = { method: 'password', user: 'office', secret: 'hop' }
  const hosts = [`127.0.0.1:${hop.port}`]
  const route = {
    to: ['*'],
    via: 'smart-host',
    hosts,
    encryption: 'none',
    plaintextLogin: 'local-networks',
    login,
  }
  const desk = await makeDesk(t, { bus, settings: { delivery: { routes: [route] } } })
  const start = () => desk.launch('--password-store=gnome-libsecret')
  const file = join(desk.folder, 'secrets.keychain.json')
  const backend = (app: App) =>
    app.electron.evaluate(({ safeStorage }) => safeStorage.getSelectedStorageBackend())

  const first = await start()
  assert.equal(await backend(first), 'gnome_libsecret')
  await first.control.setSecret('hop', password)
  assert.deepEqual(Object.keys(JSON.parse(await readFile(file, 'utf8'))), ['hop'])
  assert.deepEqual(await new Leaks({ password }).inFolder(desk.folder), [])
  await first.electron.close()

  const second = await start()
  assert.deepEqual(await second.control.listSecrets(), ['hop'])
  const mail = { port: await second.port(), from: 'fred@example.com', to: ['a@elsewhere.example'] }
  assert.equal((await swaks(t, mail)).code, 0)
  const taken = await waitFor('the message', () => hop.taken[0])
  assert.ok(taken.loggedOn, 'with the password that the keychain opened')
  await second.electron.close()

  await keyring.kill()
  const third = await start()
  const warned = (await third.control.readLog({})).flatMap(event =>
    event.kind === 'warning' ? [event.text] : [],
  )
  assert.match(warned.join(), /keychain can't be reached, and only it opens the secrets "hop"/)
  assert.deepEqual(await third.control.listSecrets(), [])
  assert.deepEqual(Object.keys(JSON.parse(await readFile(file, 'utf8'))), ['hop'], 'it is kept')
})
