/** A process, told from a later one that got its number. */
import { readFile } from 'node:fs/promises'

export interface Process {
  readonly pid: number
  /** When it started, as the system counts; empty where the system doesn't tell. */
  readonly start: string
}

export async function identify(pid: number): Promise<Process> {
  return { pid, start: (await readStat(pid))?.start ?? '' }
}

export async function isRunning({ pid, start }: Process): Promise<boolean> {
  if (!Number.isInteger(pid) || pid < 1 || !answersSignals(pid)) return false
  const now = await readStat(pid)
  // Killed but not yet reaped (state Z) is gone for good.
  if (now) return now.start === start && !'ZX'.includes(now.state)
  return start === '' || process.platform !== 'linux'
}

function answersSignals(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

/** Fields 3 and 22 of proc(5) stat, the latter within this boot; the command between them may hold any sign. */
async function readStat(pid: number): Promise<{ state: string; start: string } | undefined> {
  try {
    const [stat, boot] = await Promise.all([
      readFile(`/proc/${pid}/stat`, 'latin1'),
      readFile('/proc/sys/kernel/random/boot_id', 'latin1'),
    ])
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return { state: fields[0] ?? '', start: `${boot.trim()} ${fields[19] ?? ''}` }
  } catch {
    return undefined
  }
}
