/** The machine's processes, from Linux's /proc; zombies count as ended. */
import { readdirSync, readFileSync } from 'node:fs'

/** Ids of the living processes of a session. */
export function sessionMembers(session: number): number[] {
  return readdirSync('/proc')
    .filter(entry => /^\d+$/.test(entry))
    .filter(entry => {
      const [, state, sid] = /\) (\S) \d+ \d+ (\d+)/.exec(readStat(entry)) ?? []
      return state !== 'Z' && state !== 'X' && Number(sid) === session
    })
    .map(Number)
}

/** Empty for a process that ended meanwhile. */
function readStat(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'latin1')
  } catch {
    return ''
  }
}
