/** `npm run bench:app [-- --freeze]`: Postern's window beside a bare Electron's, the same program and flags, in one run. */
import { spawnSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { availableParallelism, loadavg } from 'node:os'
import { join } from 'node:path'
import { startDisplay } from '../test/support/display.ts'
import type { Ending } from '../test/support/ending.ts'
import { startBounds, startTable } from './bench/app/figures.ts'
import { measureStart, type Stage, type Start } from './bench/app/start.ts'
import { bareApp, posternApp } from './bench/app/subject.ts'
import { enclose, enclosedFolder, missing } from './bench/enclosure.ts'
import type { Bound } from './bench/report.ts'
import { findElectron } from './electron.ts'

const runs = Number(process.env['RUNS'] ?? 7)
const settle = 2000

function say(text: string): void {
  process.stdout.write(`${text}\n`)
}

/** What may not freeze, held to the bounds of a machine with nothing else to do. */
function measureFreezes(): number {
  const words = ['--import=tsx', '--test', '--test-reporter=spec', 'test/window/freeze.test.ts']
  const env = { ...process.env, POSTERN_FIGURES: 'strict' }
  return spawnSync(process.execPath, words, { stdio: 'inherit', env, timeout: 300_000 }).status ?? 1
}

async function main(): Promise<number> {
  if (process.argv.includes('--freeze')) return measureFreezes()
  const folder = enclosedFolder()
  if (folder === undefined) {
    const sentence = missing(['Xvfb', 'ip', 'unshare'])
    if (sentence !== undefined) throw new Error(sentence)
    await findElectron(say)
    return enclose(runs * 60_000 + 120_000)
  }
  const ends: (() => Promise<void> | void)[] = []
  const end: Ending = { after: one => void ends.unshift(one) }
  try {
    const display = await startDisplay(end)
    const stage = { electron: await findElectron(() => {}), display, folder, settle }
    return verdict(await compare(end, stage))
  } finally {
    for (const one of ends) await one()
  }
}

async function compare(end: Ending, stage: Stage): Promise<readonly Bound[]> {
  mkdirSync(join(stage.folder, 'config'))
  const subjects = [bareApp(stage.folder), await posternApp(stage.folder)]
  const found: Record<'postern' | 'bare', Start[]> = { postern: [], bare: [] }
  // The first start of each makes its profile, certificate and caches: it doesn't count.
  for (let run = 0; run <= runs; run++) {
    for (const subject of subjects) {
      const start = await measureStart(end, subject, run === 0 ? { ...stage, settle: 4000 } : stage)
      if (run > 0) found[subject.name].push(start)
      say(`run ${run}  ${subject.name}: ${line(start)}`)
    }
  }
  say(
    `\nThe machine's load was ${loadavg()[0]?.toFixed(1)} on ${availableParallelism()} cores: above 1 all takes longer.`,
  )
  say(`\nMedians of ${runs} starts:\n\n${startTable(found)}\n`)
  return startBounds(found)
}

function line({ ready, greeted, open, closed, marks }: Start): string {
  const said = Object.entries(marks).map(([name, time]) => `${name} ${time.toFixed(0)}`)
  const memory = [open, closed].map(bytes => (bytes / 2 ** 20).toFixed(0)).join(' and ')
  return `ready ${ready.toFixed(0)} ms, greeted ${greeted?.toFixed(0) ?? '-'}, ${memory} MB (${said.join(', ')})`
}

function verdict(bounds: readonly Bound[]): number {
  for (const { words, met } of bounds) say(`${met ? 'met    ' : 'NOT MET'}  ${words}`)
  return bounds.every(({ met }) => met) ? 0 : 1
}

try {
  process.exit(await main())
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exit(1)
}
