/** `postern secret login` by a code on a machine without a browser: what a person hears when it goes wrong. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { before, beforeEach, describe, test } from 'node:test'
import {
  type AuthorizationServer,
  startAuthorizationServer,
  tokenRoute,
} from '../support/authorization-server.ts'
import { atEnd, type Ending, endOfSuite } from '../support/ending.ts'
import { makeFolder } from '../support/folder.ts'
import { freePort } from '../support/port.ts'
import { postern, runProcess, startProcess } from '../support/process.ts'
import { officeSettings, openRelay, startRelay } from '../support/relay-on-folder.ts'
import { enterCode } from './enter-code.ts'

describe('by a code, what goes wrong is told in one sentence', () => {
  let server: AuthorizationServer
  const suite = endOfSuite()
  before(async () => {
    server = await startAuthorizationServer(suite)
  })
  beforeEach(() => server.wish({ deviceLifetime: 300, slowDown: 0, drop: 0 }))

  /** A folder whose relay is stopped, with one mail sender. */
  async function folderWith(t: Ending, route: object): Promise<string> {
    const opened = await openRelay(t, await makeFolder(t), officeSettings({ routes: [route], retry: ['1h'] }))
    await opened.stop()
    return opened.folder
  }

  const begin = (t: Ending, folder: string, name = 'cloud') =>
    startProcess(t, postern('secret', 'login', name, '--data', folder))

  async function kept(t: Ending, folder: string): Promise<string> {
    return (await runProcess(t, postern('secret', 'list', '--data', folder))).stdout
  }

  test('Ctrl-C ends it, with the relay running too: the code is worth nothing then', async t => {
    const relay = await startRelay(
      t,
      await makeFolder(t),
      officeSettings({ routes: [tokenRoute(server, 25)] }),
    )
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      const running = await begin(t, relay.folder)
      await running.waitFor(/enter the code/)
      process.kill(running.pid, signal)
      const { code, stderr } = await running.ended
      assert.deepEqual([code, stderr], [130, 'postern: The sign-in was ended; nothing was changed.\n'])
      const asked = (await server.asked()).length
      await enterCode(running)
      // Whoever goes on asking with the code would do so every second.
      await new Promise(resolve => setTimeout(resolve, 1500))
      assert.equal((await server.asked()).length, asked)
    }
    assert.equal(await kept(t, relay.folder), 'There are no secrets.\n')
  })

  test('with the relay stopped, too', async t => {
    const folder = await folderWith(t, tokenRoute(server, 25))
    const running = await begin(t, folder)
    await running.waitFor(/enter the code/)
    process.kill(running.pid, 'SIGINT')
    const { code, stderr } = await running.ended
    assert.deepEqual([code, stderr], [130, 'postern: The sign-in was ended; nothing was changed.\n'])
  })

  test('a code that expires, and a person who says no', async t => {
    const folder = await folderWith(t, tokenRoute(server, 25))
    await server.wish({ deviceLifetime: 2 })
    const late = await (await begin(t, folder)).ended
    assert.deepEqual(
      [late.code, late.stderr],
      [1, 'postern: Nobody is signed in as office@example.com: nobody signed in before the code expired.\n'],
    )
    await server.wish({ deviceLifetime: 300 })
    const running = await begin(t, folder)
    await enterCode(running, 'no')
    const { code, stderr } = await running.ended
    assert.equal(code, 1)
    assert.match(
      stderr,
      /^postern: Nobody is signed in as office@example\.com: 127\.0\.0\.1:\d+ refuses, since somebody said no, or may not allow it \(.*\)\.\n$/,
    )
    assert.equal(await kept(t, folder), 'There are no secrets.\n')
  })

  test('a server that asks for patience is asked more slowly, and then it works', async t => {
    const folder = await folderWith(t, tokenRoute(server, 25))
    await server.wish({ slowDown: 1 })
    const start = performance.now()
    const running = await begin(t, folder)
    await enterCode(running)
    const { code, stderr } = await running.ended
    assert.equal(code, 0, stderr)
    assert.ok(performance.now() - start > 6000, 'a second, and five more after it said so')
    assert.equal(await kept(t, folder), 'cloud\n')
  })

  test('a network that is gone for a moment changes nothing', async t => {
    const folder = await folderWith(t, tokenRoute(server, 25))
    await server.wish({ drop: 2 })
    const running = await begin(t, folder)
    await enterCode(running)
    const { code, stderr } = await running.ended
    assert.deepEqual([code, stderr], [0, ''])
    assert.equal((await server.asked()).filter(one => one === 'dropped').length >= 2, true)
  })

  test('a network that stays away is told when the code expires', async t => {
    const other = await startAuthorizationServer(t)
    await other.wish({ deviceLifetime: 4 })
    const folder = await folderWith(t, tokenRoute(other, 25))
    const running = await begin(t, folder)
    await running.waitFor(/enter the code/)
    process.kill(other.process.pid, 'SIGKILL')
    const { code, stderr } = await running.ended
    assert.equal(code, 1)
    assert.match(
      stderr,
      /^postern: Nobody is signed in as office@example\.com: nobody signed in before the code expired, and 127\.0\.0\.1:\d+ can't be asked for a token \(the connection was refused\)\.\n$/,
    )
  })

  test('a wrong address of the sign-in service', async t => {
    const web = createServer((_, response) => void response.end('<html>hello')).listen(0, '127.0.0.1')
    await once(web, 'listening')
    atEnd(t, () => void web.close())
    const port = (web.address() as AddressInfo).port
    const isNot =
      /^postern: What answers at 127\.0\.0\.1:\d+ is not the sign-in service \(.*\): check the address of the sign-in service \(issuer\) of the mail sender\.\n$/
    const cases: readonly (readonly [string, RegExp])[] = [
      [`http://127.0.0.1:${port}`, isNot],
      [`${server.issuer}/elsewhere`, isNot],
      [
        `http://127.0.0.1:${await freePort()}`,
        /^postern: 127\.0\.0\.1:\d+ can't be asked for a token \(the connection was refused\)\.\n$/,
      ],
      [
        'https://login.nowhere.invalid',
        /^postern: login\.nowhere\.invalid can't be asked for a token \(its name isn't found: check it, and this machine's DNS\)\.\n$/,
      ],
    ]
    for (const [issuer, words] of cases) {
      const { code, stdout, stderr } = await (await begin(t, await folderWith(t, tokenRoute({ issuer }, 25))))
        .ended
      assert.deepEqual([code, stdout], [1, ''])
      assert.match(stderr, words)
    }
  })

  test('a client id that is not known, and a name that has no sign-in', async t => {
    const route = tokenRoute(server, 25)
    const { login, ...rest } = Object(route)
    const told = async (changes: object, name = 'cloud') => {
      const folder = await folderWith(t, { ...rest, login: { ...login, ...changes } })
      const { code, stderr } = await (await begin(t, folder, name)).ended
      assert.equal(code, 1)
      return stderr
    }
    assert.match(
      await told({ clientId: 'nobody' }),
      /^postern: 127\.0\.0\.1:\d+ refuses, since it does not accept the client id or its secret \(.*\): check the client id of the mail sender\.\n$/,
    )
    assert.equal(
      await told({}, 'clouds'),
      'postern: No mail sender signs in with OAuth2 as clouds: there is cloud.\n',
    )
    const { user, secret } = login
    const folder = await folderWith(t, { ...rest, login: { method: 'password', user, secret } })
    assert.equal(
      (await (await begin(t, folder)).ended).stderr,
      'postern: The mail sender that logs on as cloud does so with a password: set its method to oauth2 first.\n',
    )
    assert.equal(
      (await (await begin(t, folder, 'other')).ended).stderr,
      'postern: No mail sender signs in with OAuth2 as other: set that up first.\n',
    )
  })
})
