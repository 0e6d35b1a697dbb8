/** Each situation of a sign-in, with a real authorization server: mail waits in all of them for as long as it takes. */
import assert from 'node:assert/strict'
import { before, beforeEach, describe, test } from 'node:test'
import { meaningOf } from '../../../app/delivery/meaning/meaning.ts'
import type { SignInReason } from '../../../app/mail/sign-in-reason.ts'
import { formatKept } from '../../../app/oauth/kept-sign-in.ts'
import type { OAuthLogin } from '../../../app/settings/settings.ts'
import {
  type AuthorizationServer,
  startAuthorizationServer,
  USER,
} from '../../support/authorization-server.ts'
import { type Ending, endOfSuite } from '../../support/ending.ts'
import { makeFolder } from '../../support/folder.ts'
import { startNextHop } from '../../support/next-hop.ts'
import { freePort } from '../../support/port.ts'
import { waitFor } from '../../support/wait.ts'
import { loginWith, type Office, openOffice, signInByBrowser } from '../oauth/office.ts'
import { HOUR } from './message.ts'
import { routeTo, Station } from './station.ts'

const DAY = 24 * HOUR

describe('mail waits, however long, and then goes', () => {
  let server: AuthorizationServer
  const suite = endOfSuite()
  before(async () => {
    server = await startAuthorizationServer(suite)
  })
  beforeEach(() => server.wish({ accessLifetime: 3600, rotates: true, refuse: null, delay: 0 }))

  async function begin(t: Ending, login: OAuthLogin, token = server.checks) {
    const hop = await startNextHop(t, { token })
    const office = await openOffice(await makeFolder(t), login)
    const route = routeTo(hop, ['*'], { login, plaintextLogin: 'local-networks' })
    const context = { tokens: office.signIns, isLocalHost: async () => true }
    const times = { retry: [HOUR], warnAfter: HOUR, giveUpAfter: DAY }
    const station = await Station.open(t, [route], times, undefined, context)
    return { hop, office, station, route }
  }

  type Begun = Awaited<ReturnType<typeof begin>>

  /** It waits for this reason, also when its time is over long ago. */
  async function waits({ station }: Begun, reason: SignInReason): Promise<string> {
    const id = await station.add(['b@y.example'], { reversePath: '' })
    const { reply } = await station.event('deferred')
    assert.equal(reply.signIn, reason, reply.text)
    assert.equal(meaningOf(reply)?.name, `own-sign-in-${reason}`)
    for (const days of [2, 40, 400]) {
      station.ahead = days * DAY
      const tried = await failures(station)
      station.delivery.hurry(new Set([id]))
      await station.add(['c@y.example'], { reversePath: '' })
      await waitFor('another try', async () => (await failures(station)) > tried || undefined)
    }
    assert.equal(station.queue.get(id)?.states[0]?.kind, 'waiting')
    assert.deepEqual([station.count('failed'), station.count('bounced')], [0, 0])
    return id
  }

  async function goes({ station, hop }: Begun, id: string): Promise<void> {
    station.ahead += DAY
    station.delivery.hurry(new Set([id]))
    await station.add(['d@y.example'], { reversePath: '' })
    await station.event('delivered', 5)
    assert.equal(hop.taken.length, 5)
    assert.equal(station.queue.get(id), undefined)
  }

  /** Tokens that were given are over. */
  async function signedIn({ office }: Begun): Promise<void> {
    await signInByBrowser(office)
    later(office)
  }

  test('nobody has signed in yet', async t => {
    const begun = await begin(t, loginWith(server))
    const id = await waits(begun, 'never')
    await signInByBrowser(begun.office)
    await goes(begun, id)
  })

  test('what was allowed was taken back', async t => {
    const begun = await begin(t, loginWith(server))
    await signedIn(begun)
    await server.revoke()
    const id = await waits(begun, 'ended')
    await signInByBrowser(begun.office)
    await goes(begun, id)
  })

  test('a rule of the office forbids it, and then no more', async t => {
    const begun = await begin(t, loginWith(server))
    await signedIn(begun)
    await server.wish({ refuse: { error: 'invalid_grant', error_description: 'AADSTS53003: no' } })
    const id = await waits(begun, 'forbidden')
    await server.wish({ refuse: null })
    later(begun.office)
    await goes(begun, id)
  })

  test('the registration is not accepted, and then it is', async t => {
    const begun = await begin(t, loginWith(server))
    await signedIn(begun)
    await server.wish({ refuse: { error: 'invalid_client', error_description: 'unknown', status: 401 } })
    const id = await waits(begun, 'settings')
    await server.wish({ refuse: null })
    later(begun.office)
    await goes(begun, id)
  })

  test('the client id is missing in the settings', async t => {
    const { clientId: _, ...login } = loginWith(server)
    const begun = await begin(t, login)
    await waits(begun, 'settings')
    const [facts] = begun.office.signIns.facts
    assert.equal(facts?.standing.kind, 'needs-person')
    assert.equal(facts.standing.field, 'clientId')
  })

  test('the mail server does not take the token', async t => {
    let takes = false
    const checks = async (user: string, token: string) => takes && server.checks(user, token)
    const begun = await begin(t, loginWith(server), checks)
    await signInByBrowser(begun.office)
    const id = await waits(begun, 'not-taken')
    takes = true
    await goes(begun, id)
  })

  test('the sign-in service is away, and comes back', async t => {
    const port = await freePort()
    const issuer = `http://127.0.0.1:${port}`
    const login = loginWith({ issuer })
    const begun = await begin(t, login)
    const { clientId = '' } = login
    const kept = { issuer, clientId, user: USER, refreshToken: 'r', signedIn: 0 }
    await begun.office.secrets.set('cloud', formatKept(kept))
    const id = await waits(begun, 'unreachable')
    const back = await startAuthorizationServer(t, port)
    begun.hop.script = { token: back.checks }
    await signInByBrowser(begun.office)
    await goes(begun, id)
  })

  test('the sign-in service has trouble', async t => {
    const begun = await begin(t, loginWith(server))
    await signedIn(begun)
    await server.wish({ refuse: { error: 'server_error', error_description: 'later', status: 503 } })
    const id = await waits(begun, 'busy')
    await server.wish({ refuse: null })
    await goes(begun, id)
  })

  test('what it gave cannot be stored', async t => {
    const begun = await begin(t, loginWith(server))
    await signedIn(begun)
    const { secrets } = begun.office
    const set = secrets.set.bind(secrets)
    secrets.set = async () => Promise.reject(Object.assign(new Error('full'), { code: 'ENOSPC' }))
    const id = await waits(begun, 'unkept')
    secrets.set = set
    await goes(begun, id)
  })
})

function later({ clocks }: Office): void {
  clocks.ahead = { wall: clocks.ahead.wall + 2 * HOUR, steady: clocks.ahead.steady + 2 * HOUR }
}

async function failures({ delivery }: Station): Promise<number> {
  const [hop] = await delivery.hops()
  return hop?.state.kind === 'down' ? hop.state.failures : 0
}
