/** What is known of host names: merged with each answer, kept in a file, and no file can put more into it. */
import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { HostNames, NAME_RULES } from '../../../app/relay/host-names.ts'
import {
  addressesOf,
  afterLookUp,
  answeredAt,
  failureOf,
  type KnownName,
} from '../../../app/relay/known-name.ts'
import { readNames, writeNames } from '../../../app/relay/name-file.ts'
import type { Looked } from '../../../app/relay/name-lookup.ts'
import { startDns } from '../../support/dns.ts'
import { makeFolder } from '../../support/folder.ts'

const failed: Looked = { kind: 'failed', why: 'silence' }
const answered = (...addresses: string[]): Looked => ({ kind: 'answered', addresses })

test('a failure takes nothing away and adds nothing, whatever came before', () => {
  const looked = fc.constantFrom(failed, answered(), answered('203.0.113.7'), answered('203.0.113.8'))
  fc.assert(
    fc.property(fc.array(fc.record({ v4: looked, v6: looked }), { maxLength: 8 }), looks => {
      let known: KnownName = {}
      let [v4, v6]: (readonly string[])[] = [[], []]
      for (const [time, one] of looks.entries()) {
        known = afterLookUp(known, one, time)
        if (one.v4.kind === 'answered') v4 = one.v4.addresses
        if (one.v6.kind === 'answered') v6 = one.v6.addresses
        assert.deepEqual(addressesOf(known), [...(v4 ?? []), ...(v6 ?? [])])
      }
    }),
  )
})

test('a look-up that leaves old addresses unconfirmed has failed, one for which IPv6 alone fails has not', () => {
  const known = { v4: { addresses: ['203.0.113.7'], time: 5 } }
  assert.equal(failureOf({}, { v4: answered('203.0.113.7'), v6: failed }), undefined)
  assert.equal(failureOf(known, { v4: failed, v6: answered('2001:db8::1') }), 'silence')
  assert.equal(failureOf(known, { v4: failed, v6: failed }), 'silence')
  assert.equal(failureOf({}, { v4: answered(), v6: answered() }), 'the DNS knows no address of it')
  assert.equal(answeredAt({ ...known, v6: { addresses: [], time: 1 } }), 5)
  assert.equal(answeredAt({ v6: { addresses: [], time: 1 } }), 1)
  assert.equal(answeredAt({}), undefined)
})

test('what is kept comes back, and nothing from the future', async t => {
  const file = join(await makeFolder(t), 'names.json')
  assert.deepEqual(await readNames(file, 10), new Map())
  const known = new Map([['a.example.net', { v4: { addresses: ['203.0.113.7'], time: 20 } }]])
  await writeNames(file, known)
  assert.deepEqual(await readNames(file, 30), known)
  assert.deepEqual((await readNames(file, 10)).get('a.example.net')?.v4?.time, 10)
})

test('a file that was tampered with gives whole answers of single addresses, or none', async t => {
  const file = join(await makeFolder(t), 'names.json')
  const many = Array.from({ length: 33 }, (_, at) => `203.0.113.${at}`)
  const v4 = (addresses: unknown, time: unknown = 1) => ({ v4: { addresses, time } })
  const raw = {
    'a.example.net': v4(['0.0.0.0/0']),
    'b.example.net': v4(['203.0.113.7', 'any']),
    'c.example.net': v4(many),
    'd.example.net': v4(['2001:db8::1']),
    'e.example.net': v4(['203.0.113.7'], 'yesterday'),
    'f.example.net': v4('203.0.113.7'),
    'g.example.net': null,
    any: v4(['203.0.113.7']),
    'H.example.net': v4(['203.0.113.7']),
    'i.example.net': v4(['203.0.113.7']),
  }
  await writeFile(file, JSON.stringify(raw))
  const read = await readNames(file, 10)
  const found = [...read].filter(([, known]) => addressesOf(known).length > 0)
  assert.deepEqual(
    found.map(([name]) => name),
    ['i.example.net'],
  )
  for (const text of ['', '[]', '"x"', '{', `{"a":"${'x'.repeat(5_000_000)}"}`]) {
    await writeFile(file, text)
    await assert.rejects(readNames(file, 10))
  }
})

test('many names are looked up a few at a time, and a second look joins the first', async t => {
  const dns = await startDns(t)
  const wanted = Array.from({ length: 100 }, (_, at) => `h${at}.example.net`)
  for (const [at, name] of wanted.entries()) dns.set(name, `203.0.113.${at}`)
  const names = new HostNames()
  names.want(wanted, [dns.address])
  await Promise.all([names.look(), names.look()])
  assert.equal(dns.asked.length, 200)
  assert.deepEqual(
    names.facts().map(({ addresses }) => addresses),
    wanted.map((_, at) => [`203.0.113.${at}`]),
  )
  await names.stop()
})

test('what is stopped, or asked of another server, learns nothing from an answer that comes late', async t => {
  const [slow, dns] = [await startDns(t), await startDns(t)]
  slow.manner = 'silence'
  dns.set('a.example.net', '203.0.113.7')
  const file = join(await makeFolder(t), 'names.json')
  const names = await HostNames.open(file, () => {}, { ...NAME_RULES, patience: 60_000 })
  names.want(['a.example.net'], [slow.address])
  names.start()
  await slow.waitForQuestions(1)
  names.want(['a.example.net'], [dns.address])
  await names.look()
  assert.deepEqual(names.facts()[0]?.addresses, ['203.0.113.7'])
  dns.manner = 'silence'
  const look = names.look()
  await names.stop()
  await look
  assert.deepEqual(names.facts()[0]?.addresses, ['203.0.113.7'])
  assert.match(await readFile(file, 'utf8'), /203\.0\.113\.7/)
})
