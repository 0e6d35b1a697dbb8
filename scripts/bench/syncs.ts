/** Counts how often a target makes the disk keep what it wrote, by strace. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { measure } from './measure.ts'
import type { Target } from './place.ts'
import type { Plan } from './plan.ts'
import { Running } from './running.ts'

/** Calls for each message, for each of the plan's numbers of sessions. */
export async function countSyncs(target: Target, plan: Plan, folder: string): Promise<number[]> {
  const file = join(folder, `${target.name}.strace`)
  const calls = 'trace=fsync,fdatasync,sync_file_range,msync,sync,syncfs'
  const running = await Running.start(target, folder, ['strace', '-f', '-qq', '-e', calls, '-o', file])
  try {
    const counts: number[] = []
    for (const sessions of plan.sessions) {
      const before = count(file)
      await measure(running, { ...plan, sessions }, 100)
      counts.push((count(file) - before) / plan.messages)
    }
    return counts
  } finally {
    await running.stop()
  }
}

/** Calls begun; a resumed one has its own line, without the bracket after its name. */
function count(file: string): number {
  return readFileSync(file, 'latin1').match(/^\d+ +\w*sync\w*\(/gm)?.length ?? 0
}
