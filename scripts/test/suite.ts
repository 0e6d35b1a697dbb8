/** A step that runs test files with node:test and counts what they did. */
import { existsSync, readdirSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { type Ended, runChild } from './child.ts'
import { failed, type Outcome, passed } from './step.ts'

/** Milliseconds for one file, and for any one test in it. */
const fileTimeout = 240_000
const suiteTimeout = 1_500_000

interface Fact {
  readonly type: string
  readonly file?: string
  readonly name?: string
  readonly kind?: string
  readonly skip?: string | boolean
  readonly todo?: string | boolean
  readonly message?: string
  readonly error?: { readonly type: string; readonly text: string }
}

/** All test files under a folder, in order; none where there is no folder. */
export function testFiles(folder: string): string[] {
  if (!existsSync(folder)) return []
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  return names
    .filter(name => /\.test\.tsx?$/.test(name))
    .map(name => join(folder, name))
    .sort()
}

export async function runSuite(files: readonly string[]): Promise<Outcome> {
  if (files.length === 0) return failed('no tests', 'There is no test file here.')
  const command = [
    process.execPath,
    '--import=tsx',
    '--test',
    `--test-concurrency=${Math.max(2, availableParallelism())}`,
    `--test-timeout=${fileTimeout}`,
    '--test-reporter=./scripts/test/reporter.mjs',
    ...files,
  ]
  // A test run started from inside a test would otherwise report to the outer one only.
  const { NODE_TEST_CONTEXT: _outer, ...env } = process.env
  return judge(await runChild(command, { timeout: suiteTimeout, env }))
}

/** What the reporter's JSON lines and the exit say together. */
function judge(ended: Ended): Outcome {
  const { facts, rest } = readFacts(ended.stdout)
  const tests = facts.filter(fact => isResult(fact) && fact.kind !== 'suite' && fact.name !== fact.file)
  const bad = failures(facts)
  const undone = tests.filter(fact => fact.skip || fact.todo)
  const notes = [`${tests.length} tests`]
  if (bad.length > 0) notes.push(`${bad.length} failed`)
  if (undone.length > 0) notes.push(`${undone.length} skipped or todo`)
  const problems = [
    ...bad.map(fact => describe(fact, facts)),
    ...undone.map(fact => `✗ ${fact.file}: ${fact.name}\n  is skipped or todo, and so proves nothing.`),
    ...ended.problems,
  ]
  if (tests.length === 0) problems.push('No test ran.')
  if (ended.code !== 0 && problems.length === 0) problems.push(`node --test ended with ${ended.code}.`)
  if (problems.length === 0) return passed(notes.join(', '))
  return failed(notes.join(', '), [...problems, ...(facts.length === 0 ? [ended.output] : rest)].join('\n\n'))
}

function readFacts(stdout: string): { facts: Fact[]; rest: string[] } {
  const facts: Fact[] = []
  const rest: string[] = []
  for (const text of stdout.split('\n')) {
    try {
      if (text !== '') facts.push(JSON.parse(text))
    } catch {
      rest.push(text)
    }
  }
  return { facts, rest }
}

function isResult(fact: Fact): boolean {
  return fact.type === 'test:pass' || fact.type === 'test:fail'
}

/** The failed tests themselves, not the suites around them; then files that failed or held no test. */
function failures(facts: readonly Fact[]): Fact[] {
  const bad = facts.filter(fact => fact.type === 'test:fail' && fact.error?.type !== 'subtestsFailed')
  const named = new Set(bad.map(fact => fact.file))
  const files = facts.filter(fact => fact.type === 'test:complete' && fact.name === fact.file)
  const broken = files.filter(fact => fact.error && !named.has(fact.file))
  const empty = facts.filter(fact => fact.type === 'test:pass' && fact.name === fact.file)
  return [
    ...bad,
    ...broken,
    ...empty.map(fact => ({ ...fact, error: { type: 'empty', text: 'The file holds no test.' } })),
  ]
}

function describe(fact: Fact, facts: readonly Fact[]): string {
  const said = facts
    .filter(other => other.file === fact.file && /^test:std(out|err)$/.test(other.type))
    .map(other => other.message ?? '')
    .join('')
  const title = fact.name === fact.file ? `✗ ${fact.file}` : `✗ ${fact.file}: ${fact.name}`
  const text = [fact.error?.text ?? 'failed', ...(said === '' ? [] : ['', 'The file printed:', said])]
  return [title, ...text.join('\n').split('\n')].join('\n  ')
}
