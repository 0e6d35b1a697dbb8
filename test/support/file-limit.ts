/** A full disk, as far as this process can tell: the system lets no file grow beyond a size. */
import { execFileSync } from 'node:child_process'
import { atEnd, type Ending } from './ending.ts'

/** Bytes; undefined: no limit. Lifted when the test ends. */
export function limitFiles(test: Ending, bytes: number | undefined): void {
  set(bytes)
  atEnd(test, () => set(undefined))
}

function set(bytes: number | undefined): void {
  // The soft limit only, so that it can be lifted again.
  execFileSync('prlimit', ['--pid', `${process.pid}`, `--fsize=${bytes ?? 'unlimited'}:`])
}
