/** `npm test [step or file …]`: proves everything, step by step, with one summary at the end. */
import { killChildren } from './test/child.ts'
import { failed, type Outcome, type Step } from './test/step.ts'
import { chooseSteps } from './test/steps.ts'

interface Done {
  readonly step: Step
  readonly outcome: Outcome
  readonly seconds: number
}

async function run(step: Step): Promise<Done> {
  process.stdout.write(`${step.name} … `)
  const start = performance.now()
  const outcome = await outcomeOf(step)
  const done = { step, outcome, seconds: (performance.now() - start) / 1000 }
  process.stdout.write(`${words(done)}\n`)
  if (!outcome.ok) process.stdout.write(`\n${outcome.output.trimEnd()}\n\n`)
  return done
}

/** A step that throws has failed; the next one still runs. */
async function outcomeOf(step: Step): Promise<Outcome> {
  try {
    return await step.run()
  } catch (error) {
    return failed('error', error instanceof Error ? (error.stack ?? error.message) : String(error))
  }
}

function words({ outcome, seconds }: Done): string {
  const facts = [outcome.ok ? 'passed' : 'FAILED', outcome.note, `${seconds.toFixed(1)} s`]
  return facts.filter(fact => fact !== '').join(', ')
}

function summary(all: readonly Done[]): string {
  const width = Math.max(...all.map(({ step }) => step.name.length))
  const lines = all.map(
    done => `${done.outcome.ok ? '✓' : '✗'} ${done.step.name.padEnd(width)}  ${words(done)}`,
  )
  const bad = all.filter(done => !done.outcome.ok).map(done => done.step.name)
  const verdict = bad.length === 0 ? 'All steps passed.' : `FAILED: ${bad.join(', ')}.`
  return ['', 'Summary', ...lines, verdict, ...all.flatMap(failures), ''].join('\n')
}

/** What failed, a line each and once more: the end of a long run is what is read first. */
function failures({ outcome }: Done): readonly string[] {
  return outcome.output.split('\n').filter(line => line.startsWith('✗ '))
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    killChildren()
    process.exit(1)
  })
}

try {
  const all: Done[] = []
  for (const step of chooseSteps(process.argv.slice(2))) all.push(await run(step))
  process.stdout.write(summary(all))
  process.exitCode = all.every(done => done.outcome.ok) ? 0 : 1
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 2
}
