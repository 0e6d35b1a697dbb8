/** A route is opened with TLS and log-on as set; when it can't be, a clear sentence says why, and mail waits. */
import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { before, describe, type TestContext, test } from 'node:test'
import type { Failure } from '../../../app/delivery/failure.ts'
import { openRoute, type RouteContext } from '../../../app/delivery/open.ts'
import type { Transport } from '../../../app/delivery/transport.ts'
import { formatKept } from '../../../app/oauth/kept-sign-in.ts'
import type { Route } from '../../../app/settings/settings.ts'
import { type Certificate, makeCertificate } from '../../support/certificate.ts'
import { atEnd, endOfSuite } from '../../support/ending.ts'
import { makeFolder } from '../../support/folder.ts'
import {
  type Break,
  DROP,
  GARBAGE,
  type HopAnswer,
  type NextHop,
  RESET,
  SILENCE,
  startNextHop,
  TAKEN,
  TAKEN_GARBAGE,
  TAKEN_RESET,
} from '../../support/next-hop.ts'
import { freePort } from '../../support/port.ts'
import { routeContext } from '../../support/route-context.ts'
import { failureIn, outgoing } from './outgoing.ts'

const patience = { connect: 1000, greeting: 1000, answer: 300, silent: 60_000 }

function routeTo(hops: readonly (NextHop | number)[], changes: Partial<Route> = {}): Route {
  const hosts = hops.map(hop => ({ host: '127.0.0.1', port: typeof hop === 'number' ? hop : hop.port }))
  const who = { to: ['*'], senders: [], users: [] }
  return { ...who, via: 'smart-host', hosts, encryption: 'none', plaintextLogin: 'never', ...changes }
}

const login = { method: 'password', user: 'office', secret: 'provider' } as const

async function open(
  test: TestContext,
  route: Route,
  { dialogue = [], ...changes }: Partial<RouteContext> & { dialogue?: string[] } = {},
): Promise<Transport> {
  const context = routeContext({
    secret: () => 'pass word',
    isLocalHost: async () => true,
    patience,
    ...changes,
  })
  const { signal } = new AbortController()
  const trace = (line: string) => dialogue.push(line)
  const transport = await openRoute({ route, hostname: 'postern.example', context, signal, trace })
  atEnd(test, () => transport.close())
  return transport
}

async function refusal(
  test: TestContext,
  route: Route,
  context: Partial<RouteContext> & { dialogue?: string[] } = {},
): Promise<Failure> {
  const failure = await failureIn(open(test, route, context))
  assert.ok(failure.reply.code >= 400 && failure.reply.code < 500, 'mail must wait')
  assert.equal(failure.said, false)
  assert.doesNotMatch(failure.reply.text, /Error:|undefined|\n/)
  return failure
}

