/** The end of a test or of a suite, at which whatever it started is stopped, the newest first. */
import { after } from 'node:test'

type End = () => Promise<void> | void

/** A TestContext is one; `endOfSuite` makes one for a `describe`. */
export interface Ending {
  after(end: End): void
}

const stacks = new WeakMap<Ending, End[]>()

/** Runs `end` when the test has ended, before what was registered earlier: node:test would do that after it. */
export function atEnd(test: Ending, end: End): void {
  const stack = stacks.get(test)
  if (stack) {
    stack.push(end)
    return
  }
  const ends = [end]
  stacks.set(test, ends)
  test.after(() => runAll(ends))
}

/** Call it in the body of a `describe`, so that its `before` hook can start what its tests share. */
export function endOfSuite(): Ending {
  const ends: End[] = []
  after(() => runAll(ends))
  return { after: end => void ends.push(end) }
}

/** Gives `run` an ending of its own, over when it is done: what it starts is gone before the next begins. */
export async function inTurn(run: (ending: Ending) => Promise<void>): Promise<void> {
  const ends: End[] = []
  try {
    await run({ after: end => void ends.push(end) })
  } finally {
    await runAll(ends)
  }
}

/** All of them, also when one fails; then throws the first failure. */
async function runAll(ends: End[]): Promise<void> {
  const failures: unknown[] = []
  for (let end = ends.pop(); end; end = ends.pop()) {
    try {
      await end()
    } catch (error) {
      failures.push(error)
    }
  }
  if (failures.length > 0) throw failures[0]
}
