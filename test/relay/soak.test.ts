/** A short soak: nothing is lost, spoilt or left open; `npm run soak` is the long one, which judges memory too. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { soak } from '../support/soak/soak.ts'
import { soundness, table } from '../support/soak/verdict.ts'

const SEED = Number(process.env['SEED'] ?? Math.floor(Math.random() * 1e9))
/** Milliseconds: too short to say anything of memory, which grows until the relay is warm. */
const DURATION = 15_000

test(`a short soak leaves nothing behind (SEED=${SEED})`, async t => {
  const plan = { duration: DURATION, seed: SEED, goodClients: 4, badClients: 3, pause: 700 }
  const findings = await soak(t, plan)
  const bounds = soundness(findings)
  for (const { words } of bounds) t.diagnostic(words)
  const missed = bounds.filter(({ met }) => !met).map(({ words }) => words)
  assert.deepEqual(missed, [], table(findings, DURATION))
  assert.equal((await findings.stage.relay.end()).code, 0)
})
