/** A child process in a test: the built command line, or any other program; gone when the test has ended. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { atEnd, type Ending } from './ending.ts'

export interface ProcessOptions {
  readonly cwd?: string
  /** Added to this process's environment. */
  readonly env?: NodeJS.ProcessEnv
  /** Written to its standard input, which is then closed. */
  readonly input?: string | Buffer
  /** Leaves its standard input open, until this process ends. */
  readonly holdInput?: boolean
}

export interface Exit {
  /** Null when a signal ended it. */
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

export class Process {
  readonly pid: number
  readonly ended: Promise<Exit>
  #stdout = ''
  #stderr = ''
  #output = ''
  #exit: Exit | undefined
  readonly #child: ChildProcess

  /** Use `startProcess`, which also sees to its end. */
  constructor(child: ChildProcess) {
    this.#child = child
    this.pid = child.pid ?? -1
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.#stdout += text
      this.#output += text
    })
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr += text
      this.#output += text
    })
    this.ended = new Promise(resolve => {
      child.on('close', (code, signal) => {
        this.#exit = { code, signal, stdout: this.#stdout, stderr: this.#stderr }
        resolve(this.#exit)
      })
    })
  }

  /** Both streams so far, as they came. */
  get output(): string {
    return this.#output
  }

  /** Waits until the output so far matches; throws with the output when the process ends before, or in `timeout` ms. */
  async waitFor(pattern: RegExp, timeout = 15_000): Promise<RegExpExecArray> {
    const timer = new AbortController()
    const late = setTimeout(() => timer.abort(), timeout)
    try {
      for (;;) {
        const match = new RegExp(pattern.source, pattern.flags.replace('g', '')).exec(this.#output)
        if (match) return match
        if (this.#exit) throw new Error(`It ended (${this.#exit.code}) without ${pattern}:\n${this.#output}`)
        await Promise.race([this.#more(timer.signal), this.ended])
        if (timer.signal.aborted) throw new Error(`Waited in vain for ${pattern} in:\n${this.#output}`)
      }
    } finally {
      clearTimeout(late)
    }
  }

  /** Writes to its standard input, which `holdInput` left open. */
  type(text: string): void {
    this.#child.stdin?.write(text)
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name)
  }

  /** SIGKILL, and waits until it is gone. */
  kill(): Promise<Exit> {
    this.#child.kill('SIGKILL')
    return this.ended
  }

  /** SIGTERM; SIGKILL if it still runs after `timeout` milliseconds. */
  async end(timeout = 15_000): Promise<Exit> {
    this.#child.kill('SIGTERM')
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), timeout)
    try {
      return await this.ended
    } finally {
      clearTimeout(timer)
    }
  }

  async #more(signal: AbortSignal): Promise<void> {
    const streams = [this.#child.stdout, this.#child.stderr].filter(stream => stream !== null)
    const over = new AbortController()
    const either = AbortSignal.any([signal, over.signal])
    await Promise.race(streams.map(stream => once(stream, 'data', { signal: either }))).catch(() => {})
    over.abort()
  }
}

/** Starts a program; it is killed, if it still runs, when the test ends. */
export async function startProcess(
  test: Ending,
  command: readonly string[],
  options: ProcessOptions = {},
): Promise<Process> {
  const [file = '', ...args] = command
  const child = spawn(file, args, {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    stdio: [options.input === undefined && !options.holdInput ? 'ignore' : 'pipe', 'pipe', 'pipe'],
  })
  const running = new Process(child)
  await once(child, 'spawn')
  atEnd(test, async () => {
    await running.kill()
  })
  // A program that doesn't read its input ends before all of it is written; its exit tells what happened.
  child.stdin?.on('error', () => {})
  if (!options.holdInput) child.stdin?.end(options.input)
  return running
}

/** Runs a program to its end, at most `timeout` milliseconds. */
export async function runProcess(
  test: Ending,
  command: readonly string[],
  { timeout = 30_000, ...options }: ProcessOptions & { readonly timeout?: number } = {},
): Promise<Exit> {
  const running = await startProcess(test, command, options)
  const timer = setTimeout(() => running.signal('SIGKILL'), timeout)
  try {
    return await running.ended
  } finally {
    clearTimeout(timer)
  }
}

/** The command that runs the built `postern` with these words. */
export function postern(...args: readonly string[]): string[] {
  return [process.execPath, join(import.meta.dirname, '../../dist/postern.cjs'), ...args]
}
