/** Times and sizes as a person writes and reads them. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseSince, span, stamp, untilThen } from '../../../app/command/time.ts'

const now = new Date(2024, 4, 1, 12, 0, 0).getTime()
const minute = 60_000

test('spans', () => {
  const spans: [number, string][] = [
    [-5, '0s'],
    [0, '0s'],
    [999, '0s'],
    [59_999, '59s'],
    [minute, '1m'],
    [59 * minute, '59m'],
    [60 * minute, '1h'],
    [47 * 60 * minute, '47h'],
    [48 * 60 * minute, '2d'],
  ]
  for (const [length, text] of spans) assert.equal(span(length), text)
  assert.equal(untilThen(now, now), 'now')
  assert.equal(untilThen(now + 5 * minute, now), 'in 5m')
})

test('since', () => {
  assert.equal(parseSince('90s', now), now - 90_000)
  assert.equal(parseSince('2h', now), now - 120 * minute)
  assert.equal(parseSince('5d', now), now - 5 * 24 * 60 * minute)
  assert.equal(parseSince('2024-05-01', now), new Date(2024, 4, 1).getTime())
  assert.equal(parseSince('2024-05-01T09:30', now), new Date(2024, 4, 1, 9, 30).getTime())
  assert.equal(parseSince('2024-05-01 09:30:10', now), new Date(2024, 4, 1, 9, 30, 10).getTime())
  assert.equal(parseSince('2024-05-01T09:30:00Z', now), Date.UTC(2024, 4, 1, 9, 30))
  for (const wrong of [
    '',
    '2',
    'h',
    '2w',
    '-2h',
    '2.5h',
    'yesterday',
    '2024',
    '2024-13-01',
    '99999999999s',
    '1 May 2024',
  ]) {
    assert.equal(parseSince(wrong, now), undefined, wrong)
  }
})

test('stamps are in local time and of one width', () => {
  assert.equal(stamp(now), '2024-05-01 12:00:00')
  assert.equal(stamp(new Date(2024, 0, 2, 3, 4, 5).getTime()), '2024-01-02 03:04:05')
})
