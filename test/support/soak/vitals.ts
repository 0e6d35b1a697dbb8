/** What a relay's process holds: memory, descriptors and what keeps its loop alive, from Linux's /proc and from itself. */
import { readdir, readFile, readlink } from 'node:fs/promises'
import { join } from 'node:path'
import type { Process } from '../process.ts'

/** Goes into the process by `--import`, so that it can be asked. */
export const hook = join(import.meta.dirname, 'vitals.mjs')

/** So many of each kind. */
export type Counts = Readonly<Record<string, number>>

/** What is left after a collection of garbage. */
export interface Kept {
  /** Bytes of the heap and of what it holds outside itself. */
  readonly used: number
  /** What keeps the process's loop alive. */
  readonly resources: Counts
}

export class Vitals {
  readonly #relay: Process
  #asked = 0

  constructor(relay: Process) {
    this.#relay = relay
  }

  /** Bytes in memory. */
  async resident(): Promise<number> {
    const text = await readFile(`/proc/${this.#relay.pid}/status`, 'utf8')
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(text)?.[1]) * 1024
  }

  async kept(): Promise<Kept> {
    this.#relay.signal('SIGUSR2')
    const [, json = ''] = await this.#relay.waitFor(new RegExp(`^vitals ${++this.#asked} (.*)$`, 'm'))
    return JSON.parse(json)
  }

  /** By what they lead to; files by their names without numbers. */
  async descriptors(): Promise<Counts> {
    const folder = `/proc/${this.#relay.pid}/fd`
    const counts: Record<string, number> = {}
    for (const name of await readdir(folder)) {
      // Closed since the folder was read.
      const target = await readlink(join(folder, name)).catch(() => undefined)
      if (target !== undefined) count(counts, kindOf(target))
    }
    return counts
  }
}

function count(counts: Record<string, number>, kind: string): void {
  counts[kind] = (counts[kind] ?? 0) + 1
}

function kindOf(target: string): string {
  return target.replace(/:\[\d+\]$/, '').replace(/\d+/g, '#')
}

/** Where two counts differ, as `socket: 9 instead of 4`. */
export function differences(before: Counts, after: Counts): readonly string[] {
  const kinds = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort()
  return kinds
    .filter(kind => (before[kind] ?? 0) !== (after[kind] ?? 0))
    .map(kind => `${kind}: ${after[kind] ?? 0} instead of ${before[kind] ?? 0}`)
}
