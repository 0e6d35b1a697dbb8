/** A server that says our password again is not quoted with it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { withoutEcho } from '../../../app/delivery/echo.ts'

const base64 = (text: string) => Buffer.from(text).toString('base64')

test('as it is, in base64, in the middle of it, and in each of several lines', () => {
  const hide = (text: string) => withoutEcho(text, 'pass phrase ü')
  const latin1 = Buffer.from('pass phrase ü').toString('latin1')
  assert.equal(hide(`535 5.7.8 not "${latin1}"`), '535 5.7.8 not "***"')
  const blob = base64('\0office\0pass phrase ü')
  assert.equal(hide(`535 5.7.8 AUTH PLAIN ${blob} is wrong`), '535 5.7.8 AUTH PLAIN *** is wrong')
  assert.equal(hide(`535-AUTH=${blob}\n535 x/${blob}`), '535-AUTH=***\n535 ***')
  assert.equal(hide('535 5.7.8 user office'), '535 5.7.8 user office')
})

test('a short one would be found in other words, and the code stays whatever the secret is', () => {
  assert.equal(withoutEcho('250 ok', 'ok'), '250 ok')
  assert.equal(withoutEcho('250 250 ok 250 ok', '250 ok'), '250 *** ***')
  assert.equal(withoutEcho('250', ''), '250')
})

test('no encoding of a random secret gets through', () => {
  const printable = fc.string({ minLength: 8, maxLength: 40, unit: 'grapheme-ascii' })
  fc.assert(
    fc.property(
      printable,
      fc.string({ maxLength: 10 }),
      fc.string({ maxLength: 10 }),
      (secret, one, other) => {
        const blob = base64(one + secret + other)
        const said = withoutEcho(`535 5.7.8 ${blob} ${secret}`, secret)
        assert.ok(!said.slice(4).includes(secret) && !said.includes(blob), said)
      },
    ),
    { numRuns: 2000 },
  )
})
