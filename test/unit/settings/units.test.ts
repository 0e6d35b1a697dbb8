/** Durations and sizes: read, written, and the same again. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  formatDuration,
  formatSize,
  parseDuration,
  parseSize,
  roundSize,
} from '../../../app/settings/units.ts'

test('durations as the contract writes them', () => {
  const known = { '90s': 90_000, '15m': 900_000, '4h': 14_400_000, '5d': 432_000_000, '250ms': 250, '0s': 0 }
  for (const [text, milliseconds] of Object.entries(known)) assert.equal(parseDuration(text), milliseconds)
})

test('what is no duration', () => {
  for (const text of [
    '',
    '5',
    's',
    '-1s',
    '1.5h',
    '1h30m',
    ' 1s',
    '1s ',
    '1 s',
    '4H',
    '1w',
    '٣s',
    '1e3s',
    `${'9'.repeat(15)}d`,
  ])
    assert.equal(parseDuration(text), undefined, text)
})

test('sizes as the contract writes them; 1 MB is 1,048,576 bytes', () => {
  assert.equal(parseSize(25_000_000), 25_000_000)
  const known = {
    '25MB': 26_214_400,
    '512KB': 524_288,
    '1GB': 1_073_741_824,
    '10MiB': 10_485_760,
    '7': 7,
    '7B': 7,
    '2 mb': 2_097_152,
  }
  for (const [text, bytes] of Object.entries(known)) assert.equal(parseSize(text), bytes, text)
})

test('what is no size', () => {
  for (const size of [
    '',
    'MB',
    '-1MB',
    '1.5MB',
    '1TB',
    '25MBs',
    '0x10',
    Number.NaN,
    1.5,
    -1,
    Number.POSITIVE_INFINITY,
    2 ** 60,
  ])
    assert.equal(parseSize(size), undefined, String(size))
})

test('the shortest exact form', () => {
  assert.deepEqual([0, 90_000, 60_000, 5_400_000, 86_400_000, 1001].map(formatDuration), [
    '0s',
    '90s',
    '1m',
    '90m',
    '1d',
    '1001ms',
  ])
  assert.deepEqual([0, 26_214_400, 1000, 1024, 2 ** 30].map(formatSize), [
    '0B',
    '25MB',
    '1000B',
    '1KB',
    '1GB',
  ])
})

test('what is written is read as the same', () => {
  fc.assert(
    fc.property(fc.nat({ max: 10 ** 14 }), amount => {
      assert.equal(parseDuration(formatDuration(amount)), amount)
      assert.equal(parseSize(formatSize(amount)), amount)
    }),
  )
})

test('sizes', () => {
  const sizes: [number, string][] = [
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1 KB'],
    [12_345, '12.3 KB'],
    [99_960, '100 KB'],
    [999_499, '999 KB'],
    [999_500, '1 MB'],
    [25_000_000, '25 MB'],
    [5e12, '5000 GB'],
  ]
  for (const [bytes, text] of sizes) assert.equal(roundSize(bytes), text)
})
