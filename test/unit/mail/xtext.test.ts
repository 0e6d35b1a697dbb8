import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { decodeXtext } from '../../../app/mail/xtext.ts'

test('decodes xtext strictly', () => {
  const table: readonly [string, string | undefined][] = [
    ['', ''],
    ['abc', 'abc'],
    ['a+2Bb+3Dc', 'a+b=c'],
    ['+20', ' '],
    ['+C3+A9', 'é'],
    ['!~', '!~'],
    ['+', undefined],
    ['+2', undefined],
    ['+2b', undefined],
    ['+GG', undefined],
    ['a=b', undefined],
    ['a b', undefined],
    ['é', undefined],
    ['+00', undefined],
    ['+0A', undefined],
    ['+7F', undefined],
    ['+FF', undefined],
    ['+C3', undefined],
    ['+ED+A0+80', undefined],
    ['+E2+80+AE', undefined],
  ]
  for (const [text, expected] of table) assert.equal(decodeXtext(text), expected, text)
})

test('decodes what it encodes', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme-ascii' }), text => {
      const encoded = text.replace(/[^!-*,-<>-~]/g, character => {
        return `+${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`
      })
      assert.equal(decodeXtext(encoded), text)
    }),
  )
})
