/** The steps of `npm test`, in their order, and which of them a command line asks for. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { findElectron } from '../electron.ts'
import { runChild } from './child.ts'
import { debian } from './debian.ts'
import { failed, type Outcome, passed, type Step } from './step.ts'
import { runSuite, testFiles } from './suite.ts'
import { supply } from './supply.ts'

export const steps: readonly Step[] = [
  { name: 'debian', needs: [], run: debian },
  { name: 'build', needs: [], run: () => tool('tsx/dist/cli.mjs', 'scripts/build.ts') },
  {
    name: 'format+lint',
    needs: [],
    run: () => tool('@biomejs/biome/bin/biome', 'check', '--error-on-warnings', '.'),
  },
  { name: 'types', needs: [], run: () => tool('typescript/bin/tsc', '--noEmit') },
  { name: 'supply', needs: [], run: supply },
  suite('unit', ['debian']),
  suite('dialogue', ['debian', 'build']),
  suite('relay', ['debian', 'build']),
  suite('renderer', ['debian', 'build']),
  { name: 'electron', needs: ['debian'], run: electron },
  suite('window', ['debian', 'build', 'electron']),
  suite('package', ['debian', 'build', 'electron']),
]

/** Fetched before the tests that start it, for it may take minutes. */
async function electron(): Promise<Outcome> {
  const said: string[] = []
  await findElectron(line => said.push(line))
  return passed(said.length === 0 ? 'official' : 'a stand-in, for development and tests only')
}

function suite(name: string, needs: readonly string[]): Step {
  return { name, needs, run: () => runSuite(testFiles(join('test', name))) }
}

/** Runs a script of a package in node_modules. */
async function tool(script: string, ...args: string[]): Promise<Outcome> {
  const command = [process.execPath, join('node_modules', script), ...args]
  const ended = await runChild(command, { timeout: 180_000 })
  if (ended.code === 0 && ended.problems.length === 0) return passed('')
  return failed(`exit ${ended.code}`, [ended.output, ...ended.problems].join('\n'))
}

/**
 * Every step where nothing is asked for; else the named ones with what they need, and files as one more step.
 * Throws for a word that is neither a step nor a file.
 */
export function chooseSteps(words: readonly string[]): readonly Step[] {
  if (words.length === 0) return steps
  const files = words.filter(word => word.endsWith('.test.ts') && existsSync(word))
  const unknown = words.find(word => !files.includes(word) && !steps.some(step => step.name === word))
  if (unknown !== undefined) {
    const names = steps.map(step => step.name).join(', ')
    throw new Error(`"${unknown}" is neither a test file nor one of the steps ${names}.`)
  }
  const asked = steps.filter(step => words.includes(step.name))
  const inFolder = steps.filter(step => files.some(file => file.startsWith(join('test', step.name))))
  const needed = new Set([...asked, ...inFolder].flatMap(step => step.needs))
  const chosen = steps.filter(step => needed.has(step.name) || asked.includes(step))
  if (files.length === 0) return chosen
  return [...chosen, { name: 'files', needs: [], run: () => runSuite(files) }]
}
