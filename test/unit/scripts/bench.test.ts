/** The benchmark's arithmetic: medians, ratios and bounds. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readPlan } from '../../../scripts/bench/plan.ts'
import { bounds, type Series, table } from '../../../scripts/bench/report.ts'
import { findTargets } from '../../../scripts/bench/target.ts'

function series(target: string, sessions: number, rates: readonly number[], cpu: number): Series {
  return { target, sessions, runs: rates.map(rate => ({ rate, cpu, memory: 2 ** 20 })) }
}

test('the plan is read from the environment, nonsense is refused', () => {
  assert.deepEqual(readPlan({ N: '10', SESSIONS: '1, 7', TARGETS: 'postfix', LIMIT: '5' }), {
    messages: 10,
    size: 10240,
    sessions: [1, 7],
    runs: 3,
    limit: 5000,
    targets: ['postfix'],
  })
  assert.throws(() => readPlan({ RUNS: '0' }), /RUNS must be a whole number above 0, not "0"/)
  assert.throws(
    () => findTargets(['sendmail']),
    /There is no target "sendmail"; there are postfix, postern, libraries/,
  )
})

test('the median counts, of odd and even numbers of runs', () => {
  const text = table([series('postfix', 10, [100, 900, 200], 2), series('postern', 10, [300, 500], 1)])
  assert.match(text, /10 {2}postfix +200 +1\.00 +2\.00 +1\.00 +1 +100-900/)
  assert.match(text, /10 {2}postern +400 +2\.00 +1\.00 +0\.50 +1 +300-500/)
})

test('bounds are met at the bound, and not below', () => {
  const postfix = [1, 10, 50].map(sessions => series('postfix', sessions, [100], 1))
  const at = [
    series('postern', 1, [85], 0.4),
    series('postern', 10, [150], 0.4),
    series('postern', 50, [200], 0.4),
  ]
  assert.deepEqual(
    bounds([...postfix, ...at]).map(({ met }) => met),
    [true, true, true, true, true, true],
  )
  const below = [series('postern', 1, [84.9], 0.41), series('postern', 50, [199], 0.3)]
  assert.deepEqual(
    bounds([...postfix, ...below]).map(({ met }) => met),
    [false, false, false, true],
  )
})

test('nothing is judged without Postfix beside it', () => {
  assert.deepEqual(bounds([series('postern', 1, [1], 1)]), [])
  assert.match(table([series('postern', 1, [1], 1)]), /postern +1 +- /)
})

test('a bound that the libraries alone break is out of reach, and still not met', () => {
  const alone = [series('postfix', 1, [100], 1), series('libraries', 1, [110], 0.59)]
  const words = bounds([...alone, series('postern', 1, [90], 0.8)]).map(({ words, met }) => `${met} ${words}`)
  assert.deepEqual(words, [
    'true messages per second at 1 session: 0.90 of 0.85',
    'false CPU per message at 1 session: 0.80 of 0.4, out of reach: the libraries alone take 0.59',
  ])
})
