/** `postern secret login` in a process of its own, with the relay running and with it stopped. */
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { before, describe, test } from 'node:test'
import {
  type AuthorizationServer,
  Browser,
  startAuthorizationServer,
  tokenRoute,
} from '../support/authorization-server.ts'
import { type Ending, endOfSuite } from '../support/ending.ts'
import { makeFolder } from '../support/folder.ts'
import { type NextHop, startNextHop } from '../support/next-hop.ts'
import { postern, runProcess, startProcess } from '../support/process.ts'
import { officeSettings, openRelay, startRelay } from '../support/relay-on-folder.ts'
import { enterCode } from './enter-code.ts'

describe('postern secret login', () => {
  let server: AuthorizationServer
  const suite = endOfSuite()
  before(async () => {
    server = await startAuthorizationServer(suite)
  })

  const settings = ({ port }: NextHop) =>
    officeSettings({ routes: [tokenRoute(server, port)], retry: ['1h'] })

  const login = (test: Ending, folder: string, ...more: string[]) =>
    startProcess(test, postern('secret', 'login', 'cloud', '--data', folder, ...more))

  test('with the relay running, by code: what waited goes, and doctor says so before and after', async t => {
    const hop = await startNextHop(t, { token: server.checks })
    const relay = await startRelay(t, await makeFolder(t), settings(hop))
    await relay.submit(['friend@far.example'])
    await relay.event('deferred')
    const doctor = () => runProcess(t, postern('doctor', '--data', relay.folder))
    const ill = await doctor()
    assert.equal(ill.code, 1)
    assert.match(
      ill.stdout,
      /failed +sign-in cloud: Mail waits until somebody signs in as office@example\.com: .* {2}postern secret login cloud/,
    )
    const running = await login(t, relay.folder)
    await enterCode(running)
    const { code, stdout, stderr } = await running.ended
    assert.equal(code, 0, stderr)
    assert.match(
      stdout,
      /Signed in as office@example\.com with 127\.0\.0\.1:\d+; kept as cloud\. Mail that waited for it goes now\./,
    )
    await relay.event('delivered')
    assert.match((await doctor()).stdout, /ok +sign-in cloud: Signed in as office@example\.com/)
    const listed = await runProcess(t, postern('secret', 'list', '--data', relay.folder))
    assert.equal(listed.stdout, 'cloud\n')
  })

  test('with the relay stopped, by browser; the next start sends', async t => {
    const hop = await startNextHop(t, { token: server.checks })
    const opened = await openRelay(t, await makeFolder(t), settings(hop))
    await opened.stop()
    const running = await login(t, opened.folder, '--browser')
    const [page = ''] = await running.waitFor(/http:\S+\/auth\?\S+/)
    assert.match(await new Browser().open(page), /Signed in/)
    const { code, stdout } = await running.ended
    assert.equal(code, 0)
    assert.match(stdout, /kept as cloud\.\n$/)
    const relay = await startRelay(t, opened.folder)
    await relay.submit(['friend@far.example'])
    await relay.event('delivered')
  })

  test('nothing secret stands in its arguments or its output; --json has both parts', async t => {
    const hop = await startNextHop(t, { token: server.checks })
    const relay = await startRelay(t, await makeFolder(t), settings(hop))
    const running = await login(t, relay.folder, '--json')
    const [, line = ''] = await running.waitFor(/(\{.*\})\n/)
    const begun: unknown = JSON.parse(line)
    assert.ok(typeof begun === 'object' && begun !== null)
    assert.deepEqual(Object.keys(begun).sort(), ['code', 'id', 'page', 'provider', 'until', 'user', 'way'])
    const of = (name: string) => String(Reflect.get(begun, name))
    const seen = await readFile(`/proc/${running.pid}/cmdline`, 'latin1')
    assert.ok(seen.includes('secret\0login\0cloud'))
    await new Browser().enterCode(of('page'), of('code'))
    const { code, stdout } = await running.ended
    assert.equal(code, 0)
    assert.equal(stdout.split('\n')[1], '{"ok":true}')
  })

  test('an unknown name, another one that begins, and a relay that stops end it with 1', async t => {
    const hop = await startNextHop(t, { token: server.checks })
    const relay = await startRelay(t, await makeFolder(t), settings(hop))
    const unknown = await runProcess(t, postern('secret', 'login', 'other', '--data', relay.folder))
    assert.equal(unknown.code, 1)
    assert.equal(unknown.stderr, 'postern: No mail sender signs in with OAuth2 as other: there is cloud.\n')
    const first = await login(t, relay.folder)
    await first.waitFor(/enter the code/)
    const second = await login(t, relay.folder)
    const ended = await first.ended
    assert.equal(ended.code, 1)
    assert.match(ended.stderr, /Nobody is signed in as office@example\.com: another sign-in was begun\./)
    await second.waitFor(/enter the code/)
    await relay.stop()
    assert.equal((await second.ended).code, 1)
  })
})
