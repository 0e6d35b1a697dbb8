/** The resolver against a real DNS server, in every manner of answering badly. */
import assert from 'node:assert/strict'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { test } from 'node:test'
import { answers, type DnsType, readMessage } from '../../../app/delivery/dns-message.ts'
import { isBelieved, Resolver } from '../../../app/delivery/resolver.ts'
import { errorCode } from '../../../app/settings/system-error.ts'
import { type Entry, startDns } from '../../support/dns-server.ts'
import { atEnd, type Ending } from '../../support/ending.ts'

const mx = { MX: ['10 mx.example'] }
const { signal } = new AbortController()

async function find(t: Ending, entry: Entry, more: Record<string, Entry> = {}, type: DnsType = 'MX') {
  const dns = await startDns(t, { 'y.example': entry, ...more })
  const found = await new Resolver([dns.address], signal, entry === 'silence' ? 200 : 3000).find(
    'Y.example',
    type,
  )
  return { ...found, asked: dns.asked }
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => assert.fail('it should have failed'),
    error => errorCode(error),
  )
}

test('every kind of record', async t => {
  const records = {
    A: ['192.0.2.1', '192.0.2.2'],
    AAAA: ['2001:db8::1'],
    MX: ['10 MX.example', '0 .'],
    TXT: ['v=STSv1; id=1', 'x'.repeat(500)],
    TLSA: [`3 1 1 ${'ab'.repeat(32)}`],
  }
  const dns = await startDns(t, { 'y.example': records })
  const resolver = new Resolver([dns.address], signal)
  const data = async (type: DnsType) => (await resolver.find('y.example', type)).data
  assert.deepEqual(await data('A'), [
    { type: 'A', address: '192.0.2.1' },
    { type: 'A', address: '192.0.2.2' },
  ])
  assert.deepEqual(await data('AAAA'), [{ type: 'AAAA', address: '2001:db8::1' }])
  assert.deepEqual(await data('MX'), [
    { type: 'MX', preference: 10, exchange: 'mx.example' },
    { type: 'MX', preference: 0, exchange: '' },
  ])
  assert.deepEqual(await data('TXT'), [
    { type: 'TXT', text: 'v=STSv1; id=1' },
    { type: 'TXT', text: 'x'.repeat(500) },
  ])
  const hash = Buffer.from('ab'.repeat(32), 'hex')
  assert.deepEqual(await data('TLSA'), [{ type: 'TLSA', usage: 3, selector: 1, matching: 1, data: hash }])
})

test('an answer too long for UDP is fetched over TCP, in pieces', async t => {
  const many = Array.from({ length: 300 }, (_, at) => `${at} mx${at}.example`)
  const found = await find(t, { MX: many, manner: 'truncated' })
  assert.equal(found.data.length, 300)
  assert.deepEqual(found.asked, ['MX y.example', 'TCP MX y.example'])
})

test('answers with another id, or to another question, are nobody’s', async t => {
  const { data } = await find(t, { ...mx, manner: 'spoofed' })
  assert.deepEqual(data, [{ type: 'MX', preference: 10, exchange: 'mx.example' }])
})

test('an answer from another port is never heard', async t => {
  const silent = createSocket('udp4').bind(0, '127.0.0.1')
  const liar = createSocket('udp4')
  await once(silent, 'listening')
  atEnd(t, () => void silent.close())
  atEnd(t, () => void liar.close())
  silent.on('message', (bytes, { port }) => {
    bytes.writeUInt16BE(0x8180, 2)
    liar.send(bytes, port, '127.0.0.1')
  })
  const resolver = new Resolver([`127.0.0.1:${silent.address().port}`], signal, 100)
  assert.equal(await codeOf(resolver.find('y.example', 'MX')), 'ETIMEOUT')
})

test('a server that knows nothing of EDNS is asked again without', async t => {
  assert.equal((await find(t, { ...mx, manner: 'old' })).data.length, 1)
})

test('an alias is followed, also where its end must be asked for', async t => {
  const found = await find(t, { CNAME: ['z.example'], manner: 'bare' }, { 'z.example': mx })
  assert.equal(found.name, 'z.example')
  assert.equal((await find(t, { CNAME: ['z.example'] }, { 'z.example': mx })).name, 'z.example')
})

