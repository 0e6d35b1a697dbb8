/** Patterns of addresses: what each means, and what none is. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parsePattern } from '../../../app/mail/pattern.ts'

const addresses = [
  'anna@y.example',
  'ANNA@y.example',
  'anna@sub.y.example',
  'anna@xy.example',
  'anna@xn--bcher-kva.example',
  '"a@y.example"@z.example',
  'a@[192.0.2.1]',
]

const meant: Readonly<Record<string, readonly number[]>> = {
  '*': [0, 1, 2, 3, 4, 5, 6],
  'y.example': [0, 1],
  'Y.Example.': [0, 1],
  '@y.example': [0, 1],
  '*.y.example': [2],
  '*.example': [0, 1, 2, 3, 4, 5],
  'Anna@Y.example': [0, 1],
  'nn@y.example': [],
  'bücher.example': [4],
  'anna@bücher.example': [4],
  'z.example': [5],
  '"a@y.example"@z.example': [5],
  'a@[192.0.2.1]': [6],
}

for (const [pattern, found] of Object.entries(meant)) {
  test(`${pattern} means just those`, () => {
    const matches = parsePattern(pattern)
    assert.ok(matches)
    assert.deepEqual(
      addresses.flatMap((address, index) => (matches(address) ? [index] : [])),
      found,
    )
  })
}

for (const text of ['', ' ', '*.', '**', 'a b', '<a@b.example>', 'a@', '@', '*@y.example@', 'y..example'])
  test(`${JSON.stringify(text)} is none`, () => assert.equal(parsePattern(text), undefined))
