/** The proof of an open relay: what it finds is what a decision for each address would find. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { formatSpan, parseClient } from '../../../app/access/network.ts'
import { openedAnew, openRelay } from '../../../app/access/open-relay.ts'
import { compilePolicy, type Policy } from '../../../app/access/policy.ts'
import type { AccessRow } from '../../../app/settings/settings.ts'
import { client, decided, office, policyOf, row, span } from './office.ts'

function found(...rows: readonly string[]): string[] {
  const policy = policyOf({ smtp: { authentication: 'required', access: rows.map(row) } })
  return (openRelay(policy) ?? []).map(formatSpan)
}

test('the document is no open relay, nor is an empty list, nor what only private addresses may do', () => {
  assert.equal(openRelay(policyOf()), undefined)
  assert.deepEqual(found(), [])
  assert.deepEqual(found('allow 10.0.0.0/8 noauth', 'allow fc00::/7 noauth', 'allow 127.0.0.1 noauth'), [])
  assert.deepEqual(found('allow any'), [])
})

test('each public address that sends without logging on is found, and no other', () => {
  assert.deepEqual(found('allow 203.0.113.0/24 noauth'), ['203.0.113.0/24'])
  assert.deepEqual(found('block 203.0.113.7', 'allow 203.0.113.6-203.0.113.8 noauth'), [
    '203.0.113.6',
    '203.0.113.8',
  ])
  assert.deepEqual(found('allow 9.255.255.255-11.0.0.0 noauth'), ['9.255.255.255', '11.0.0.0'])
  assert.deepEqual(found('allow 2001:db8::/32 noauth'), ['2001:db8::/32'])
  assert.deepEqual(found('allow any noauth - fred'), [])
  const any = found('allow any noauth')
  assert.ok(any.includes('0.0.0.0-9.255.255.255') && any.includes('172.32.0.0-192.167.255.255'), any.join())
})

test("the machine's own networks are no part of the Internet, those that settings only call local are", () => {
  const access = [row('allow local-networks noauth')]
  const own = { localNetworks: ['203.0.113.0/24'].map(span), routers: [] }
  const found = office({ smtp: { access } })
  assert.equal(openRelay(compilePolicy(found, own)), undefined)
  const called = office({ smtp: { access }, localNetworks: ['203.0.112.0/23'] })
  assert.deepEqual(openRelay(compilePolicy(called, own))?.map(formatSpan), ['203.0.112.0/24'])
})

test('a log-on that is only allowed, or disabled, guards nothing', () => {
  for (const authentication of ['allowed', 'disabled'] as const) {
    const access = [row('allow 203.0.113.0/24')]
    assert.ok(openRelay(policyOf({ smtp: { authentication, access } })), authentication)
    const guarded = policyOf({ smtp: { authentication, access, antiRelay: 'authenticated-users' } })
    assert.equal(openRelay(guarded), undefined)
  }
})

test('the global list closes what the service opens', () => {
  const access = [row('allow any noauth')]
  const closed = { useGlobalAccess: true, authentication: 'required', access } as const
  const policy = policyOf({ smtp: closed, globalAccess: [row('block 203.0.113.0/24'), row('allow any')] })
  assert.equal(openRelay(policy), undefined)
})

test('opened anew is what was not open before', () => {
  const [all, part, other] = ['203.0.113.0/24', '203.0.113.9', '198.51.100.1'].map(span)
  assert.ok(all && part && other)
  assert.equal(openedAnew([all], [part]), undefined)
  assert.deepEqual(openedAnew([part], [all]), [all])
  assert.deepEqual(openedAnew(undefined, [part]), [part])
  assert.deepEqual(openedAnew([all], [part, other]), [other])
  assert.equal(openedAnew([all], undefined), undefined)
})

const froms = [
  'any',
  'local-networks',
  '0.0.0.0/1',
  '128.0.0.0/1',
  '203.0.113.0/24',
  '203.0.113.9',
  '9.0.0.0-11.0.0.0',
  '192.168.0.0/15',
  '::/1',
  '2001:db8::/32',
  'fe00::/7',
]
const rows: fc.Arbitrary<AccessRow> = fc
  .record({
    action: fc.constantFrom('allow', 'block'),
    from: fc.constantFrom(...froms),
    noauth: fc.constantFrom(' noauth', ''),
    users: fc.constantFrom('', '', ' - fred'),
  })
  .map(({ action, from, noauth, users }) => row(`${action} ${from}${noauth}${users}`))
const clients = fc.oneof(
  fc.ipV4(),
  fc.ipV6(),
  fc.constantFrom(
    '203.0.113.9',
    '203.0.113.8',
    '11.0.0.1',
    '9.0.0.0',
    '192.169.0.0',
    'fe00::1',
    '2001:db8::',
  ),
)
const harmless =
  /^(10\.|127\.|192\.168\.|169\.254\.|172\.(1[6-9]|2\d|3[01])\.|f[cd][0-9a-f]{2}:|fe[89ab][0-9a-f]:|::1$)/

test('on random lists it says of each address what a decision says', () => {
  const property = fc.property(
    fc.array(rows, { maxLength: 5 }),
    fc.array(rows, { maxLength: 2 }),
    fc.constantFrom('required', 'allowed', 'disabled'),
    fc.constantFrom('client-address', 'authenticated-users'),
    fc.array(clients, { minLength: 5, maxLength: 20 }),
    (access, globalAccess, authentication, antiRelay, addresses) => {
      const smtp = { access, authentication, antiRelay, useGlobalAccess: true }
      const policy = policyOf({ smtp, globalAccess })
      const open = openRelay(policy) ?? []
      for (const address of addresses) {
        const { family, value, text } = client(address)
        const isFound = open.some(one => one.family === family && one.first <= value && value <= one.last)
        assert.equal(isFound, relays(policy, address) && !harmless.test(text), `${address} ${text}`)
      }
    },
  )
  fc.assert(property, { numRuns: 3000 })
})

function relays(policy: Policy, address: string): boolean {
  assert.ok(parseClient(address))
  return decided(policy, address, undefined, 'a@elsewhere.example').verdict === 'accept'
}
