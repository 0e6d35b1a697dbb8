/** How long the main thread is at work between two looks at its loop, in its own time: what else the machine does isn't in it. */
import { readFileSync } from 'node:fs'
import { atEnd, type Ending } from './ending.ts'

/** Milliseconds between looks. */
const every = 5

/** Watches from now on; the answer ends it, with the milliseconds on a processor from each look to the next, the longest first. */
export function watchTurns(test: Ending): () => readonly number[] {
  const turns: number[] = []
  let before = timeOnProcessor()
  const look = () => {
    const now = timeOnProcessor()
    turns.push(now - before)
    before = now
  }
  const timer = setInterval(look, every)
  atEnd(test, () => clearInterval(timer))
  return () => {
    clearInterval(timer)
    look()
    return turns.sort((a, b) => b - a)
  }
}

/** The first number of Linux's schedstat, which is the main thread's: nanoseconds. */
function timeOnProcessor(): number {
  return Number(/^\d+/.exec(readFileSync('/proc/self/schedstat', 'latin1'))?.[0]) / 1e6
}
