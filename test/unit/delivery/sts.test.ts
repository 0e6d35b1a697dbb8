/** MTA-STS against a real policy host, DNS server and next hop (RFC 8461). */
import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import type { RequestListener } from 'node:http'
import { join } from 'node:path'
import { before, describe, test } from 'node:test'
import { permits, readStsPolicy, stsId } from '../../../app/delivery/sts-policy.ts'
import { type Certificate, makeCertificate } from '../../support/certificate.ts'
import { type Ending, endOfSuite } from '../../support/ending.ts'
import { makeFolder } from '../../support/folder.ts'
import { policyOf, startPolicyHost } from '../../support/policy-host.ts'
import { bench, here } from './direct.ts'
import { failureIn, outgoing } from './outgoing.ts'

const zone = {
  'y.example': { MX: ['10 mx.y.example'] },
  'mx.y.example': here,
  '_mta-sts.y.example': { TXT: ['v=STSv1; id=1;'] },
  'mta-sts.y.example': here,
}
const other = (id: number) => ({ ...zone, '_mta-sts.y.example': { TXT: [`v=STSv1; id=${id};`] } })
const enforce = policyOf('enforce', ['mx.y.example'])

interface Facts {
  readonly answer?: RequestListener
  /** What the next hop shows; no TLS at all where `none`. */
  readonly tls?: Certificate | 'none'
  readonly host?: Certificate
  readonly file?: string
  /** PEM. */
  readonly trust?: string
  readonly warn?: (words: string) => void
}

