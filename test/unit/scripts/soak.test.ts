/** What a soak's figures are judged by. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { randomOf } from '../../support/disk-crash.ts'
import { makeLetter, readLetter } from '../../support/soak/letter.ts'
import { flatness, thirds } from '../../support/soak/verdict.ts'
import { differences } from '../../support/soak/vitals.ts'

const at = (seconds: number, bytes: number) => ({ at: seconds * 1000, bytes })

/** Nine seconds, of which the first three don't count. */
const rising = (last: number) => [
  ...[at(0, 5), at(1, 900)],
  ...[at(3, 90), at(4, 110), at(5.9, 100)],
  ...[at(6, last - 1), at(8, last + 1), at(9.1, last)],
]

test('thirds are means of the samples within them', () => {
  assert.deepEqual(thirds(rising(104), 9000), [100, 104])
})

test('memory is flat with up to 5 % more in the last third, and when it falls', () => {
  for (const [last, met] of [
    [105, true],
    [106, false],
    [50, true],
  ] as const)
    assert.equal(flatness('memory', rising(last), 9000).met, met, `${last}`)
})

test('without samples nothing is flat', () => {
  assert.equal(flatness('memory', [], 9000).met, false)
})

test('descriptors are told by kind, more and fewer', () => {
  assert.deepEqual(differences({ socket: 4, pipe: 2, same: 1 }, { socket: 9, same: 1, file: 1 }), [
    'file: 1 instead of 0',
    'pipe: 0 instead of 2',
    'socket: 9 instead of 4',
  ])
})

test('a letter is known again behind other fields and with other line ends, and told from a changed one', () => {
  for (let seed = 0; seed < 12; seed++) {
    const { id, wire, digest } = makeLetter(`g1m${seed}`, 'fred@example.com', randomOf(seed))
    const arrived = `Received: by x\r\n${wire.replace(/^\.\./gm, '.').slice(0, -1)}`
    assert.deepEqual(readLetter(arrived), { id, digest })
    assert.deepEqual(readLetter(arrived.replaceAll('\r\n', '\n')), { id, digest })
    assert.notEqual(readLetter(`${arrived}x`)?.digest, digest)
  }
})
