/** The first route whose domains match is taken; no route holds the mail. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { describeDestination, destination, type Sender } from '../../../app/delivery/route.ts'
import type { Route } from '../../../app/settings/settings.ts'

function route(to: readonly string[], host: string, changes: Partial<Route> = {}): Route {
  const hosts = [{ host, port: 25 }]
  return {
    to,
    senders: [],
    users: [],
    via: 'smart-host',
    hosts,
    encryption: 'none',
    plaintextLogin: 'never',
    ...changes,
  }
}

const anna = { reversePath: 'anna@office.example' }

const routes = [
  route(['partner.example', '*.partner.example'], '10.1.1.4'),
  route(['xn--bcher-kva.example'], 'books'),
  route(['*.example.net'], 'net'),
  route(['held.example'], 'x', { via: 'hold' }),
  route(['direct.example'], 'x', { via: 'mx' }),
  route(['inside.example'], '::1', { via: 'lmtp' }),
]
const all = [
  ...routes,
  route(['*'], 'rest', {
    hosts: [
      { host: 'a', port: 25 },
      { host: 'b', port: 587 },
    ],
  }),
]

const cases: readonly [string, string, string?][] = [
  ['a@partner.example', 'smart host 10.1.1.4:25'],
  ['a@deep.down.partner.example', 'smart host 10.1.1.4:25'],
  ['a@notpartner.example', 'smart host a:25, then b:587', 'held: no route for notpartner.example'],
  ['a@xn--bcher-kva.example', 'smart host books:25'],
  ['a@bücher.example', 'smart host books:25'],
  ['a@PARTNER.Example', 'smart host 10.1.1.4:25'],
  ['"b@partner.example"@x.example.net', 'smart host net:25'],
  ['a@example.net', 'smart host a:25, then b:587', 'held: no route for example.net'],
  ['a@held.example', 'held: the route for held.example holds mail'],
  ['a@direct.example', 'the mail exchangers of direct.example'],
  ['a@inside.example', 'LMTP [::1]:25'],
  ['a@[192.0.2.1]', 'smart host a:25, then b:587', 'held: no route for [192.0.2.1]'],
]
for (const [address, where, withoutLast = where] of cases) {
  test(address, () => {
    assert.equal(describeDestination(destination({ address }, anna, all)), where)
    assert.equal(describeDestination(destination({ address }, anna, routes)), withoutLast)
  })
}

test('a mailbox asks no route', () => {
  const where = destination({ address: 'a@partner.example', mailbox: 'fred' }, anna, all)
  assert.equal(describeDestination(where), 'mailbox fred')
})

test('the first that matches, not the closest', () => {
  const [first, second] = [route(['*'], 'first'), route(['x.example'], 'second')]
  assert.deepEqual(destination({ address: 'a@x.example' }, anna, [first, second]), {
    kind: 'next-hop',
    way: { route: first },
  })
})

const froms: readonly [string, Partial<Route>, Sender, boolean][] = [
  ['any sender', {}, anna, true],
  ['its address, without case', { senders: ['Anna@office.example'] }, anna, true],
  ['its domain', { senders: ['office.example'] }, anna, true],
  ['a domain above', { senders: ['*.example'] }, anna, true],
  ['another address', { senders: ['ann@office.example'] }, anna, false],
  ['another domain', { senders: ['other.example', '*.office.example'] }, anna, false],
  ['bounces, by *', { senders: ['*'] }, { reversePath: '' }, true],
  ['bounces, by a domain', { senders: ['office.example'] }, { reversePath: '' }, false],
  ['an account', { users: ['Anna'] }, { ...anna, user: 'anna' }, true],
  ['another account', { users: ['fred'] }, { ...anna, user: 'anna' }, false],
  ['nobody logged on', { users: ['anna'] }, anna, false],
  ['both, one of them wrong', { users: ['anna'], senders: ['x.example'] }, { ...anna, user: 'anna' }, false],
]
for (const [name, changes, sender, takes] of froms) {
  test(`for mail from ${name}: ${takes ? 'taken' : 'left to the next'}`, () => {
    const some = [route(['*'], 'first', changes), route(['*'], 'second')]
    const where = describeDestination(destination({ address: 'a@x.example' }, sender, some))
    assert.equal(where, `smart host ${takes ? 'first' : 'second'}:25`)
  })
}
