/** Signing in with a real authorization server: by browser, by device code, and what comes of the tokens. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, request, type Server } from 'node:http'
import { before, describe, test } from 'node:test'
import {
  type AuthorizationServer,
  Browser,
  CLIENT_SECRET,
  SECRET_CLIENT,
  startAuthorizationServer,
  USER,
} from '../../support/authorization-server.ts'
import { atEnd, endOfSuite } from '../../support/ending.ts'
import { makeFolder } from '../../support/folder.ts'
import { faultLike, loginWith, openOffice, signInByBrowser, signInByDevice } from './office.ts'

describe('signing in', () => {
  let server: AuthorizationServer
  const suite = endOfSuite()
  before(async () => {
    server = await startAuthorizationServer(suite)
  })

  test('by browser: the page says so, and there is a token', async t => {
    const office = await openOffice(await makeFolder(t), loginWith(server))
    assert.equal(office.signIns.facts[0]?.standing.kind, 'needs-person')
    const shown = await signInByBrowser(office)
    assert.match(shown, /Signed in/)
    assert.match(shown, /office@example\.com/)
    const login = loginWith(server)
    assert.equal(await server.account(await office.signIns.token(login)), USER)
    assert.equal(office.signIns.facts[0]?.standing.kind, 'signed-in')
    assert.deepEqual(office.granted, ['cloud'])
    assert.deepEqual(
      office.events.map(({ kind }) => kind),
      ['signed-in'],
    )
  })

  test('by device code', async t => {
    const office = await openOffice(await makeFolder(t), loginWith(server))
    await signInByDevice(office)
    assert.equal(await server.account(await office.signIns.token(loginWith(server))), USER)
  })

  test("with a registration that has a secret: without it a person is told, with it it's sent", async t => {
    const login = loginWith(server, { clientId: SECRET_CLIENT, clientSecret: 'cloud client' })
    const office = await openOffice(await makeFolder(t), login)
    await assert.rejects(office.signIns.begin('cloud', 'device'), /"cloud client" isn't in the secret store/)
    await office.secrets.set('cloud client', CLIENT_SECRET)
    await signInByDevice(office)
    office.clocks.ahead.wall = 7_200_000
    assert.equal(await server.account(await office.signIns.token(login)), USER)
    await office.secrets.set('cloud client', 'not the secret')
    office.clocks.ahead.wall *= 2
    await assert.rejects(office.signIns.token(login), faultLike('settings', /client id or its secret/))
  })

  test('only the page that was sent out may come back, and only here', async t => {
    const office = await openOffice(await makeFolder(t), loginWith(server))
    const begun = await office.signIns.begin('cloud', 'browser')
    const page = new URL(begun.page)
    const redirect = page.searchParams.get('redirect_uri') ?? ''
    assert.match(redirect, /^http:\/\/127\.0\.0\.1:\d+$/)
    assert.equal(page.searchParams.get('code_challenge_method'), 'S256')
    assert.equal(page.searchParams.get('login_hint'), USER)
    const state = page.searchParams.get('state') ?? ''
    assert.ok(state.length >= 43)
    const status = async (path: string, init: RequestInit = {}) =>
      (await fetch(`${redirect}${path}`, init)).status
    assert.equal(await status('/?code=x&state=wrong'), 400)
    assert.equal(await status('/?code=x'), 400)
    assert.equal(await status('/favicon.ico'), 404)
    assert.equal(await status(`/?code=x&state=${state}`, { method: 'POST' }), 404)
    assert.equal(await statusAs('rebound.example', redirect, `/?code=x&state=${state}`), 404)
    // It is still waited for.
    assert.match(await new Browser().open(begun.page), /Signed in/)
    assert.deepEqual(await office.signIns.wait(begun.id), { ok: true })
    await assert.rejects(fetch(redirect), 'nobody listens any more')
  })

  test('a code that is not ours is refused, and the browser says why', async t => {
    const office = await openOffice(await makeFolder(t), loginWith(server))
    const begun = await office.signIns.begin('cloud', 'browser')
    const page = new URL(begun.page)
    const query = `code=not-ours&state=${page.searchParams.get('state')}&${issuedBy(server)}`
    const shown = await (await fetch(`${page.searchParams.get('redirect_uri')}/?${query}`)).text()
    assert.match(shown, /Not signed in/)
    const end = await office.signIns.wait(begun.id)
    assert.ok(!end.ok)
    assert.match(end.why, /refuses/)
    assert.equal(office.secrets.get('cloud'), undefined)
  })

  test('whoever says no is believed, and markup in the reason stays text', async t => {
    const office = await openOffice(await makeFolder(t), loginWith(server))
    const begun = await office.signIns.begin('cloud', 'browser')
    const page = new URL(begun.page)
    const said = `error=access_denied&error_description=%3Cscript%3Ehi&${issuedBy(server)}`
    const address = `${page.searchParams.get('redirect_uri')}/?${said}&state=${page.searchParams.get('state')}`
    const shown = await (await fetch(address)).text()
    assert.match(shown, /somebody said no/)
    assert.ok(!shown.includes('<script'))
    assert.deepEqual((await office.signIns.wait(begun.id)).ok, false)
  })

  test('one at a time: another one ends the first; cancelling, being too late and stopping end it, too', async t => {
    const office = await openOffice(await makeFolder(t), loginWith(server))
    const first = await office.signIns.begin('cloud', 'browser')
    const waiting = office.signIns.wait(first.id)
    const second = await office.signIns.begin('cloud', 'device')
    assert.deepEqual(await waiting, { ok: false, why: 'another sign-in was begun' })
    const later = office.signIns.wait(second.id)
    assert.equal(office.signIns.cancel(second.id), true)
    assert.equal(office.signIns.cancel(second.id), false)
    assert.deepEqual(await later, { ok: false, why: 'it was ended' })

    const hasty = await openOffice(await makeFolder(t), loginWith(server), { limit: 50 })
    const late = await hasty.signIns.begin('cloud', 'browser')
    assert.deepEqual(await hasty.signIns.wait(late.id), {
      ok: false,
      why: 'nobody signed in before it was too late',
    })
    const third = await office.signIns.begin('cloud', 'browser')
    const stopped = office.signIns.wait(third.id)
    await office.signIns.close()
    assert.deepEqual(await stopped, { ok: false, why: 'Postern was stopped' })
  })

  test('a device code that expires is told in words', async t => {
    await server.wish({ deviceLifetime: 2 })
    const office = await openOffice(await makeFolder(t), loginWith(server))
    const begun = await office.signIns.begin('cloud', 'device')
    assert.ok(begun.until <= Date.now() + 2000)
    const end = await office.signIns.wait(begun.id)
    assert.ok(!end.ok)
    assert.match(end.why, /before it was too late|before the code expired/)
    await server.wish({ deviceLifetime: 300 })
  })

  test('a provider that has no device codes says so', async t => {
    const other = createServer((_, response) => {
      const issuer = `http://${addressOf(other)}`
      response.setHeader('content-type', 'application/json')
      response.end(
        JSON.stringify({ issuer, authorization_endpoint: `${issuer}/a`, token_endpoint: `${issuer}/t` }),
      )
    }).listen(0, '127.0.0.1')
    await once(other, 'listening')
    atEnd(t, () => void other.close())
    const office = await openOffice(await makeFolder(t), loginWith({ issuer: `http://${addressOf(other)}` }))
    await assert.rejects(
      office.signIns.begin('cloud', 'device'),
      /gives no device codes: sign in with a browser/,
    )
  })

  test('what is missing in the settings is asked for', async t => {
    const folder = await makeFolder(t)
    const { provider: _, ...nobody } = loginWith(server)
    const { clientId: __, ...nameless } = loginWith(server)
    for (const [login, words] of [
      [nobody, /who signs us in/],
      [nameless, /client id/],
      [loginWith(server, { provider: 'google', clientId: 'x' }), /no device codes for mail/],
    ] as const) {
      const office = await openOffice(folder, login)
      assert.equal(office.signIns.facts[0]?.standing.kind, 'needs-person')
      await assert.rejects(office.signIns.begin('cloud', 'device'), words)
    }
    const office = await openOffice(folder, loginWith(server))
    await assert.rejects(office.signIns.begin('elsewhere', 'device'), /No mail sender signs in/)
  })
})

function addressOf(server: Server): string {
  const address = server.address()
  return typeof address === 'object' && address ? `127.0.0.1:${address.port}` : ''
}

/** RFC 9207. */
function issuedBy({ issuer }: AuthorizationServer): string {
  return `iss=${encodeURIComponent(issuer)}`
}

/** As a browser that took a name of the Internet for this machine. */
function statusAs(host: string, redirect: string, path: string): Promise<number | undefined> {
  const { port } = new URL(redirect)
  return new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port, path, headers: { host } }, ({ statusCode }) =>
      resolve(statusCode),
    )
    asked.on('error', reject)
    asked.end()
  })
}
