/** A child process of the test run, in a process group of its own, so that nothing it started outlives it. */
import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import type { Readable } from 'node:stream'

export interface Ended {
  /** -1 when it could not be started or was killed. */
  readonly code: number
  readonly stdout: string
  /** What went wrong besides the exit code: timed out, left processes behind. */
  readonly problems: readonly string[]
  /** Both streams as they came. */
  readonly output: string
}

export interface ChildOptions {
  /** Milliseconds, after which the whole group is killed. */
  readonly timeout: number
  readonly env?: NodeJS.ProcessEnv
}

type Child = ChildProcessByStdio<null, Readable, Readable>

const running = new Set<number>()

/** Kills what still runs; for the end of the test run itself. */
export function killChildren(): void {
  for (const pid of running) killGroup(pid)
}

export function runChild(command: readonly string[], options: ChildOptions): Promise<Ended> {
  const [file = '', ...args] = command
  const child = spawn(file, args, {
    detached: process.platform !== 'win32',
    env: options.env ?? process.env,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  if (child.pid !== undefined) running.add(child.pid)
  return new Promise(resolve => watch(child, options.timeout, resolve))
}

function watch(child: Child, timeout: number, resolve: (ended: Ended) => void): void {
  const { pid } = child
  const problems: string[] = []
  const text = collect(child)
  const timer = setTimeout(() => {
    problems.push(`It did not end within ${timeout / 1000} s and was killed.`)
    if (pid !== undefined) killGroup(pid)
  }, timeout)
  let groupEnd: Promise<void> | undefined
  child.on('error', error => {
    clearTimeout(timer)
    resolve({ code: -1, problems: [error.message], ...text })
  })
  child.on('exit', () => {
    groupEnd = endGroup(pid).then(left => {
      if (left.length > 0) problems.push(`It left processes running: ${left.join(', ')}; they were killed.`)
    })
  })
  // Comes after exit, and only when whoever holds the pipes has ended too.
  child.on('close', async code => {
    await groupEnd
    clearTimeout(timer)
    if (pid !== undefined) running.delete(pid)
    resolve({ code: code ?? -1, problems, ...text })
  })
}

/** Grows while the child writes. */
function collect(child: Child): { stdout: string; output: string } {
  const text = { stdout: '', output: '' }
  child.stdout.setEncoding('utf8').on('data', (part: string) => {
    text.stdout += part
    text.output += part
  })
  child.stderr.setEncoding('utf8').on('data', (part: string) => {
    text.output += part
  })
  return text
}

/** Gives the rest of the group a second to end by itself, then kills it; the names of what had to be killed. */
async function endGroup(pid: number | undefined): Promise<readonly string[]> {
  if (pid === undefined) return []
  for (let waited = 0; waited < 1000; waited += 50) {
    if (groupMembers(pid).length === 0) return []
    await new Promise(resolve => setTimeout(resolve, 50))
  }
  const left = groupMembers(pid)
  killGroup(pid)
  return left
}

/** The commands of a group's living processes, from Linux's /proc; zombies count as ended. */
function groupMembers(group: number): string[] {
  if (process.platform !== 'linux') return []
  return readdirSync('/proc').flatMap(entry => {
    if (!/^\d+$/.test(entry)) return []
    const [, name, state, pgrp] = /\((.*)\) (\S) \d+ (\d+)/s.exec(readStat(entry)) ?? []
    return Number(pgrp) === group && state !== 'Z' && name !== undefined ? [name] : []
  })
}

/** Empty for a process that ended meanwhile. */
function readStat(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8')
  } catch {
    return ''
  }
}

function killGroup(pid: number): boolean {
  try {
    return process.kill(process.platform === 'win32' ? pid : -pid, 'SIGKILL')
  } catch {
    return false
  }
}
