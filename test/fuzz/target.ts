/** A target of random input: cases from a grammar of its own, each tried and judged, a failing one made small. */
import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { type Ending, inTurn } from '../support/ending.ts'

/** Tries one case; throws where something is wrong. */
export type Check<Case> = (given: Case) => Promise<void> | void

export interface Grammar<Case> {
  readonly name: string
  /** Values that JSON holds, so that each can stay as a fixture. */
  readonly cases: fc.Arbitrary<Case>
  /** Starts what the cases are tried on; it is gone at the end. */
  open(ending: Ending): Promise<Check<Case>> | Check<Case>
}

export interface Finding {
  readonly seed: number
  /** What was wrong, first line first. */
  readonly error: string
  /** The smallest that was found. */
  readonly case: unknown
}

export interface Run {
  /** Cases that were tried. */
  readonly count: number
  readonly finding?: Finding
}

export interface Target {
  readonly name: string
  /** Tries cases for so many milliseconds; the same seed gives the same cases, in the same order. */
  run(seed: number, budget: number): Promise<Run>
  /** Tries every fixture again; throws at the first that fails. Resolves to how many there are. */
  replay(): Promise<number>
}

/** Cases from one seed; the next ones are from the seed after it. */
const ROUND = 100
/** Milliseconds that making a finding small may take, beyond the budget. */
const SHRINKING = 10_000
const FIXTURES = join(import.meta.dirname, '../fixtures/fuzz')

export function targetOf<Case>(grammar: Grammar<Case>): Target {
  return {
    name: grammar.name,
    run: async (seed, budget) => {
      let done: Run = { count: 0 }
      await inTurn(async ending => {
        const check = watched(ending, await grammar.open(ending))
        done = await search(grammar.cases, check, seed, performance.now() + budget)
      })
      return done
    },
    replay: async () => {
      const fixtures = await readFixtures(grammar.name)
      await inTurn(async ending => {
        const check = watched(ending, await grammar.open(ending))
        for (const { file, given } of fixtures) {
          await check(given as Case).catch(error => {
            throw new Error(`${file}: ${error instanceof Error ? error.message : error}`, { cause: error })
          })
        }
      })
      return fixtures.length
    },
  }
}

async function search<Case>(
  cases: fc.Arbitrary<Case>,
  check: (given: Case) => Promise<void>,
  seed: number,
  end: number,
): Promise<Run> {
  let count = 0
  let hasFailed = false
  const property = fc.asyncProperty(cases, async given => {
    // Past its time a case counts as sound, which ends the search, and the shrinking too.
    if (performance.now() > (hasFailed ? end + SHRINKING : end)) return
    count++
    try {
      await check(given)
    } catch (error) {
      hasFailed = true
      throw error
    }
  })
  for (let round = 0; performance.now() < end; round++) {
    const interruptAfterTimeLimit = Math.ceil(end - performance.now()) + SHRINKING
    const result = await fc.check(property, { seed: seed + round, numRuns: ROUND, interruptAfterTimeLimit })
    if (!result.failed) continue
    const [smallest] = result.counterexample ?? []
    return { count, finding: { seed: seed + round, error: wordsOf(result.errorInstance), case: smallest } }
  }
  return { count }
}

/** What nobody caught anywhere in the process is the case's fault, too. */
function watched<Case>(ending: Ending, check: Check<Case>): (given: Case) => Promise<void> {
  const uncaught: unknown[] = []
  const note = (error: unknown) => void uncaught.push(error)
  process.on('uncaughtException', note).on('unhandledRejection', note)
  ending.after(() => void process.off('uncaughtException', note).off('unhandledRejection', note))
  return async given => {
    await check(given)
    const [error] = uncaught.splice(0)
    if (error !== undefined) throw new Error(`Nobody caught ${wordsOf(error)}`, { cause: error })
  }
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}

async function readFixtures(name: string): Promise<readonly { file: string; given: unknown }[]> {
  const folder = join(FIXTURES, name)
  const files = (await readdir(folder).catch(() => [])).filter(file => file.endsWith('.json')).sort()
  return Promise.all(
    files.map(async file => ({ file, given: JSON.parse(await readFile(join(folder, file), 'utf8')).case })),
  )
}

/** Keeps a finding, so that it is tried at each test run; returns the file. */
export async function keep(name: string, finding: Finding): Promise<string> {
  const folder = join(FIXTURES, name)
  await mkdir(folder, { recursive: true })
  const text = JSON.stringify(finding.case)
  const file = join(folder, `${createHash('sha256').update(text).digest('hex').slice(0, 12)}.json`)
  const error = finding.error.split('\n').slice(0, 1).join('\n').slice(0, 300)
  await writeFile(
    file,
    `${JSON.stringify({ error, seed: finding.seed, case: finding.case }, undefined, 2)}\n`,
  )
  return file
}
