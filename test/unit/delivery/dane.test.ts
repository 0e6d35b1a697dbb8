/** DANE against a real DNS server that says what is proved, and a next hop with real certificates (RFC 7672). */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, connect, createServer } from 'node:net'
import { before, describe, test } from 'node:test'
import { type Chain, makeChain, tlsa } from '../../support/chain.ts'
import type { Entry, Zone } from '../../support/dns-server.ts'
import { type Ending, endOfSuite } from '../../support/ending.ts'
import { makeFolder } from '../../support/folder.ts'
import { startNextHop } from '../../support/next-hop.ts'
import { policyOf, startPolicyHost } from '../../support/policy-host.ts'
import { bench, here } from './direct.ts'
import { failureIn, outgoing } from './outgoing.ts'

const proved = { ...here, secure: true }
const names = { 'y.example': { MX: ['10 mx.y.example'], secure: true }, 'mx.y.example': proved }

describe('DANE', () => {
  const ending = endOfSuite()
  let good: Chain
  let other: Chain
  let misnamed: Chain
  let expired: Chain

  before(async () => {
    const make = async (name: string, days?: number) => makeChain(await makeFolder(ending), name, days)
    good = await make('DNS:mx.y.example')
    other = await make('DNS:mx.y.example')
    misnamed = await make('DNS:else.example')
    expired = await make('DNS:mx.y.example', -1)
  })

  function at(records: Entry, more: Zone = names) {
    return ({ port }: { port: number }): Zone => ({ ...more, [`_${port}._tcp.mx.y.example`]: records })
  }

  async function sent(t: Ending, zone: ReturnType<typeof at>, tls: Chain | undefined) {
    const { hop, open } = await bench(t, zone, tls ? { tls } : {})
    await (await open('y.example')).send(outgoing())
    return hop.taken.map(({ secure }) => secure)
  }

  async function refused(t: Ending, zone: ReturnType<typeof at>, tls: Chain | undefined, words: RegExp) {
    const { hop, open } = await bench(t, zone, tls ? { tls } : {})
    const { kind, reply } = await failureIn(open('y.example'))
    assert.equal(kind, 'tls')
    assert.ok(reply.code >= 400 && reply.code < 500, reply.text)
    assert.match(reply.text, words)
    assert.equal(
      hop.heard.some(line => /MAIL/.test(line)),
      false,
    )
  }

  const published = (record: string) => ({ TLSA: [record], secure: true })

  for (const selector of [0, 1])
    for (const matching of [0, 1, 2]) {
      test(`3 ${selector} ${matching}: the server's own certificate, and no other`, async t => {
        const zone = at(published(tlsa(3, selector, matching, good.own)))
        assert.deepEqual(await sent(t, zone, good), [true])
        await refused(t, zone, other, /another than the one published \(DANE\)/)
      })
      test(`2 ${selector} ${matching}: what an authority signed, and nothing else`, async t => {
        const zone = at(published(tlsa(2, selector, matching, good.between)))
        assert.deepEqual(await sent(t, zone, good), [true])
        await refused(t, zone, other, /another than the one published/)
      })
    }

  test('an authority that isn’t sent, but stands in the record', async t => {
    assert.deepEqual(await sent(t, at(published(tlsa(2, 0, 0, good.root))), good), [true])
    await refused(t, at(published(tlsa(2, 1, 1, good.root))), good, /another than/)
  })

  test('the server’s own certificate as an authority is none', async t => {
    await refused(t, at(published(tlsa(2, 1, 1, good.own))), good, /another than/)
  })

  test('names and dates count under an authority, and not for the server’s own', async t => {
    assert.deepEqual(await sent(t, at(published(tlsa(3, 1, 1, misnamed.own))), misnamed), [true])
    await refused(
      t,
      at(published(tlsa(2, 1, 1, misnamed.between))),
      misnamed,
      /is for none of mx\.y\.example, y\.example/,
    )
    assert.deepEqual(await sent(t, at(published(tlsa(3, 1, 1, expired.own))), expired), [true])
    await refused(t, at(published(tlsa(2, 1, 1, expired.between))), expired, /another than/)
  })

  test('one of several records is enough', async t => {
    const records = [tlsa(3, 1, 1, other.own), tlsa(2, 0, 1, other.between), tlsa(3, 0, 2, good.own)]
    assert.deepEqual(await sent(t, at({ TLSA: records, secure: true }), good), [true])
  })

  test('records that can’t be used: TLS it must be, with any certificate', async t => {
    const unusable = {
      TLSA: [tlsa(1, 1, 1, other.own), '3 9 1 abcd', '3 1 9 abcd', '3 1 1 abcd'],
      secure: true,
    }
    assert.deepEqual(await sent(t, at(unusable), good), [true])
    await refused(t, at(unusable), undefined, /offers no TLS/)
  })

  test('without TLS nothing goes, and TLS that breaks off is not done without', async t => {
    const zone = at(published(tlsa(3, 1, 1, good.own)))
    await refused(t, zone, undefined, /offers no TLS/)
    const { hop, open } = await bench(t, zone, {
      extensions: ['STARTTLS'],
      answer: line => (line === 'STARTTLS' ? '220 go on\r\nnonsense' : undefined),
    })
    assert.equal((await failureIn(open('y.example'))).kind, 'tls')
    assert.equal(hop.connections, 1)
  })

  const wrong = () => tlsa(3, 1, 1, other.own)
  const unproved: readonly (readonly [string, () => ReturnType<typeof at>])[] = [
    ['records', () => at({ TLSA: [wrong()] })],
    ['a domain', () => at(published(wrong()), { ...names, 'y.example': { MX: ['10 mx.y.example'] } })],
    ['addresses', () => at(published(wrong()), { ...names, 'mx.y.example': here })],
  ]
  for (const [name, zone] of unproved) {
    test(`${name} that nobody proved: as without DANE`, async t => {
      assert.deepEqual(await sent(t, zone(), good), [true])
      assert.deepEqual(await sent(t, zone(), undefined), [false])
    })
  }

  test('where it can’t be learned what is published nobody goes there, but to the next', async t => {
    await refused(
      t,
      at('SERVFAIL'),
      good,
      /the DNS doesn't say which certificate mx\.y\.example must have \(DANE, ESERVFAIL\)/,
    )
    const two = {
      ...names,
      'y.example': { MX: ['10 mx.y.example', '20 b.y.example'], secure: true },
      'b.y.example': { A: ['127.0.0.2'], secure: true },
    }
    const { open, hop } = await bench(t, at('SERVFAIL', two))
    const second = createServer(socket => socket.pipe(connect(hop.port, '127.0.0.1')).pipe(socket)).listen(
      hop.port,
      '127.0.0.2',
    )
    t.after(() => void second.close())
    assert.equal((await open('y.example')).name, `b.y.example:${hop.port}`)
  })

  test('at the end of an alias first, then at the exchanger’s own name', async t => {
    const alias = {
      ...names,
      'mx.y.example': { CNAME: ['real.example'], secure: true },
      'real.example': proved,
    }
    const record = published(tlsa(3, 1, 1, good.own))
    const zone = ({ port }: { port: number }): Zone => ({
      ...alias,
      [`_${port}._tcp.real.example`]: record,
      [`_${port}._tcp.mx.y.example`]: published(wrong()),
    })
    assert.deepEqual(await sent(t, zone, good), [true])
    assert.deepEqual(await sent(t, at(record, alias), good), [true])
  })

  test('a domain without an MX, proved to have none', async t => {
    const hop = await startNextHop(t, { tls: other })
    const zone = { 'y.example': proved, [`_${hop.port}._tcp.y.example`]: published(tlsa(3, 1, 1, good.own)) }
    const { open } = await bench(t, zone, {}, { port: hop.port })
    assert.match((await failureIn(open('y.example'))).reply.text, /DANE/)
  })

  test('it counts also where the route goes without TLS', async t => {
    const zone = at(published(tlsa(3, 1, 1, good.own)))
    const { hop, open } = await bench(t, zone, { tls: good }, { encryption: 'none' })
    await (await open('y.example')).send(outgoing())
    assert.equal(hop.taken[0]?.secure, true)
  })

  test('a connection that ends while the DNS is asked is passed over at once', async t => {
    const rude = createServer(socket => socket.resetAndDestroy()).listen(0, '127.0.0.1')
    await once(rude, 'listening')
    t.after(() => void rude.close())
    const { port } = rude.address() as AddressInfo
    const { open } = await bench(t, names, {}, { port })
    assert.doesNotMatch((await failureIn(open('y.example'))).reply.text, /in time/)
  })

  test('it goes before MTA-STS', async t => {
    const folder = await makeFolder(t)
    const web = await makeChain(folder, 'DNS:mta-sts.y.example')
    const host = await startPolicyHost(t, web, policyOf('enforce', ['mx.y.example']))
    const zone = at(published(tlsa(3, 1, 1, good.own)), {
      ...names,
      '_mta-sts.y.example': { TXT: ['v=STSv1; id=1'] },
      'mta-sts.y.example': here,
    })
    const sts = { port: host.port, ca: web.root.toString() }
    const { hop, open } = await bench(t, zone, { tls: good }, { sts })
    await (await open('y.example')).send(outgoing())
    assert.equal(hop.taken[0]?.secure, true)
    assert.equal(host.asked.length, 1)
  })
})
