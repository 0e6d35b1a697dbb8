/** `npm run fuzz [-- TARGET…] [-- --minutes N] [-- --seed S]`: random input for as long; a finding stays as a fixture. */
import { randomInt } from 'node:crypto'
import { parseArgs } from 'node:util'
import { keep, type Target } from '../test/fuzz/target.ts'
import { targets } from '../test/fuzz/targets.ts'

const MINUTES = 10

interface Plan {
  readonly chosen: readonly Target[]
  readonly seed: number
  /** Milliseconds for each target. */
  readonly budget: number
}

/** Throws a sentence about what can't be done. */
function readPlan(args: readonly string[]): Plan {
  const options = { minutes: { type: 'string' }, seed: { type: 'string' } } as const
  const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true })
  const unknown = positionals.find(name => !targets.some(target => target.name === name))
  if (unknown !== undefined) {
    const names = targets.map(({ name }) => name).join(', ')
    throw new Error(`"${unknown}" is none of the targets ${names}.`)
  }
  const minutes = Number(values.minutes ?? MINUTES)
  if (!(minutes > 0)) throw new Error('--minutes must be a number above 0.')
  const seed = Number(values.seed ?? randomInt(2 ** 31))
  if (!Number.isSafeInteger(seed) || seed < 0) throw new Error('--seed must be a whole number.')
  const chosen = targets.filter(({ name }) => positionals.length === 0 || positionals.includes(name))
  return { chosen, seed, budget: (minutes * 60_000) / chosen.length }
}

function say(text: string): void {
  process.stdout.write(`${text}\n`)
}

async function main(): Promise<number> {
  const { chosen, seed, budget } = readPlan(process.argv.slice(2))
  say(`Seed ${seed}; again with: npm run fuzz -- --seed ${seed}`)
  let found = 0
  for (const target of chosen) {
    const { count, finding } = await target.run(seed, budget)
    say(`${finding ? '✗' : '✓'} ${target.name}: ${count} cases`)
    if (!finding) continue
    found++
    say(`${finding.error}\n${JSON.stringify(finding.case)}`)
    say(`Seed ${finding.seed} found it. It stays as ${await keep(target.name, finding)}.`)
  }
  return found === 0 ? 0 : 1
}

try {
  process.exit(await main())
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exit(2)
}