const faults: readonly (readonly [string, Entry, string])[] = [
  ['silence', 'silence', 'ETIMEOUT'],
  ['a failure', 'SERVFAIL', 'ESERVFAIL'],
  ['a refusal', 'REFUSED', 'EREFUSED'],
  ['a lame server', 'lame', 'EBADRESP'],
  ['rubbish', 'rubbish', 'EBADRESP'],
  ['a name that points to itself', 'loop', 'EBADRESP'],
  ['aliases that go round', { CNAME: ['y.example'] }, 'EBADRESP'],
  ['aliases that go round, one at a time', { CNAME: ['y.example'], manner: 'bare' }, 'EBADRESP'],
  ['no such records', { A: ['192.0.2.1'] }, 'ENODATA'],
  ['an alias for nothing', { CNAME: ['gone.example'] }, 'ENOTFOUND'],
]
for (const [name, entry, code] of faults) {
  test(`${name}: ${code}`, async t => {
    assert.equal(await codeOf(find(t, entry)), code)
  })
}

test('no such name; and what is no name at all', async t => {
  const dns = await startDns(t, {})
  const resolver = new Resolver([dns.address], signal)
  assert.equal(await codeOf(resolver.find('y.example', 'MX')), 'ENOTFOUND')
  await assert.rejects(resolver.find(`${'x'.repeat(64)}.example`, 'MX'), RangeError)
})

test('the next server is asked where the first one is lame, fails or is down; a name that isn’t there is an answer', async t => {
  const [bad, good] = [
    await startDns(t, { 'y.example': 'SERVFAIL', 'l.example': 'lame' }),
    await startDns(t, { 'y.example': mx, 'l.example': mx, 'gone.example': mx }),
  ]
  const resolver = new Resolver(['127.0.0.1:1', bad.address, good.address], signal)
  assert.equal((await resolver.find('y.example', 'MX')).data.length, 1)
  assert.equal((await resolver.find('l.example', 'MX')).data.length, 1)
  assert.equal(await codeOf(resolver.find('gone.example', 'MX')), 'ENOTFOUND')
})

test('proved is what the whole chain is proved for', async t => {
  const proved = { ...mx, secure: true }
  assert.equal((await find(t, proved)).authentic, true)
  assert.equal((await find(t, mx)).authentic, false)
  const alias = { CNAME: ['z.example'], secure: true, manner: 'bare' } as const
  assert.equal((await find(t, alias, { 'z.example': proved })).authentic, true)
  assert.equal((await find(t, alias, { 'z.example': mx })).authentic, false)
})

test('that an answer was proved is believed of servers that were named, and of this machine’s alone', () => {
  assert.equal(isBelieved(['192.0.2.53:53'], ['192.0.2.53']), true)
  for (const [addresses, expected] of [
    [['127.0.0.53'], true],
    [['127.0.0.1', '::1'], true],
    [['192.168.1.1'], false],
    [['127.0.0.1', '192.168.1.1'], false],
    [[], false],
  ] as const)
    assert.equal(isBelieved('auto', addresses), expected, addresses.join())
})

test('once the signal is aborted nothing is asked any more', async t => {
  const dns = await startDns(t, { 'y.example': 'silence' })
  const abort = new AbortController()
  const asked = codeOf(new Resolver([dns.address], abort.signal).find('y.example', 'MX'))
  abort.abort()
  assert.equal(await asked, 'ECANCELLED')
})

test('no bytes make the reader fail otherwise than with a RangeError', () => {
  const question = { id: 1, name: 'y.example', type: 'MX', extended: false } as const
  for (let turn = 0; turn < 20_000; turn++) {
    const bytes = Buffer.from(Array.from({ length: turn % 80 }, () => Math.floor(Math.random() * 256)))
    answers(bytes, question)
    try {
      readMessage(bytes)
    } catch (error) {
      assert.ok(error instanceof RangeError, `${bytes.toString('hex')}: ${error}`)
    }
  }
})
