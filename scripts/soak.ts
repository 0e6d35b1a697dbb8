/** `npm run soak [-- --minutes N] [-- --seed S]`: a relay under all that can come to it, and whether anything is left behind. */
import { parseArgs } from 'node:util'
import { type Plan, soak } from '../test/support/soak/soak.ts'
import { type Bound, flatness, soundness, table } from '../test/support/soak/verdict.ts'

function say(text: string): void {
  process.stdout.write(`${text}\n`)
}

function readPlan(): Plan {
  const options = { minutes: { type: 'string', default: '5' }, seed: { type: 'string' } } as const
  const { minutes, seed } = parseArgs({ options }).values
  const duration = Number(minutes) * 60_000
  if (!(duration > 0)) throw new Error(`--minutes must be a number above 0, not "${minutes}".`)
  const chosen = Number(seed ?? Math.floor(Math.random() * 1e9))
  if (!Number.isSafeInteger(chosen)) throw new Error(`--seed must be a whole number, not "${seed}".`)
  return { duration, seed: chosen, goodClients: 5, badClients: 4, pause: 2000 }
}

async function main(plan: Plan, ends: (() => Promise<void> | void)[]): Promise<number> {
  say(`${plan.duration / 60_000} minutes with seed ${plan.seed}`)
  const findings = await soak({ after: end => void ends.unshift(end) }, plan)
  say(`\n${table(findings, plan.duration)}\n`)
  const bounds: readonly Bound[] = [
    flatness('memory of the process', findings.resident, plan.duration),
    ...soundness(findings),
  ]
  for (const { words, met } of bounds) say(`${met ? 'met    ' : 'NOT met'}  ${words}`)
  return bounds.every(({ met }) => met) ? 0 : 1
}

const ends: (() => Promise<void> | void)[] = []

async function endAll(): Promise<void> {
  for (const end of ends.splice(0)) await end()
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.on(signal, () => void endAll().finally(() => process.exit(1)))

try {
  process.exitCode = await main(readPlan(), ends)
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
} finally {
  await endAll()
}
process.exit()
