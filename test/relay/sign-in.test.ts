/** The whole way: mail comes in, goes out with a token, and waits where a person is needed, for as long as it takes. */
import assert from 'node:assert/strict'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { before, beforeEach, describe, test } from 'node:test'
import type { SignInBegun, SignInWay } from '../../app/control/control.ts'
import { formatKept } from '../../app/oauth/kept-sign-in.ts'
import {
  type AuthorizationServer,
  Browser,
  CLIENT,
  startAuthorizationServer,
  tokenRoute,
  USER,
} from '../support/authorization-server.ts'
import { type Ending, endOfSuite } from '../support/ending.ts'
import { makeFolder } from '../support/folder.ts'
import { type HopScript, type NextHop, startNextHop } from '../support/next-hop.ts'
import { freePort } from '../support/port.ts'
import { officeSettings, openRelay, type RunningRelay, startRelay } from '../support/relay-on-folder.ts'
import { waitFor } from '../support/wait.ts'

const friend = 'friend@far.example'

describe('mail that goes out with a token', () => {
  let server: AuthorizationServer
  const suite = endOfSuite()
  before(async () => {
    server = await startAuthorizationServer(suite)
  })
  beforeEach(() => server.wish({ accessLifetime: 3600, rotates: true, refuse: null, delay: 0 }))

  const settings = ({ port }: NextHop) =>
    officeSettings({ routes: [tokenRoute(server, port)], retry: ['1s'] })

  async function begin(test: Ending, script: HopScript = {}) {
    const hop = await startNextHop(test, { token: server.checks, ...script })
    const folder = await makeFolder(test)
    const relay = await startRelay(test, folder, settings(hop))
    return { hop, folder, relay }
  }

  for (const auth of ['XOAUTH2', 'OAUTHBEARER', 'PLAIN LOGIN XOAUTH2 OAUTHBEARER'])
    test(`by ${auth}: it waits, somebody signs in, and it goes at once`, async t => {
      const { hop, relay } = await begin(t, { auth })
      await relay.submit([friend])
      const { reply, own } = await relay.event('deferred')
      assert.equal(own, true)
      assert.match(
        reply.text,
        /nobody has signed in with .* yet: sign in at the mail sender in the window, or with {2}postern secret login cloud/,
      )
      assert.equal(hop.connections, 0)
      assert.deepEqual(
        (await relay.control.status()).warnings.map(({ kind }) => kind),
        ['sign-in'],
      )
      await signIn(relay, 'device')
      await relay.event('delivered')
      assert.equal(hop.taken[0]?.loggedOn, true)
      assert.deepEqual((await relay.control.status()).warnings, [])
    })

  test('a token whose time is over between two messages of a connection: the next one goes with another', async t => {
    const { hop, relay } = await begin(t)
    await signIn(relay, 'browser')
    await relay.submit([friend])
    await relay.event('delivered')
    await server.revokeAccess()
    await relay.submit([friend])
    await relay.event('delivered', 2)
    assert.equal(hop.connections, 3, 'one that was logged off, one that took no old token, and one')
    assert.equal(relay.count('deferred'), 0)
  })

  test('a token whose time is over between two connections', async t => {
    const { hop, relay } = await begin(t)
    await signIn(relay, 'browser')
    await relay.submit([friend])
    await relay.event('delivered')
    hop.dropAll()
    await server.revokeAccess()
    await relay.submit([friend])
    await relay.event('delivered', 2)
    assert.equal(relay.count('deferred'), 0)
  })

  test('tokens that are good for two seconds only: each message goes at the first try', async t => {
    await server.wish({ accessLifetime: 2 })
    const { hop, relay } = await begin(t)
    await signIn(relay, 'browser')
    for (const count of [1, 2, 3, 4]) {
      await relay.submit([friend])
      await relay.event('delivered', count)
      // Over the time of a token, with nothing to wait for but the clock.
      await new Promise(resolve => setTimeout(resolve, 900))
    }
    assert.equal(hop.taken.length, 4)
    assert.equal(relay.count('deferred'), 0)
  })

  test('a restart needs nobody, and nothing secret stands in settings, log or spool', async t => {
    const { hop, folder, relay } = await begin(t)
    await signIn(relay, 'browser')
    await relay.stop()
    const again = await startRelay(t, folder)
    await again.submit([friend])
    await again.event('delivered')
    assert.equal(hop.taken.length, 1)
    const tokens = hop.heard.flatMap(line => /AUTH \S+ (\S+)/.exec(line)?.[1] ?? [])
    const access =
      Buffer.from(tokens[0] ?? '', 'base64')
        .toString()
        .split('Bearer ')[1]
        ?.split('\x01')[0] ?? ''
    assert.ok(access.length > 20)
    await again.stop()
    for (const text of await filesIn(folder)) {
      assert.ok(!text.includes(access))
      assert.ok(!text.includes(tokens[0] ?? ''))
    }
  })

  test('what was allowed is taken back: mail waits, status and doctor say so, and signing in sends it', async t => {
    const { hop, relay } = await begin(t)
    await signIn(relay, 'browser')
    await server.revoke()
    await server.revokeAccess()
    const id = await relay.submit([friend])
    await relay.event('deferred', 3)
    const [message] = await relay.control.listQueue({})
    const [state] = message?.states ?? []
    assert.equal(state?.kind, 'waiting')
    assert.match(state.reply?.text ?? '', /taken back .*postern secret login cloud/)
    assert.ok(state.stopped !== undefined && state.stopped > 0)
    assert.equal(relay.count('sign-in-refused'), 1)
    const { warnings } = await relay.control.status()
    assert.deepEqual(
      warnings.map(({ kind }) => kind),
      ['sign-in'],
    )
    assert.match(warnings[0]?.text ?? '', /Mail waits until somebody signs in again as office@example\.com: /)
    const checks = await relay.control.doctor()
    assert.equal(
      checks.find(({ name }) => name === 'next hop'),
      undefined,
      'it is told once',
    )
    const check = checks.find(({ name }) => name === 'sign-in cloud')
    assert.equal(check?.state, 'failed')
    assert.equal(check?.command, 'postern secret login cloud')
    await signIn(relay, 'device')
    assert.equal((await relay.event('delivered')).id, id)
    assert.equal(hop.taken.length, 1)
    assert.deepEqual((await relay.control.status()).warnings, [])
    const mended = (await relay.control.doctor()).find(({ name }) => name === 'sign-in cloud')
    assert.equal(mended?.state, 'ok')
  })

  const denied = { error: 'invalid_grant', error_description: 'AADSTS53003: no' }
  const unknown = { error: 'invalid_client', error_description: 'no such client', status: 401 }
  const situations: readonly (readonly [
    string,
    undefined | (() => Promise<void>),
    string,
    string,
    RegExp,
  ])[] = [
    [
      'nobody signed in',
      undefined,
      'sign-in-now',
      'signIn',
      /until somebody signs in as office@example\.com: nobody/,
    ],
    [
      'taken back',
      () => server.revoke(),
      'sign-in-again',
      'signIn',
      /until somebody signs in again as office@/,
    ],
    [
      'forbidden',
      () => server.wish({ refuse: denied }),
      'sign-in-again',
      'signIn',
      /until the provider lets office@example\.com in again: .* conditional access/,
    ],
    [
      'a registration that is not accepted',
      () => server.wish({ refuse: unknown }),
      'sign-in-settings',
      'clientId',
      /until the settings of the sign-in as office@example\.com are right: .*: check the client id of the mail sender\.$/,
    ],
  ]
  for (const [name, prepare, kind, field, words] of situations)
    test(`${name}: the same words and the same button in the queue, the log, the status and the doctor`, async t => {
      const { relay } = await begin(t)
      if (prepare) {
        await signIn(relay, 'device')
        await relay.stop()
        await prepare()
      }
      const again = prepare ? await startRelay(t, relay.folder) : relay
      const id = await again.submit([friend])
      const { reply } = await again.event('deferred')
      const mend = { kind, path: `delivery.routes[0].login.${field}` }
      const [meaning] = (await again.control.showMessage(id))?.meanings ?? []
      assert.deepEqual(meaning?.mends[0], mend)
      const logged = (await again.control.readLog({})).find(event => event.kind === 'deferred')
      assert.deepEqual(logged?.kind === 'deferred' && logged.reply, reply)
      const [asked] = await again.control.meanings([{ reply, to: friend }])
      assert.deepEqual(asked, meaning)
      const { warnings } = await again.control.status()
      assert.deepEqual(
        warnings.map(warning => [warning.kind, warning.mends]),
        [['sign-in', [mend]]],
      )
      assert.match(warnings[0]?.text ?? '', words)
      const check = (await again.control.doctor()).find(one => one.name === 'sign-in cloud')
      assert.deepEqual([check?.state, check?.path, check?.text], ['failed', mend.path, warnings[0]?.text])
    })

  test('a sign-in service that is away needs nobody at first, and the queue leads to its address', async t => {
    const port = await freePort()
    const hop = await startNextHop(t)
    const issuer = `http://127.0.0.1:${port}`
    const routes = [tokenRoute({ issuer }, hop.port)]
    const relay = await openRelay(t, await makeFolder(t), officeSettings({ routes, retry: ['1h'] }))
    const kept = { issuer, clientId: CLIENT, user: USER, refreshToken: 'r', signedIn: Date.now() }
    await relay.control.setSecret('cloud', formatKept(kept))
    await relay.relay.start()
    const id = await relay.submit([friend])
    const { reply } = await relay.event('deferred')
    assert.equal(reply.signIn, 'unreachable')
    const [meaning] = (await relay.control.showMessage(id))?.meanings ?? []
    assert.deepEqual(
      meaning?.mends.map(({ kind, path }) => [kind, path]),
      [
        ['wait', undefined],
        ['sign-in-address', 'delivery.routes[0].login.issuer'],
        ['doctor', undefined],
      ],
    )
    const { warnings, hops } = await relay.control.status()
    assert.deepEqual(warnings, [])
    assert.deepEqual(
      hops.map(({ reason }) => reason),
      ['sign-in-service'],
    )
    const checks = await relay.control.doctor()
    assert.match(
      checks.find(({ name }) => name === 'sign-in cloud')?.text ?? '',
      /no token at the moment: .*the connection was refused/,
    )
  })

  test('a server that takes no token, however fresh: one more is tried, then mail waits and says what it said', async t => {
    const { hop, relay } = await begin(t, { token: async () => false })
    await signIn(relay, 'browser')
    await relay.submit([friend])
    const { reply } = await relay.event('deferred')
    assert.equal(hop.connections, 2)
    assert.match(
      reply.text,
      /doesn't take the token of office@example\.com \(535 5\.7\.3 .*; status 401, schemes Bearer/,
    )
    const [facts] = (await relay.control.status()).signIns ?? []
    assert.equal(facts?.standing.kind, 'needs-person')
    // An administrator mends it there: nobody needs to sign in here.
    hop.script = { ...hop.script, token: server.checks }
    await relay.event('delivered')
    const [mended] = (await relay.control.status()).signIns ?? []
    assert.equal(mended?.standing.kind, 'signed-in')
  })

  test('a server that has trouble with log-ons, or offers none with tokens, is tried later', async t => {
    const { hop, relay } = await begin(t, {
      answer: command => (command.startsWith('AUTH') ? '454 4.7.0 not now' : undefined),
    })
    await signIn(relay, 'browser')
    await relay.submit([friend])
    assert.match(
      (await relay.event('deferred')).reply.text,
      /can't let office@example\.com log on at the moment/,
    )
    assert.equal(hop.connections, 1)
    hop.script = { token: server.checks, auth: 'LOGIN' }
    const { reply } = await relay.event('deferred', 2)
    assert.match(reply.text, /offers no log-on with a token/)
    const { warnings } = await relay.control.status()
    assert.ok(!warnings.some(({ kind }) => kind === 'sign-in'), JSON.stringify(warnings))
  })

  test('stopped while a token is renewed: what came in place of the old one is kept, a server that hangs holds up nothing', async t => {
    const { hop, folder, relay } = await begin(t)
    await signIn(relay, 'browser')
    await relay.stop()
    const asked = async () => (await server.asked()).filter(one => one.startsWith('refresh_token')).length
    const before = await asked()
    await server.wish({ delay: 1000 })
    const again = await startRelay(t, folder)
    await again.submit([friend])
    await waitFor('the renewal', async () => (await asked()) > before || undefined)
    await again.stop()
    await server.wish({ delay: 0 })
    const third = await startRelay(t, folder)
    await third.event('delivered')
    assert.equal(hop.taken.length, 1)
    await third.stop()

    await server.wish({ delay: 60_000 })
    const fourth = await startRelay(t, folder)
    await fourth.submit([friend])
    await waitFor('the renewal', async () => (await asked()) > before + 2 || undefined)
    const start = performance.now()
    await fourth.stop()
    assert.ok(performance.now() - start < 8000)
  })

  test('a test message shows the log-on without the token, and what the server said about it', async t => {
    const { relay } = await begin(t, { token: async () => false })
    await signIn(relay, 'browser')
    const { dialogue } = await relay.control.sendTest(friend)
    assert.ok(dialogue.includes('C: AUTH XOAUTH2 ***'), dialogue.join('\n'))
    assert.ok(dialogue.some(line => line.startsWith('(the server says: status 401')))
    assert.ok(dialogue.every(line => !/Bearer [^,]{10}/.test(line)))
  })
})

async function signIn({ control }: RunningRelay, way: SignInWay): Promise<void> {
  const begun = await control.beginSignIn('cloud', way)
  const ended = control.waitForSignIn(begun.id)
  const shown = await act(begun)
  // Whoever didn't come back would be waited for.
  if (begun.way === 'browser') assert.match(shown, /Signed in/)
  assert.deepEqual(await ended, { ok: true })
}

function act(begun: SignInBegun): Promise<string> {
  const browser = new Browser()
  return begun.way === 'device' ? browser.enterCode(begun.page, begun.code) : browser.open(begun.page)
}

async function filesIn(folder: string): Promise<string[]> {
  const files = await readdir(folder, { recursive: true, withFileTypes: true })
  return Promise.all(
    files.filter(file => file.isFile()).map(file => readFile(join(file.parentPath, file.name), 'latin1')),
  )
}
