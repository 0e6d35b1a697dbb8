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
  const rows = [{ from: 'routers' }, { from: 'any' }]
  assert.equal(
    describeChange({ access: rows }, { access: [{ from: '10.0.0.1' }, ...rows] }),
    'access[0]: added {"from":"10.0.0.1"}',
  )
  assert.equal(
    describeChange({ access: rows }, { access: rows.slice(0, 1) }),
    'access[1]: removed {"from":"any"}',
  )
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
