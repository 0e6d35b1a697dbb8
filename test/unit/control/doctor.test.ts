/** What the doctor makes of numbers that no test can bring a machine to. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { withinTime } from '../../../app/control/checks.ts'
import { diskCheck } from '../../../app/control/doctor.ts'

const GIGABYTE = 1024 ** 3

test('free disk space, in words', () => {
  assert.deepEqual(diskCheck(83_297_548_000, GIGABYTE), {
    name: 'disk space',
    state: 'ok',
    text: '83.3 GB are free where the mail is kept.',
  })
  assert.deepEqual(diskCheck(700 * 1024 ** 2, GIGABYTE).state, 'warning')
  assert.equal(
    diskCheck(10_000_000, GIGABYTE).text,
    'Only 10 MB are free where the mail is kept: free some, or no mail can be taken soon.',
  )
  assert.equal(diskCheck(0, 0).state, 'failed')
})

test('work that takes too long is told to end', async () => {
  let ended = false
  const endless = (signal: AbortSignal) =>
    new Promise<void>(() => {
      signal.addEventListener('abort', () => {
        ended = true
      })
    })
  await assert.rejects(withinTime(10, endless), /no answer within 0\.01 seconds/)
  assert.equal(ended, true)
  assert.equal(await withinTime(1000, async () => 5), 5)
})