describe('the hosts', () => {
  test('the first is down: the second is used', async t => {
    const hop = await startNextHop(t)
    assert.equal((await open(t, routeTo([await freePort(), hop]))).hop.port, hop.port)
  })

  test('the first takes no log-on, or greets with 554: the second is used', async t => {
    const bad = await startNextHop(t, { answer: command => (command === '' ? '554 5.3.2 no' : undefined) })
    const hop = await startNextHop(t)
    assert.equal((await open(t, routeTo([bad, hop]))).hop.port, hop.port)
  })

  test('all are down', async t => {
    const port = await freePort()
    const { kind, reply } = await refusal(t, routeTo([await freePort(), port]))
    assert.equal(kind, 'unreachable')
    assert.equal(
      reply.text,
      `127.0.0.1:${port} refused the connection: check that its mail service runs, and the port`,
    )
  })

  test('a name that does not exist', async t => {
    const route = { ...routeTo([]), hosts: [{ host: 'nowhere.invalid', port: 25 }] }
    assert.match((await refusal(t, route)).reply.text, /the name of nowhere\.invalid:25 isn't found/)
  })

  test('broken off while it waits for the greeting', async t => {
    const hop = await startNextHop(t, { answer: () => SILENCE })
    const breakOff = new AbortController()
    const context = routeContext({ secret: () => '', isLocalHost: async () => true })
    const opening = openRoute({ route: routeTo([hop, hop]), hostname: 'x', context, signal: breakOff.signal })
    const failing = assert.rejects(opening)
    await hop.until(() => hop.connections === 1)
    breakOff.abort()
    await failing
    await hop.until(() => hop.sockets.size === 0)
    assert.equal(hop.connections, 1)
  })
})

describe('the greeting', () => {
  const evils: readonly [string, HopAnswer, RegExp][] = [
    ['none', SILENCE, /didn't answer in time/],
    ['the connection ends', DROP, /broke off/],
    ['421', '421 4.3.2 busy', /answered 421 4\.3\.2 busy/],
    ['554', '554 5.7.1 go away', /answered 554 5\.7\.1 go away/],
    ['another protocol', 'SSH-2.0-OpenSSH_9.2', /doesn't speak SMTP/],
    ['2 MB', '220-x\r\n'.repeat(300_000), /doesn't speak SMTP/],
  ]
  for (const [evil, said, words] of evils) {
    for (const stage of ['', 'EHLO']) {
      if (stage === 'EHLO' && !/none|ends|421|2 MB/.test(evil)) continue
      test(`${evil} ${stage}`, { timeout: 5000 }, async t => {
        const hop = await startNextHop(t, {
          answer: command => (command.slice(0, 4) === stage ? said : undefined),
        })
        const { kind, reply } = await refusal(t, routeTo([hop]))
        assert.equal(kind, 'unreachable')
        assert.match(reply.text, words)
      })
    }
  }

  test('a hop that knows HELO only', async t => {
    const hop = await startNextHop(t, {
      answer: command => (command.startsWith('EHLO') ? '500 5.5.1 what?' : undefined),
    })
    const transport = await open(t, routeTo([hop], { encryption: 'starttls-if-offered' }))
    await transport.send(outgoing({ ret: 'FULL' }))
    assert.equal(hop.taken[0]?.from, '<a@x.example>')
  })
})

describe('TLS', () => {
  const suite = endOfSuite()
  let certificate: Certificate
  before(async () => {
    certificate = await makeCertificate(await makeFolder(suite))
  })
  const implicit = () => ({ tls: { ...certificate, implicit: true } })

  test('none: not even when it is offered', async t => {
    const hop = await startNextHop(t, { tls: certificate })
    await (await open(t, routeTo([hop]))).send(outgoing())
    assert.equal(hop.taken[0]?.secure, false)
  })

  for (const offered of [true, false]) {
    test(`starttls-if-offered, ${offered ? 'with a certificate nobody knows' : 'not offered'}: goes on`, async t => {
      const hop = await startNextHop(t, offered ? { tls: certificate } : {})
      const transport = await open(t, routeTo([hop], { encryption: 'starttls-if-offered' }))
      await transport.send(outgoing())
      assert.equal(hop.taken[0]?.secure, offered)
    })
  }

  test('starttls-if-offered, and refused when asked: goes on', async t => {
    const answer = (command: string) => (command === 'STARTTLS' ? '454 4.7.0 not now' : undefined)
    const hop = await startNextHop(t, { tls: certificate, answer })
    const transport = await open(t, routeTo([hop], { encryption: 'starttls-if-offered' }))
    await transport.send(outgoing())
    assert.equal(hop.taken[0]?.secure, false)
  })

  test('starttls-if-offered, and the handshake breaks: anew without, but never with a log-on', async t => {
    const script = {
      extensions: ['STARTTLS'],
      password: 'pass word',
      answer: (line: string) => (line === 'STARTTLS' ? '220 go on\r\nnonsense' : undefined),
    }
    const hop = await startNextHop(t, script)
    const route = routeTo([hop], { encryption: 'starttls-if-offered' })
    await (await open(t, route)).send(outgoing())
    assert.deepEqual(
      hop.taken.map(({ connection, secure }) => [connection, secure]),
      [[2, false]],
    )
    const failure = await refusal(t, { ...route, login })
    assert.equal(failure.kind, 'tls')
    assert.equal(hop.connections, 3)
    assert.equal(
      hop.heard.some(line => line.includes('AUTH')),
      false,
    )
  })

  const breaks: Readonly<Record<string, readonly [Break, Break]>> = {
    DROP: [DROP, TAKEN],
    RESET: [RESET, TAKEN_RESET],
    GARBAGE: [GARBAGE, TAKEN_GARBAGE],
  }
  for (const [how, [what, taken]] of Object.entries(breaks)) {
    for (const encryption of ['starttls-required', 'tls'] as const) {
      const start = () => (encryption === 'tls' ? implicit() : { tls: certificate })
      const trusted = () => ({ encryption, trust: certificate.ca })
      const content = Buffer.from(`Subject: x\r\n\r\n${'a line\r\n'.repeat(20_000)}`)

      test(`${encryption}, broken off in the middle of the content (${how}): it waits, and nothing was taken`, async t => {
        const hop = await startNextHop(t, {
          ...start(),
          midContent: length => (length > 30_000 ? what : undefined),
        })
        const transport = await open(t, routeTo([hop], trusted()))
        const { kind, reply } = await failureIn(transport.send(outgoing({ content, size: content.length })))
        assert.deepEqual([kind, reply.code, hop.taken.length], ['broken', 451, 0])
        assert.equal(transport.usable, false)
      })

      test(`${encryption}, broken off after the dot (${how}): it waits, and may come twice`, async t => {
        const answer = (command: string) => (command === '.' ? taken : undefined)
        const hop = await startNextHop(t, { ...start(), answer })
        const transport = await open(t, routeTo([hop], trusted()))
        const { kind, reply } = await failureIn(transport.send(outgoing({ content, size: content.length })))
        assert.deepEqual([kind, reply.code], ['broken', 451])
        assert.deepEqual(
          hop.taken.map(({ isTold, secure }) => [isTold, secure]),
          [[false, true]],
        )
      })

      for (const stage of ['EHLO', 'MAIL', 'RCPT', 'DATA']) {
        test(`${encryption}, broken off at ${stage} (${how}): it waits`, async t => {
          const hop = await startNextHop(t, start())
          let secure = false
          hop.script = {
            ...hop.script,
            answer: (command, moment) => {
              secure = moment.secure
              return secure && command.startsWith(stage) ? what : undefined
            },
          }
          const sent = open(t, routeTo([hop], trusted())).then(transport => transport.send(outgoing()))
          const { reply } = await failureIn(sent)
          assert.ok(secure && reply.code >= 400 && reply.code < 500, `${reply.code} ${reply.text}`)
          assert.equal(hop.taken.length, 0)
        })
      }
    }
  }

  test('starttls-required, not offered', async t => {
    const hop = await startNextHop(t)
    const { kind, reply } = await refusal(t, routeTo([hop], { encryption: 'starttls-required' }))
    assert.equal(kind, 'tls')
    assert.match(reply.text, /offers no TLS .*the route doesn't send without it/)
  })

  test('starttls-required and tls, an unknown certificate', async t => {
    for (const encryption of ['starttls-required', 'tls'] as const) {
      const hop = await startNextHop(t, encryption === 'tls' ? implicit() : { tls: certificate })
      const { kind, reply } = await refusal(t, routeTo([hop], { encryption }))
      assert.equal(kind, 'tls')
      assert.match(
        reply.text,
        /no safe TLS connection to .*certificate.*: check its certificate, or trust it/,
      )
      assert.ok(hop.heard.every(line => !line.includes('MAIL')))
    }
  })

  test('starttls-required and tls, its authority trusted as text and as file', async t => {
    for (const encryption of ['starttls-required', 'tls'] as const) {
      for (const trust of [certificate.ca, certificate.caFile]) {
        const hop = await startNextHop(t, encryption === 'tls' ? implicit() : { tls: certificate })
        await (await open(t, routeTo([hop], { encryption, trust }))).send(outgoing())
        assert.equal(hop.taken[0]?.secure, true)
      }
    }
  })

  test('a name that is not in the certificate: refused by its authority, taken when it is trusted itself', async t => {
    const folder = await makeFolder(t)
    const other = await makeCertificate(folder, { names: 'DNS:other.example' })
    const hop = await startNextHop(t, { tls: other })
    const { reply } = await refusal(t, routeTo([hop], { encryption: 'starttls-required', trust: other.ca }))
    assert.match(reply.text, /no safe TLS connection.*does not match/)
    const trust = other.ca + other.cert
    await (await open(t, routeTo([hop], { encryption: 'starttls-required', trust }))).send(outgoing())
    assert.equal(hop.taken[0]?.secure, true)
  })

  test('tls to a port that speaks plainly', async t => {
    const hop = await startNextHop(t)
    const { reply } = await refusal(t, routeTo([hop], { encryption: 'tls' }))
    assert.match(reply.text, /doesn't begin with TLS: check the port/)
  })

  test('a trusted file that is missing, or no certificate', async t => {
    const hop = await startNextHop(t, { tls: certificate })
    const folder = await makeFolder(t)
    const [missing, wrong] = [join(folder, 'missing.pem'), join(folder, 'wrong.pem')]
    await writeFile(wrong, 'nonsense')
    const route = routeTo([hop], { encryption: 'starttls-required' })
    assert.match((await refusal(t, { ...route, trust: missing })).reply.text, /missing\.pem .*can't be read/)
    await refusal(t, { ...route, trust: wrong })
    await refusal(t, { ...route, trust: '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n' })
  })

  test('what is said before STARTTLS is complete counts for nothing', async t => {
    const answer = (command: string) => (command === 'STARTTLS' ? '220 go\r\n250 SIZE 1' : undefined)
    const hop = await startNextHop(t, { tls: certificate, answer })
    const transport = await open(t, routeTo([hop], { encryption: 'starttls-if-offered' }))
    await transport.send(outgoing())
    assert.equal(hop.taken[0]?.secure, true)
  })
})

describe('the log-on', () => {
  const suite = endOfSuite()
  let certificate: Certificate
  before(async () => {
    certificate = await makeCertificate(await makeFolder(suite))
  })
  const password = 'pass word'
  const base64 = Buffer.from(password).toString('base64')

  for (const auth of ['PLAIN', 'LOGIN', 'LOGIN PLAIN', 'GSSAPI NTLM LOGIN']) {
    test(`${auth}, over TLS; the dialogue has no password`, async t => {
      const hop = await startNextHop(t, { tls: certificate, password, auth })
      const dialogue: string[] = []
      const route = routeTo([hop], { encryption: 'starttls-required', trust: certificate.ca, login })
      await (await open(t, route, { dialogue })).send(outgoing())
      assert.deepEqual([hop.taken[0]?.loggedOn, hop.taken[0]?.secure], [true, true])
      const said = dialogue.join('\n')
      for (const part of [password, base64, Buffer.from(`\0office\0${password}`).toString('base64')])
        assert.ok(!said.includes(part))
      assert.match(
        said,
        /^C: AUTH (PLAIN \*\*\*|LOGIN\nS: 334 VXNlcm5hbWU6\nC: b2ZmaWNl\nS: .*\nC: \*\*\*)$/m,
      )
      assert.match(said, /^S: 235 /m)
    })
  }

  test('a wrong password', async t => {
    const hop = await startNextHop(t, { tls: certificate, password: 'another' })
    const route = routeTo([hop], { encryption: 'starttls-required', trust: certificate.ca, login })
    const { kind, reply } = await refusal(t, route)
    assert.equal(kind, 'log-on')
    assert.match(
      reply.text,
      /didn't let office log on \(535 5\.7\.8 wrong password\): check the user name, and set the password again$/,
    )
  })

  test('not now, and the connection ends in the middle of it', async t => {
    const answers: readonly [HopAnswer, RegExp][] = [
      ['454 4.7.0 later', /can't let office log on at the moment \(454 4\.7\.0 later\)/],
      [DROP, /broke off/],
      ['hello', /didn't let office log on/],
      ['421 4.3.2 bye', /at the moment/],
      [SILENCE, /in time/],
    ]
    for (const [said, words] of answers) {
      for (const auth of ['PLAIN', 'LOGIN']) {
        const answer = (command: string) => (command.startsWith('AUTH') ? said : undefined)
        const hop = await startNextHop(t, { password, auth, answer })
        const route = routeTo([hop], { login, plaintextLogin: 'local-networks' })
        assert.match((await refusal(t, route)).reply.text, words)
      }
    }
  })

  test('no password goes without TLS, and a self-signed certificate is no TLS', async t => {
    for (const encryption of ['none', 'starttls-if-offered'] as const) {
      const hop = await startNextHop(t, { password })
      assert.match(
        (await refusal(t, routeTo([hop], { encryption, login }))).reply.text,
        /offers no TLS, and a password is not sent without it/,
      )
      assert.ok(hop.heard.every(line => !line.includes('AUTH')))
    }
    const hop = await startNextHop(t, { password, tls: certificate })
    await refusal(t, routeTo([hop], { encryption: 'starttls-if-offered', login }))
    assert.ok(hop.heard.every(line => !line.includes('AUTH')))
  })

  test('unless the settings say so, and the hop is local', async t => {
    const hop = await startNextHop(t, { password })
    const route = routeTo([hop], { login, plaintextLogin: 'local-networks' })
    await refusal(t, route, { isLocalHost: async () => false })
    assert.ok(hop.heard.every(line => !line.includes('AUTH')))
    await (await open(t, route)).send(outgoing())
    assert.equal(hop.taken[0]?.loggedOn, true)
  })

  test('a hop that offers STARTTLS and refuses it gets no password in the clear', async t => {
    const answer = (command: string) => (command === 'STARTTLS' ? '454 4.7.0 not now' : undefined)
    const hop = await startNextHop(t, { password, tls: certificate, answer })
    await refusal(t, routeTo([hop], { encryption: 'starttls-if-offered', login }))
    assert.ok(hop.heard.every(line => !line.includes('AUTH')))
  })

  test('no such secret, or one that is a token: nothing is connected to', async t => {
    const hop = await startNextHop(t, { password })
    const { reply } = await refusal(t, routeTo([hop], { login }), { secret: () => undefined })
    assert.match(
      reply.text,
      /the password "provider" isn't in the secret store: set it with {2}postern secret set/,
    )
    const token = formatKept({ issuer: 'i', clientId: 'c', user: 'u', refreshToken: 'r', signedIn: 0 })
    await refusal(t, routeTo([hop], { login }), { secret: () => token })
    assert.equal(hop.connections, 0)
  })
})
