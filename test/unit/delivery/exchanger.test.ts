/** Direct to the mail exchangers of a domain, with a real DNS server and real sockets. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import { type TestContext, test } from 'node:test'
import { openRoute } from '../../../app/delivery/open.ts'
import type { Transport } from '../../../app/delivery/transport.ts'
import { makeCertificate } from '../../support/certificate.ts'
import { type DnsServer, startDns, type Zone } from '../../support/dns-server.ts'
import { atEnd } from '../../support/ending.ts'
import { makeFolder } from '../../support/folder.ts'
import { type HopScript, type NextHop, startNextHop } from '../../support/next-hop.ts'
import { routeContext } from '../../support/route-context.ts'
import { failureIn, outgoing } from './outgoing.ts'

const patience = { connect: 1000, greeting: 1000, answer: 1000 }

interface Bench {
  readonly hop: NextHop
  readonly dns: DnsServer
  open(domain: string, own?: string): Promise<Transport>
}

async function bench(t: TestContext, zone: Zone, script: HopScript = {}): Promise<Bench> {
  const hop = await startNextHop(t, script)
  const dns = await startDns(t, zone)
  const who = { to: ['y.example', '*.y.example', 'xn--bcher-kva.example'], senders: [], users: [], hosts: [] }
  const route = {
    ...who,
    via: 'mx',
    port: hop.port,
    encryption: 'starttls-if-offered',
    plaintextLogin: 'never',
  } as const
  const open = async (domain: string, own?: string) => {
    const context = routeContext({
      patience,
      dnsServers: () => [dns.address],
      isOwn: address => address === own,
    })
    const { signal } = new AbortController()
    const transport = await openRoute({ route, domain, hostname: 'postern.example', context, signal })
    atEnd(t, () => transport.close())
    return transport
  }
  return { hop, dns, open }
}

const here = { A: ['127.0.0.1'] }
/** Nobody listens there. */
const down = { A: ['127.0.0.9'] }

test('the best exchanger is asked first, the next one where it is down', async t => {
  const zone = {
    'y.example': { MX: ['20 b.y.example', '10 a.y.example'] },
    'a.y.example': down,
    'b.y.example': here,
  }
  const { hop, dns, open } = await bench(t, zone)
  const transport = await open('y.example')
  assert.equal(transport.name, `b.y.example:${hop.port}`)
  await transport.send(outgoing())
  assert.equal(hop.taken.length, 1)
  await dns.setZone({ ...zone, 'a.y.example': here, 'b.y.example': down })
  assert.equal((await open('y.example')).name, `a.y.example:${hop.port}`)
})

test('an exchanger that answers, but takes nobody, is passed over for the next', async t => {
  const zone = {
    'y.example': { MX: ['10 a.y.example', '20 b.y.example'] },
    'a.y.example': { A: ['127.0.0.2'] },
    'b.y.example': here,
  }
  const { hop, open } = await bench(t, zone)
  const busy = createServer(socket => socket.end('421 4.3.2 busy\r\n')).listen(hop.port, '127.0.0.2')
  await once(busy, 'listening')
  atEnd(t, () => void busy.close())
  assert.equal((await open('y.example')).name, `b.y.example:${hop.port}`)
})

test('a domain without MX is its own exchanger', async t => {
  const { hop, open } = await bench(t, { 'y.example': here })
  assert.equal((await open('y.example')).name, `y.example:${hop.port}`)
})

test('IPv6 where nobody answers by IPv4, with an MX and without', async t => {
  const both = { A: ['127.0.0.9'], AAAA: ['::1'] }
  const { hop, open } = await bench(t, {
    'y.example': both,
    'b.y.example': { MX: ['1 a.y.example'] },
    'a.y.example': both,
  })
  const relayed = createServer(socket => socket.pipe(connect(hop.port, '127.0.0.1')).pipe(socket))
  relayed.listen(hop.port, '::1')
  await once(relayed, 'listening')
  atEnd(t, () => void relayed.close())
  for (const domain of ['y.example', 'b.y.example']) await (await open(domain)).send(outgoing())
  assert.equal(hop.taken.length, 2)
})

test('an exchanger by an alias, and a domain in A-labels', async t => {
  const zone = {
    'xn--bcher-kva.example': { MX: ['10 mx.example'] },
    'mx.example': here,
  }
  const { hop, open } = await bench(t, zone)
  assert.equal((await open('xn--bcher-kva.example')).name, `mx.example:${hop.port}`)
})

const failures: readonly (readonly [string, Zone, number, string, RegExp])[] = [
  [
    'a null MX takes no mail (RFC 7505)',
    { 'y.example': { MX: ['0 .'], ...here } },
    556,
    '5.1.10',
    /takes no mail/,
  ],
  ['no such domain', {}, 550, '5.1.2', /there is no domain y\.example/],
  ['nothing but text', { 'y.example': { TXT: ['hello'] } }, 550, '5.1.2', /there is no domain/],
  [
    'exchangers without an address',
    { 'y.example': { MX: ['10 a.y.example'] } },
    550,
    '5.4.4',
    /have no address that mail can be sent to/,
  ],
  [
    'an address that no host has',
    { 'y.example': { MX: ['10 a.y.example'] }, 'a.y.example': { A: ['0.0.0.0'] } },
    550,
    '5.4.4',
    /have no address/,
  ],
  [
    'a DNS that can’t answer',
    { 'y.example': 'SERVFAIL' },
    451,
    '4.4.3',
    /the DNS doesn't say where mail for y/,
  ],
  [
    'a DNS that can’t answer for the exchanger',
    { 'y.example': { MX: ['10 a.y.example'] }, 'a.y.example': 'SERVFAIL' },
    451,
    '4.4.3',
    /the DNS doesn't say/,
  ],
  [
    'everything down',
    { 'y.example': { MX: ['10 a.y.example'] }, 'a.y.example': down },
    451,
    '4.4.1',
    /refused the connection/,
  ],
]
for (const [name, zone, code, status, words] of failures) {
  test(`${name}: ${code} ${status}`, async t => {
    const { open, hop } = await bench(t, zone)
    const { reply } = await failureIn(open('y.example'))
    assert.deepEqual([reply.code, reply.status], [code, status], reply.text)
    assert.match(reply.text, words)
    assert.equal(hop.connections, 0)
  })
}

test('a DNS that is silent: the mail waits', async t => {
  const { open } = await bench(t, { 'y.example': 'silence' })
  const { reply } = await failureIn(open('y.example'))
  assert.deepEqual([reply.code, reply.status], [451, '4.4.3'])
})

test('an exchanger that is this server itself would make mail go round', async t => {
  const zone = {
    'y.example': { MX: ['10 a.y.example', '20 b.y.example'] },
    'a.y.example': here,
    'b.y.example': { A: ['127.0.0.2'] },
  }
  const { open } = await bench(t, zone)
  const { reply } = await failureIn(open('y.example', '127.0.0.1'))
  assert.deepEqual([reply.code, reply.status], [554, '5.4.6'])
  assert.match(reply.text, /is this server itself/)
})

test('TLS is taken where it is offered, without asking who signed the certificate', async t => {
  const tls = await makeCertificate(await makeFolder(t), { names: 'DNS:other.example' })
  const { hop, open } = await bench(t, { 'y.example': here }, { tls })
  await (await open('y.example')).send(outgoing())
  assert.equal(hop.taken[0]?.secure, true)
})
