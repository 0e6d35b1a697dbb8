/** Direct to the mail exchangers of a domain, with a real DNS server and real sockets. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import { test } from 'node:test'
import { makeCertificate } from '../../support/certificate.ts'
import type { Zone } from '../../support/dns-server.ts'
import { atEnd } from '../../support/ending.ts'
import { makeFolder } from '../../support/folder.ts'
import { DROP } from '../../support/next-hop.ts'
import { bench, down, here } from './direct.ts'
import { failureIn, outgoing } from './outgoing.ts'

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

const elsewhere = { A: ['127.0.0.2'] }
const loops: readonly (readonly [string, Zone])[] = [
  [
    'by its address',
    {
      'y.example': { MX: ['10 a.y.example', '20 b.y.example'] },
      'a.y.example': here,
      'b.y.example': elsewhere,
    },
  ],
  ['by its name', { 'y.example': { MX: ['10 postern.example'] }, 'postern.example': elsewhere }],
  [
    'among equals',
    {
      'y.example': { MX: ['10 a.y.example', '10 b.y.example'] },
      'a.y.example': here,
      'b.y.example': elsewhere,
    },
  ],
  ['without an MX', { 'y.example': here }],
]
for (const [name, zone] of loops) {
  test(`an exchanger that is this server itself would make mail go round: ${name}`, async t => {
    const { open, hop } = await bench(t, zone)
    const { reply } = await failureIn(open('y.example', '127.0.0.1'))
    assert.deepEqual([reply.code, reply.status], [554, '5.4.6'])
    assert.match(reply.text, /is this server itself, and there is no better one/)
    assert.equal(hop.connections, 0)
  })
}

test('a better exchanger than this server itself takes the mail, and without it the mail waits', async t => {
  const zone = {
    'y.example': { MX: ['10 a.y.example', '20 b.y.example', '30 c.y.example'] },
    'a.y.example': here,
    'b.y.example': elsewhere,
    'c.y.example': here,
  }
  const { open, hop, dns } = await bench(t, zone)
  assert.equal((await open('y.example', '127.0.0.2')).name, `a.y.example:${hop.port}`)
  await dns.setZone({ ...zone, 'a.y.example': down })
  const { reply } = await failureIn(open('y.example', '127.0.0.2'))
  assert.deepEqual([reply.code, reply.status], [451, '4.4.1'])
  assert.match(reply.text, /a\.y\.example:\d+ refused the connection/)
  assert.equal(hop.connections, 1)
})

test('an address inside the office is gone to only where the route names the domain', async t => {
  const zone = {
    'evil.example': { MX: ['10 a.evil.example'] },
    'a.evil.example': here,
    'bare.example': { AAAA: ['::1', 'fe80::1', 'fd00::1'] },
    'mapped.example': { AAAA: ['::ffff:127.0.0.1'] },
    'text.example': { MX: ['10 127.0.0.1'] },
    'alias.example': { CNAME: ['a.evil.example'] },
  }
  const { open, hop } = await bench(t, zone, {}, { to: ['*'] })
  for (const domain of ['evil.example', 'bare.example', 'alias.example', '[127.0.0.1]', '[IPv6:::1]']) {
    const { reply } = await failureIn(open(domain))
    assert.deepEqual([reply.code, reply.status], [550, '5.4.4'], domain)
    assert.match(reply.text, /is inside a private network/)
  }
  for (const domain of ['text.example', 'mapped.example'])
    assert.equal((await failureIn(open(domain))).reply.code, 550, domain)
  assert.equal(hop.connections, 0)
})

test('of a hundred exchangers only the best few are looked at', async t => {
  const names = Array.from({ length: 100 }, (_, at) => `h${at}.y.example`)
  const hosts = Object.fromEntries(names.map(name => [name, down]))
  const list = names.map((name, at) => `${at} ${name}`)
  const { open, dns } = await bench(t, { 'y.example': { MX: list.reverse(), manner: 'truncated' }, ...hosts })
  assert.equal((await failureIn(open('y.example'))).reply.code, 451)
  const asked = dns.asked.filter(what => / h\d/.test(what))
  assert.deepEqual([...new Set(asked.map(what => what.split(' ')[1]))].sort(), names.slice(0, 8).sort())
})

test('exchangers that are as good as each other share the mail', async t => {
  const zone = {
    'y.example': { MX: ['10 a.y.example', '10 b.y.example'] },
    'a.y.example': here,
    'b.y.example': here,
  }
  const { open } = await bench(t, zone)
  const names = new Set<string>()
  for (let turn = 0; turn < 60 && names.size < 2; turn++) names.add((await open('y.example')).name)
  assert.equal(names.size, 2)
})

test('TLS that breaks off, where it was only an offer, is done without over a new connection', async t => {
  const breaking = {
    extensions: ['STARTTLS'],
    answer: (line: string) => (line === 'STARTTLS' ? '220 go on\r\nnonsense' : undefined),
  }
  const { hop, open, trace } = await bench(t, { 'y.example': here }, breaking)
  await (await open('y.example')).send(outgoing())
  assert.deepEqual(
    hop.taken.map(({ connection, secure }) => [connection, secure]),
    [[2, false]],
  )
  assert.match(trace.join('\n'), /it goes on without TLS/)
})

for (const [name, answer] of [
  ['at STARTTLS', DROP],
  ['in the handshake', '220 go on'],
] as const) {
  test(`a connection that is dropped ${name} is made anew without TLS; but not where the route requires it`, async t => {
    const script = {
      extensions: ['STARTTLS'],
      answer: (line: string) => (line === 'STARTTLS' ? answer : undefined),
    }
    const open = async (encryption: 'starttls-if-offered' | 'starttls-required') => {
      const { hop, open } = await bench(t, { 'y.example': here }, script, { encryption })
      const opening = open('y.example')
      await hop.until(() => hop.heard.includes('1 STARTTLS'))
      if (answer !== DROP) hop.dropAll()
      return { hop, opening }
    }
    const offered = await open('starttls-if-offered')
    await (await offered.opening).send(outgoing())
    assert.deepEqual(
      offered.hop.taken.map(({ secure }) => secure),
      [false],
    )
    const required = await open('starttls-required')
    assert.equal((await failureIn(required.opening)).kind, 'tls')
    assert.equal(
      required.hop.heard.some(line => line.includes('MAIL')),
      false,
    )
  })
}

test('TLS is taken where it is offered, without asking who signed the certificate', async t => {
  const tls = await makeCertificate(await makeFolder(t), { names: 'DNS:other.example' })
  const { hop, open } = await bench(t, { 'y.example': here }, { tls })
  await (await open('y.example')).send(outgoing())
  assert.equal(hop.taken[0]?.secure, true)
})
