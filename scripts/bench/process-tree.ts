/** A process and all that it started, as Linux's /proc shows them. */
import { readdirSync, readFileSync } from 'node:fs'

export interface Sample {
  /** Ticks of the clock, `getconf CLK_TCK` to a second; of ended children too. */
  readonly ticks: number
  /** Bytes: what each process has for itself, and the largest part shared. */
  readonly memory: number
  readonly processes: number
}

const page = 4096

/** The tree's process ids, the root first; empty when the root has ended. */
export function processTree(root: number): number[] {
  const parents = new Map<number, number>()
  for (const entry of readdirSync('/proc')) {
    const parent = statFields(entry)?.[1]
    if (parent !== undefined) parents.set(Number(entry), parent)
  }
  const tree = parents.has(root) ? [root] : []
  for (const known of tree) {
    for (const [pid, parent] of parents) if (parent === known) tree.push(pid)
  }
  return tree
}

export function sampleTree(root: number): Sample {
  const tree = processTree(root)
  let ticks = 0
  let own = 0
  let shared = 0
  for (const pid of tree) {
    const fields = statFields(`${pid}`) ?? []
    ticks += fields.slice(11, 15).reduce((sum, value) => sum + value, 0)
    const [, resident = 0, common = 0] = read(`/proc/${pid}/statm`).split(' ').map(Number)
    own += (resident - common) * page
    shared = Math.max(shared, common * page)
  }
  return { ticks, memory: own + shared, processes: tree.length }
}

/** Bytes of these processes together, of what several share each one's part (PSS). */
export function proportionalMemory(processes: readonly number[]): number {
  const kilobytes = processes.map(pid =>
    Number(/^Pss:\s+(\d+) kB$/m.exec(read(`/proc/${pid}/smaps_rollup`))?.[1] ?? 0),
  )
  return kilobytes.reduce((sum, value) => sum + value, 0) * 1024
}

/** The numbers after the name in /proc/PID/stat; the first is the state, and no number. Undefined for zombies. */
function statFields(pid: string): number[] | undefined {
  if (!/^\d+$/.test(pid)) return undefined
  const text = read(`/proc/${pid}/stat`)
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  return text === '' || fields[0] === 'Z' ? undefined : fields.map(Number)
}

/** Empty for a process that ended meanwhile. */
function read(path: string): string {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return ''
  }
}