describe('a policy', () => {
  const ending = endOfSuite()
  let mx: Certificate
  let web: Certificate
  let wrong: Certificate
  let now = Date.now()

  before(async () => {
    const [one, two, three] = [await makeFolder(ending), await makeFolder(ending), await makeFolder(ending)]
    mx = await makeCertificate(one, { names: 'DNS:mx.y.example' })
    web = await makeCertificate(two, { names: 'DNS:mta-sts.y.example' })
    wrong = await makeCertificate(three, { names: 'DNS:other.example' })
  })

  async function office(
    t: Ending,
    { answer = enforce, tls = mx, host = web, file, trust, warn }: Facts = {},
  ) {
    const policyHost = await startPolicyHost(t, host, answer)
    const rules = {
      port: policyHost.port,
      ca: host.ca,
      now: () => now,
      patience: 500,
      ...(file !== undefined && { file }),
      ...(warn && { warn }),
    }
    const script = tls === 'none' ? {} : { tls }
    return {
      policyHost,
      ...(await bench(t, zone, script, { sts: rules, ...(trust !== undefined && { trust }) })),
    }
  }

  test('enforced: without TLS nothing is said', async t => {
    const { open, hop, policyHost } = await office(t, { tls: 'none' })
    const failure = await failureIn(open('y.example'))
    assert.deepEqual([failure.kind, failure.reply.code], ['tls', 454])
    assert.equal(
      hop.heard.some(line => line.includes('MAIL')),
      false,
    )
    assert.deepEqual(policyHost.asked, ['mta-sts.y.example/.well-known/mta-sts.txt'])
  })

  test('enforced: a certificate that nobody trusts, and TLS that breaks off, take nothing', async t => {
    const { open, hop } = await office(t)
    assert.equal((await failureIn(open('y.example'))).kind, 'tls')
    hop.script = {
      extensions: ['STARTTLS'],
      answer: line => (line === 'STARTTLS' ? '220 go on\r\nnonsense' : undefined),
    }
    assert.equal((await failureIn(open('y.example'))).kind, 'tls')
    assert.equal(
      hop.heard.some(line => line.includes('MAIL')),
      false,
    )
  })

  test('enforced: an exchanger that isn’t named is not even connected to', async t => {
    const { open, hop } = await office(t, {
      answer: policyOf('enforce', ['*.y.example.net', 'a.mx.y.example']),
    })
    const { reply } = await failureIn(open('y.example'))
    assert.deepEqual([reply.code, reply.status], [451, '4.7.5'])
    assert.match(reply.text, /mx\.y\.example: no mail exchanger that the policy of y\.example permits/)
    assert.equal(hop.connections, 0)
  })

  test('enforced: TLS with a certificate for the exchanger is what it takes', async t => {
    const { open, hop } = await office(t, { trust: mx.ca })
    await (await open('y.example')).send(outgoing())
    assert.deepEqual(
      hop.taken.map(({ secure }) => secure),
      [true],
    )
    const other = await office(t, { trust: wrong.ca, tls: wrong })
    const { reply } = await failureIn(other.open('y.example'))
    assert.match(reply.text, /no safe TLS connection/)
  })

  for (const mode of ['testing', 'none']) {
    test(`${mode}: mail goes as it would without`, async t => {
      const { open, hop } = await office(t, { answer: policyOf(mode, ['other.example']), tls: 'none' })
      await (await open('y.example')).send(outgoing())
      assert.equal(hop.taken.length, 1)
    })
  }

  test('testing: what it would forbid is told, in one sentence, once a day, and what it permits is not', async t => {
    now = Date.now()
    const told: string[] = []
    const facts = { answer: policyOf('testing', ['mx.y.example']), warn: (words: string) => told.push(words) }
    const begins = 'The policy (MTA-STS) that y.example tries out forbids mx.y.example, since '
    const plain = await office(t, { ...facts, tls: 'none' })
    await (await plain.open('y.example')).send(outgoing())
    await plain.open('y.example')
    assert.deepEqual(told.splice(0), [`${begins}it has no TLS: mail went there all the same.`])
    now += 25 * 60 * 60_000
    await plain.open('y.example')
    assert.equal(told.splice(0).length, 1)
    assert.equal(plain.hop.taken.length, 1)

    const unknown = await office(t, facts)
    await unknown.open('y.example')
    assert.match(told.splice(0).join(), /its certificate doesn't hold \(SELF_SIGNED_CERT_IN_CHAIN\):/)
    const foreign = await office(t, { ...facts, tls: wrong, trust: wrong.ca })
    await foreign.open('y.example')
    assert.match(told.splice(0).join(), /its certificate doesn't hold \(.*ALTNAME.*\):/)
    const other = await office(t, { ...facts, answer: policyOf('testing', ['other.example']) })
    await other.open('y.example')
    assert.deepEqual(told.splice(0), [`${begins}it isn't named there: mail went there all the same.`])

    const good = await office(t, { ...facts, trust: mx.ca })
    await good.open('y.example')
    const none = await office(t, { ...facts, answer: policyOf('none', []), tls: 'none' })
    await none.open('y.example')
    assert.deepEqual(told, [])
  })

  const bad: readonly (readonly [string, RequestListener])[] = [
    [
      'is a redirect',
      (_, response) =>
        void response.writeHead(302, { location: '/elsewhere', 'content-type': 'text/plain' }).end(),
    ],
    [
      'is no plain text',
      (_, response) =>
        void response
          .writeHead(200, { 'content-type': 'text/html' })
          .end('version: STSv1\nmode: enforce\nmx: a\nmax_age: 1'),
    ],
    ['is an error', (_, response) => void response.writeHead(500).end()],
    [
      'has no end',
      (_, response) => {
        response.setHeader('content-type', 'text/plain')
        const more = () => {
          while (!response.destroyed && response.write('x'.repeat(16_384)));
          if (!response.destroyed) response.once('drain', more)
        }
        more()
      },
    ],
    [
      'comes byte by byte',
      (_, response) => {
        response.setHeader('content-type', 'text/plain')
        const timer = setInterval(() => response.write('v'), 50)
        response.on('close', () => clearInterval(timer))
      },
    ],
    ['never comes', () => {}],
    [
      'says nothing that can be understood',
      (_, response) => {
        response.setHeader('content-type', 'text/plain')
        response.end('mode: enforce')
      },
    ],
  ]
  for (const [name, answer] of bad) {
    test(`that ${name} is none`, async t => {
      const { open, hop, policyHost } = await office(t, { answer, tls: 'none' })
      await (await open('y.example')).send(outgoing())
      assert.equal(hop.taken.length, 1)
      assert.equal(policyHost.asked.length, 1)
      // And it isn't fetched again for every message.
      await open('y.example')
      assert.equal(policyHost.asked.length, 1)
    })
  }

  test('from a host whose certificate is for another name is none', async t => {
    const { open, hop, policyHost } = await office(t, { host: wrong, tls: 'none' })
    await (await open('y.example')).send(outgoing())
    assert.equal(hop.taken.length, 1)
    assert.deepEqual(policyHost.asked, [])
  })

  test('from an address inside the office is not fetched, where the route is for every domain', async t => {
    const policyHost = await startPolicyHost(t, web, enforce)
    const outside = { ...zone, 'mx.y.example': { A: ['192.0.2.1'] } }
    const sts = { port: policyHost.port, ca: web.ca, now: () => now }
    const { policies, dns } = await bench(t, outside, {}, { sts })
    const { Resolver } = await import('../../../app/delivery/resolver.ts')
    const { signal } = new AbortController()
    const asked = { domain: 'y.example', resolver: new Resolver([dns.address], signal), signal }
    assert.equal((await policies.of({ ...asked, inside: false })).mode, 'none')
    assert.deepEqual(policyHost.asked, [])
    policies.doubt('y.example')
    assert.equal((await policies.of({ ...asked, inside: true })).mode, 'enforce')
  })

  test('is kept while it counts: whoever hides it doesn’t take it away', async t => {
    now = Date.now()
    const { open, dns, policyHost } = await office(t, { tls: 'none' })
    assert.equal((await failureIn(open('y.example'))).kind, 'tls')
    const { '_mta-sts.y.example': _, ...hidden } = zone
    for (const without of [hidden, { ...zone, '_mta-sts.y.example': 'SERVFAIL' as const }]) {
      now += 20 * 60_000
      await dns.setZone(without)
      assert.equal((await failureIn(open('y.example'))).kind, 'tls')
    }
    policyHost.answer = (_, response) => void response.writeHead(404).end()
    now += 20 * 60_000
    await dns.setZone(other(2))
    assert.equal((await failureIn(open('y.example'))).kind, 'tls')
    now += 24 * 60 * 60_000
    await open('y.example')
  })

  test('of another id takes its place', async t => {
    now = Date.now()
    const { open, dns, policyHost } = await office(t, { tls: 'none' })
    assert.equal((await failureIn(open('y.example'))).kind, 'tls')
    policyHost.answer = policyOf('none', [])
    now += 20 * 60_000
    assert.equal((await failureIn(open('y.example'))).kind, 'tls')
    await dns.setZone(other(2))
    assert.equal((await failureIn(open('y.example'))).kind, 'tls', 'the DNS is not asked each time')
    now += 20 * 60_000
    await open('y.example')
  })

  test('that forbids an exchanger is looked for anew the next time', async t => {
    now = Date.now()
    const { open, dns, policyHost } = await office(t, {
      answer: policyOf('enforce', ['old.y.example']),
      tls: 'none',
    })
    assert.match((await failureIn(open('y.example'))).reply.text, /permits/)
    policyHost.answer = policyOf('none', [])
    await dns.setZone(other(2))
    await open('y.example')
  })

  test('is fetched anew before it lapses', async t => {
    now = Date.now()
    const { open, policyHost } = await office(t, { tls: 'none' })
    await failureIn(open('y.example'))
    now += 13 * 60 * 60_000
    await failureIn(open('y.example'))
    assert.equal(policyHost.asked.length, 2)
    now += 20 * 60 * 60_000
    await failureIn(open('y.example'))
  })

  test('outlives a restart, and a damaged file means none', async t => {
    now = Date.now()
    const file = join(await makeFolder(t), 'policies.json')
    const first = await office(t, { tls: 'none', file })
    assert.equal((await failureIn(first.open('y.example'))).kind, 'tls')
    await first.policies.close()
    const second = await office(t, {
      tls: 'none',
      file,
      answer: (_, response) => void response.writeHead(404).end(),
    })
    assert.equal((await failureIn(second.open('y.example'))).kind, 'tls')
    await writeFile(file, '{"y.example":')
    const third = await office(t, {
      tls: 'none',
      file,
      answer: (_, response) => void response.writeHead(404).end(),
    })
    await third.open('y.example')
  })

  test('is fetched once, however many messages wait for it', async t => {
    const { open, policyHost } = await office(t, { tls: 'none' })
    await Promise.all(Array.from({ length: 5 }, () => failureIn(open('y.example'))))
    assert.equal(policyHost.asked.length, 1)
  })
})

test('records in the DNS', () => {
  assert.equal(stsId(['v=STSv1; id=20160831085700Z;']), '20160831085700Z')
  assert.equal(stsId(['other', 'v=STSv1;id=a']), 'a')
  assert.equal(stsId(['v=STSv1; id=a', 'v=STSv1; id=b']), undefined)
  assert.equal(stsId(['v=STSv1; id=']), undefined)
  assert.equal(stsId([`v=STSv1; id=${'a'.repeat(33)}`]), undefined)
  assert.equal(stsId(['v=STSv10; id=a', 'xv=STSv1; id=a']), undefined)
})

test('policies', () => {
  const text =
    'version: STSv1\nmode: enforce\nmx: Mail.Example\nmx: *.example.net\nmax_age: 604800\nnew: x\nmode: none\n'
  const policy = readStsPolicy(text, '1')
  assert.deepEqual(policy, {
    id: '1',
    mode: 'enforce',
    maxAge: 604_800,
    mx: ['mail.example', '*.example.net'],
  })
  const permitted = ['mail.example', 'a.example.net', 'MAIL.example']
  const others = ['example.net', 'a.b.example.net', 'mail.example.com', 'a.example.net.evil', '.example.net']
  assert.ok(policy)
  for (const host of permitted) assert.equal(permits(policy, host), true, host)
  for (const host of others) assert.equal(permits(policy, host), false, host)
  for (const wrong of [
    text.replace('STSv1', 'STSv2'),
    text.replace('enforce', 'strict'),
    text.replace('604800', '31557601'),
    text.replace('604800', '-1'),
    text.replace('604800', ''),
    'version: STSv1\nmode: testing\nmax_age: 1',
    '',
  ])
    assert.equal(readStsPolicy(wrong, '1'), undefined, wrong)
  assert.equal(readStsPolicy('version: STSv1\r\nmode: none\r\nmax_age: 1', '1')?.mode, 'none')
})
