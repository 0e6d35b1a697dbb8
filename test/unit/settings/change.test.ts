/** The words of a change: what it did, briefly, and never a password. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { describeChange } from '../../../app/settings/change.ts'

test('a value changed, added, removed', () => {
  assert.equal(
    describeChange({ smtp: { authentication: 'allowed' } }, { smtp: { authentication: 'required' } }),
    'smtp.authentication: "allowed" → "required"',
  )
  assert.equal(describeChange({}, { hostname: 'a.example' }), 'hostname: added "a.example"')
  assert.equal(describeChange({ hostname: 'a.example' }, {}), 'hostname: removed "a.example"')
  assert.equal(describeChange({ a: [1, 2], b: { c: 1 } }, { b: { c: 1 }, a: [1, 2] }), 'nothing changed')
})

test('a row put in at the top is one row put in', () => {
  const rows = [
    { action: 'block', from: 'routers' },
    { action: 'block', from: 'any' },
  ]
  assert.equal(
    describeChange({ access: rows }, { access: [{ action: 'allow', from: '10.0.0.1' }, ...rows] }),
    'access[0]: added allow 10.0.0.1',
  )
  assert.equal(describeChange({ access: rows }, { access: rows.slice(0, 1) }), 'access[1]: removed block any')
})

test('accounts are told by their names, wherever they stand', () => {
  const [support, webmaster, fred] = ['support', 'webmaster', 'fred'].map(name => ({
    name,
    password: 'scrypt$1$2',
    addresses: [`${name}@example.com`],
  }))
  const users = (...list: unknown[]) => ({ users: list })
  const words: [unknown, unknown, string][] = [
    [users(), users(support), 'users: added support'],
    [{}, users(support, fred), 'users: added support, fred'],
    [users(support, webmaster, fred), users(webmaster), 'users: removed support; users: removed fred'],
    [users(support), users({ ...support, password: 'scrypt$3' }), 'users[0].password (support): changed'],
    [users(support), users({ ...support, enabled: false }), 'users[0].enabled (support): added false'],
    [users(support, fred), users(fred, support), 'the order of entries'],
    [users(fred), users({ ...fred, name: 'frida' }), 'users: removed fred; users: added frida'],
    [users(fred), users(fred, fred), 'users[1]: added fred'],
  ]
  for (const [before, after, expected] of words) assert.equal(describeChange(before, after), expected)
})

test('rows, listeners and routes are told in words', () => {
  const any = { action: 'allow', from: 'any', users: ['support', 'webmaster'], comment: 'outside' }
  const local = { action: 'allow', from: 'local-networks', withoutAuthentication: true, enabled: false }
  const listener = { address: '0.0.0.0', port: 465, encryption: 'tls' }
  const route = { to: ['*'], via: 'smart-host', hosts: ['smtp.example:587'], login: { secret: 'x' } }
  const words: [unknown, unknown, string][] = [
    [{ access: [local] }, { access: [local, any] }, 'access[1]: added allow any (users support, webmaster)'],
    [
      { access: [local] },
      { access: [] },
      'access[0]: removed allow local-networks (without authentication; switched off)',
    ],
    [
      { access: [{ ...any, users: ['fred'] }] },
      { access: [{ ...any, users: [], action: 'block' }] },
      'access[0]: allow any (user fred) → block any',
    ],
    [
      { access: [any] },
      { access: [{ ...any, users: ['support'] }] },
      'access[0].users[1]: removed "webmaster"',
    ],
    [{ listeners: [] }, { listeners: [listener] }, 'listeners[0]: added 0.0.0.0 port 465 (tls)'],
    [{ routes: [] }, { routes: [route] }, 'routes[0]: added * via smart-host smtp.example:587'],
    [
      { routes: [route] },
      { routes: [{ ...route, hosts: [] }] },
      'routes[0].hosts[0]: removed "smtp.example:587"',
    ],
    [{ a: [] }, { a: [{ name: 'x\ny\u001b[2J' }] }, 'a: added x y [2J'],
  ]
  for (const [before, after, expected] of words) assert.equal(describeChange(before, after), expected)
})

test('three differences are named, the rest counted', () => {
  assert.equal(
    describeChange({ a: 1, b: 1, c: 1, d: 1, e: 1 }, { a: 2, b: 2, c: 2, d: 2, e: 2 }),
    'a: 1 → 2; b: 1 → 2; c: 1 → 2 and 2 more',
  )
})

test('long values are cut and line ends never break the line', () => {
  const words = describeChange({}, { comment: `one\ntwo ${'x'.repeat(500)}`, 'a\nb': 1 })
  assert.ok(words.length < 200)
  assert.doesNotMatch(words, /\n/)
})

test('passwords and hashes never show', () => {
  const secret = fc.string({ minLength: 8 }).map(text => `SECRET${text}`)
  const user = secret.map(password => ({ name: 'fred', password }))
  const some = fc.record({
    users: fc.array(user, { maxLength: 3 }),
    comment: secret.map(text => `scrypt$${text}`),
  })
  fc.assert(
    fc.property(some, some, (before, after) => {
      assert.doesNotMatch(describeChange(before, after), /SECRET/)
      assert.doesNotMatch(describeChange({}, { users: after }), /SECRET/)
      assert.doesNotMatch(describeChange(before, undefined), /SECRET/)
    }),
  )
  assert.equal(
    describeChange({ users: [{ password: 'a' }] }, { users: [{ password: 'b' }] }),
    'users[0].password: changed',
  )
})
