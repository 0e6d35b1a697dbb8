/** `npm run bench [-- --syncs]`: Postern beside Postfix, the same messages through both, in one run. */
import { spawnSync } from 'node:child_process'
import { chmodSync } from 'node:fs'
import { enclose, enclosedFolder, missing } from './bench/enclosure.ts'
import { type Measurement, measure } from './bench/measure.ts'
import type { Target } from './bench/place.ts'
import { type Plan, readPlan } from './bench/plan.ts'
import { bounds, layOut, type Series, table } from './bench/report.ts'
import { Running } from './bench/running.ts'
import { countSyncs } from './bench/syncs.ts'
import { findTargets } from './bench/target.ts'

const warmUp = { messages: 200, sessions: 10 }

function say(text: string): void {
  process.stdout.write(`${text}\n`)
}

async function main(): Promise<number> {
  const plan = readPlan(process.env)
  const targets = findTargets(plan.targets)
  const folder = enclosedFolder()
  if (folder !== undefined) {
    chmodSync(folder, 0o755)
    return process.argv.includes('--syncs') ? syncs(plan, targets, folder) : compare(plan, targets, folder)
  }
  const sentence = missing(['smtp-source', 'smtp-sink', 'postconf', 'ip', 'unshare', 'strace'])
  if (sentence !== undefined) throw new Error(sentence)
  const measurements = (plan.sessions.length + 1) * targets.length * plan.runs
  return enclose(measurements * (plan.limit + 10_000) + 60_000)
}

async function compare(plan: Plan, targets: readonly Target[], folder: string): Promise<number> {
  for (const target of targets) say(await target.version())
  const found = new Map<string, Measurement[]>()
  // Run by run, so that what else the machine does hits all alike.
  for (let run = 1; run <= plan.runs; run++) {
    for (const target of targets) await measureAll(plan, target, folder, run, found)
  }
  const series = plan.sessions.flatMap(sessions =>
    targets.map(
      ({ name }): Series => ({
        target: name,
        sessions,
        runs: found.get(`${name} ${sessions}`) ?? [],
      }),
    ),
  )
  const messages = `${plan.messages} messages of ${plan.size} bytes, median of ${plan.runs}`
  say(`\n${messages}:\n\n${table(series)}\n`)
  const wanted = bounds(series)
  for (const { words, met } of wanted) say(`${met ? 'met    ' : 'NOT MET'}  ${words}`)
  return wanted.every(({ met }) => met) ? 0 : 1
}

async function measureAll(
  plan: Plan,
  target: Target,
  folder: string,
  run: number,
  found: Map<string, Measurement[]>,
): Promise<void> {
  const ticks = Number(spawnSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }).stdout)
  const running = await Running.start(target, folder)
  try {
    await measure(running, { ...plan, ...warmUp }, ticks)
    for (const sessions of plan.sessions) {
      const one = await measure(running, { ...plan, sessions }, ticks)
      const key = `${target.name} ${sessions}`
      found.set(key, [...(found.get(key) ?? []), one])
      say(
        `run ${run}  ${key} sessions: ${one.rate.toFixed(0)} msg/s, ${one.cpu.toFixed(2)} ms CPU for a message`,
      )
    }
  } finally {
    await running.stop()
  }
}

async function syncs(plan: Plan, targets: readonly Target[], folder: string): Promise<number> {
  const head = ['syncs for a message, by sessions:', '', ...plan.sessions.map(String)]
  const rows = [head]
  for (const target of targets) {
    const counts = await countSyncs(target, plan, folder)
    rows.push([target.name, '', ...counts.map(count => count.toFixed(2))])
  }
  say(layOut(rows))
  return 0
}

try {
  process.exit(await main())
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exit(1)
}
