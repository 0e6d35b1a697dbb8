/** Dates, times and amounts in the window's words. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { clockTime, dateWords, exactTime, hourAndMinute, weekday } from '../../../renderer/words/dates.ts'
import { amountWords, count, dayWords, relativeTime, sinceWords } from '../../../renderer/words/plain.ts'

const day = 24 * 3_600_000
const at = (...parts: [number, number, number, number?, number?, number?]) => new Date(...parts).getTime()

test('a date and a time are written out, each digit where it stands', () => {
  const time = at(2027, 2, 8, 4, 5, 9)
  assert.equal(dateWords(time), '8 March 2027')
  assert.equal(hourAndMinute(time), '04:05')
  assert.equal(clockTime(time), '04:05:09')
  assert.equal(weekday(time), 'Monday')
  assert.equal(exactTime(time), 'Monday 8 March 2027, 04:05:09')
})

test('every day of a year is called as English calls it', () => {
  const format = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long', year: 'numeric' })
  const named = new Intl.DateTimeFormat('en-GB', { weekday: 'long' })
  for (let date = 1; date <= 366; date++) {
    const time = at(2028, 0, date, 23, 59, 59)
    assert.equal(dateWords(time), format.format(time))
    assert.equal(weekday(time), named.format(time))
  }
})

test('a whole number is parted in threes', () => {
  for (const amount of [0, 7, 999, 1000, 12_345, 100_000, 1_234_567])
    assert.equal(amountWords(amount), amount.toLocaleString('en'))
  assert.equal(count(1000, 'row'), '1,000\u00a0rows')
})

test('times far away are told by their date', () => {
  const now = at(2027, 2, 20, 12)
  assert.equal(relativeTime(at(2027, 2, 8), now), '8 March 2027')
  assert.equal(relativeTime(now - 5 * 60_000, now), '5\u00a0minutes ago')
  assert.equal(sinceWords(at(2027, 2, 20, 9, 5), now), 'since 09:05')
  assert.equal(sinceWords(now - 2 * day, now), 'since Thursday')
  assert.equal(sinceWords(at(2027, 2, 8), now), 'since 8 March 2027')
  assert.equal(dayWords(at(2027, 2, 8), now), 'Monday 8 March')
  assert.equal(dayWords(now - day, now), 'Yesterday')
})
