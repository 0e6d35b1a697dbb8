/** Random input: every finding of earlier runs again, and a few seconds of new cases for each target. */
import assert from 'node:assert/strict'
import { randomInt } from 'node:crypto'
import { readdirSync } from 'node:fs'
import { test } from 'node:test'
import fc from 'fast-check'
import { targetOf } from '../fuzz/target.ts'
import { targets } from '../fuzz/targets.ts'

/** Milliseconds for each target; `npm run fuzz` goes on for longer. */
const budget = 3000

for (const target of targets) {
  test(`${target.name}: what was found before stays mended`, async t => {
    t.diagnostic(`${await target.replay()} findings`)
  })

  test(`${target.name}: random cases`, async t => {
    const seed = Number(process.env['SEED'] ?? randomInt(2 ** 31))
    t.diagnostic(`SEED=${seed}`)
    const { count, finding } = await target.run(seed, budget)
    t.diagnostic(`${count} cases`)
    assert.equal(finding, undefined, JSON.stringify(finding, undefined, 2))
    assert.ok(count > 0, 'no case was tried')
  })
}

test('every folder of findings belongs to a target', () => {
  const folders = readdirSync('test/fixtures/fuzz')
  const names = targets.map(({ name }) => name)
  assert.deepEqual(
    folders.filter(folder => !names.includes(folder)),
    [],
  )
})

test('a fault is found, made small, and found again by its seed', async () => {
  const faulty = targetOf<readonly number[]>({
    name: 'faulty',
    cases: fc.array(fc.nat({ max: 100 })),
    open: () => numbers => assert.ok(!numbers.some(one => one > 50), 'over 50'),
  })
  const { finding } = await faulty.run(1, 5000)
  assert.deepEqual(finding?.case, [51])
  assert.match(finding?.error ?? '', /over 50/)
  assert.deepEqual((await faulty.run(finding?.seed ?? 0, 5000)).finding?.case, [51])
})
