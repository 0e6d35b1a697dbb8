/** Tokens against a real authorization server: renewed in time and once, kept over restarts, and refused for good or not. */
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { before, beforeEach, describe, test } from 'node:test'
import { formatKept, parseKept } from '../../../app/oauth/kept-sign-in.ts'
import {
  type AuthorizationServer,
  startAuthorizationServer,
  USER,
} from '../../support/authorization-server.ts'
import { endOfSuite } from '../../support/ending.ts'
import { makeFolder } from '../../support/folder.ts'
import { freePort } from '../../support/port.ts'
import { faultLike, loginWith, openOffice, signInByBrowser } from './office.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR

describe('a token', () => {
  let server: AuthorizationServer
  const suite = endOfSuite()
  before(async () => {
    server = await startAuthorizationServer(suite)
  })
  beforeEach(() => server.wish({ accessLifetime: 3600, rotates: true, refuse: null }))

  const refreshes = async () => (await server.asked()).filter(one => one.startsWith('refresh_token'))

  test('is asked for once while it is good, however many want it, and renewed before its end', async t => {
    const login = loginWith(server)
    const { signIns, clocks, ...office } = await openOffice(await makeFolder(t), login)
    await signInByBrowser({ signIns })
    const before = (await refreshes()).length
    const first = await signIns.token(login)
    assert.equal((await refreshes()).length, before)
    clocks.ahead.wall = clocks.ahead.steady = HOUR - 301_000
    assert.equal(await signIns.token(login), first)
    clocks.ahead.wall = clocks.ahead.steady = HOUR - 299_000
    const many = await Promise.all(Array.from({ length: 50 }, () => signIns.token(login)))
    assert.deepEqual([...new Set(many)].length, 1)
    assert.notEqual(many[0], first)
    assert.equal((await refreshes()).length, before + 1)
    assert.equal(await server.account(many[0] ?? ''), USER)
    assert.deepEqual(office.events.length, 1)
  })

  test('a clock that is set does not make an old one look good, nor does sleep', async t => {
    const login = loginWith(server)
    const { signIns, clocks } = await openOffice(await makeFolder(t), login)
    await signInByBrowser({ signIns })
    const first = await signIns.token(login)
    clocks.ahead = { wall: -DAY, steady: 1000 }
    assert.equal(await signIns.token(login), first)
    clocks.ahead = { wall: -DAY, steady: HOUR }
    const second = await signIns.token(login)
    assert.notEqual(second, first)
    // Asleep: the steady clock may stand still meanwhile.
    clocks.ahead = { wall: DAY, steady: HOUR }
    const third = await signIns.token(login)
    assert.notEqual(third, second)
    assert.equal(await signIns.token(login), third)
    assert.equal(await server.account(third), USER)
  })

  test('each refresh token that the server gives is on the disk before it is used, and after a restart', async t => {
    const folder = await makeFolder(t)
    const login = loginWith(server)
    const office = await openOffice(folder, login)
    await signInByBrowser(office)
    const kept = () => parseKept(office.secrets.get('cloud'))?.refreshToken
    const first = kept()
    for (const hours of [1, 2, 3]) {
      office.clocks.ahead.wall = hours * HOUR
      await office.signIns.token(login)
    }
    assert.notEqual(kept(), first)
    const again = await openOffice(folder, login)
    assert.equal(again.signIns.facts[0]?.standing.kind, 'signed-in')
    assert.equal(await server.account(await again.signIns.token(login)), USER)
    // Another restart: also the one that this renewal brought was kept.
    const third = await openOffice(folder, login)
    assert.equal(await server.account(await third.signIns.token(login)), USER)
  })

  test('a server that gives no new refresh token is asked with the old one', async t => {
    await server.wish({ rotates: false })
    const folder = await makeFolder(t)
    const login = loginWith(server)
    const office = await openOffice(folder, login)
    await signInByBrowser(office)
    const kept = office.secrets.get('cloud')
    office.clocks.ahead.wall = HOUR
    await office.signIns.token(login)
    assert.equal(office.secrets.get('cloud'), kept)
  })

  test('that can not be stored: it waits with the new one, and stores it as soon as that works', async t => {
    const folder = await makeFolder(t)
    const login = loginWith(server)
    const office = await openOffice(folder, login)
    await signInByBrowser(office)
    const before = (await refreshes()).length
    office.clocks.ahead.wall = HOUR
    const set = office.secrets.set.bind(office.secrets)
    office.secrets.set = async () => Promise.reject(Object.assign(new Error('full'), { code: 'ENOSPC' }))
    await assert.rejects(office.signIns.token(login), faultLike('unkept', /can't be kept/))
    await assert.rejects(office.signIns.token(login), faultLike('unkept', /can't be kept/))
    assert.equal((await refreshes()).length, before + 1, 'the old one would be taken for stolen')
    office.secrets.set = set
    assert.equal(await server.account(await office.signIns.token(login)), USER)
    assert.equal((await refreshes()).length, before + 1)
    const again = await openOffice(folder, login)
    assert.equal(await server.account(await again.signIns.token(login)), USER)
  })

  test('what was allowed is taken back: a person is needed, told once, also after a restart; signing in mends it', async t => {
    const folder = await makeFolder(t)
    const login = loginWith(server)
    const office = await openOffice(folder, login)
    await signInByBrowser(office)
    await server.revoke()
    office.clocks.ahead.wall = office.clocks.ahead.steady = HOUR
    const before = (await refreshes()).length
    for (const _ of [1, 2, 3])
      await assert.rejects(office.signIns.token(login), faultLike('ended', /taken back/))
    assert.deepEqual((await refreshes()).slice(before), ['refresh_token invalid_grant'])
    assert.deepEqual(
      office.events.map(({ kind }) => kind),
      ['signed-in', 'sign-in-refused'],
    )
    const restarted = await openOffice(folder, login)
    const [facts] = restarted.signIns.facts
    assert.equal(facts?.standing.kind, 'needs-person')
    await assert.rejects(restarted.signIns.token(login), faultLike('ended', /taken back/))
    assert.deepEqual(restarted.events, [], 'it was told before')
    await signInByBrowser(restarted)
    assert.equal(await server.account(await restarted.signIns.token(login)), USER)
    assert.equal(restarted.signIns.facts[0]?.standing.kind, 'signed-in')
  })

  test('an administrator who mends it needs nobody to sign in: after an hour it is tried again', async t => {
    const login = loginWith(server)
    const office = await openOffice(await makeFolder(t), login)
    await signInByBrowser(office)
    const description =
      'AADSTS53003: Access has been blocked by Conditional Access policies.\r\nTrace ID: 1\r\nTimestamp: 2'
    await server.wish({ refuse: { error: 'invalid_grant', error_description: description } })
    office.clocks.ahead = { wall: HOUR, steady: HOUR }
    await assert.rejects(office.signIns.token(login), faultLike('forbidden', /conditional access blocks it/))
    const why = Reflect.get(office.signIns.facts[0]?.standing ?? {}, 'why')
    assert.match(why, /AADSTS53003/)
    assert.doesNotMatch(why, /Trace/)
    await server.wish({ refuse: null })
    office.clocks.ahead.steady += HOUR - 1000
    await assert.rejects(office.signIns.token(login), faultLike('forbidden', /conditional access/))
    office.clocks.ahead.steady += 2000
    assert.equal(await server.account(await office.signIns.token(login)), USER)
    assert.equal(office.signIns.facts[0]?.standing.kind, 'signed-in')
  })

  test('a server in trouble, or away, is asked again: nobody is needed', async t => {
    const login = loginWith(server)
    const office = await openOffice(await makeFolder(t), login)
    await signInByBrowser(office)
    office.clocks.ahead.wall = HOUR
    await server.wish({ refuse: { error: 'server_error', error_description: 'later', status: 503 } })
    await assert.rejects(office.signIns.token(login), faultLike('busy', /HTTP status 503/))
    assert.equal(office.signIns.facts[0]?.standing.kind, 'passing')
    await server.wish({ refuse: null })
    await office.signIns.token(login)
    assert.equal(office.signIns.facts[0]?.standing.kind, 'signed-in')

    const issuer = `http://127.0.0.1:${await freePort()}`
    const away = loginWith({ issuer })
    const other = await openOffice(await makeFolder(t), away)
    const kept = {
      issuer,
      clientId: away.clientId ?? '',
      user: USER,
      refreshToken: 'r',
      signedIn: 0,
    }
    await other.secrets.set('cloud', formatKept(kept))
    await assert.rejects(other.signIns.token(away), faultLike('unreachable', /the connection was refused/))
    assert.equal(other.signIns.facts[0]?.standing.kind, 'passing')
  })

  test('removed from the store it is used no more', async t => {
    const login = loginWith(server)
    const office = await openOffice(await makeFolder(t), login)
    await signInByBrowser(office)
    await office.signIns.token(login)
    await office.secrets.remove('cloud')
    await assert.rejects(office.signIns.token(login), faultLike('never', /nobody has signed in/))
    assert.equal(office.signIns.facts[0]?.standing.kind, 'needs-person')
  })

  test('a token is shown to nobody but whom it is from', async t => {
    const login = loginWith(server)
    const office = await openOffice(await makeFolder(t), login)
    await signInByBrowser(office)
    const before = await server.asked()
    for (const change of [
      { user: 'other@example.com' },
      { clientId: 'another' },
      { issuer: 'http://127.0.0.1:9' },
    ])
      await assert.rejects(
        office.signIns.token(loginWith(server, change)),
        faultLike('never', /nobody has signed in/),
      )
    assert.deepEqual(await server.asked(), before)
  })

  test('nothing of it can be read in the folder', async t => {
    const folder = await makeFolder(t)
    const office = await openOffice(folder, loginWith(server))
    await signInByBrowser(office)
    const token = parseKept(office.secrets.get('cloud'))?.refreshToken ?? assert.fail('none')
    const text = await readFile(join(folder, 'secrets.json'), 'utf8')
    assert.ok(!text.includes(token))
    assert.ok(!JSON.stringify([office.events, office.signIns.facts]).includes(token))
  })
})
