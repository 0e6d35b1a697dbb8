/** A running target with its sink, both started for it alone. */
import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, fstatSync, mkdirSync, openSync, readSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { freePort } from '../../test/support/port.ts'
import { waitFor } from '../../test/support/wait.ts'
import { greets } from './greets.ts'
import type { Target } from './place.ts'
import { processTree } from './process-tree.ts'

export class Running {
  readonly name: string
  readonly port: number
  /** Its files. */
  readonly folder: string
  readonly #target: ChildProcess
  readonly #sink: ChildProcess
  readonly #count: number

  private constructor(
    name: string,
    port: number,
    folder: string,
    target: ChildProcess,
    sink: ChildProcess,
    count: number,
  ) {
    this.name = name
    this.port = port
    this.folder = folder
    this.#target = target
    this.#sink = sink
    this.#count = count
  }

  /** `wrap` comes before the target's command, as strace does; throws when it doesn't greet within 30 s. */
  static async start(target: Target, parent: string, wrap: readonly string[] = []): Promise<Running> {
    const folder = join(parent, target.name)
    mkdirSync(folder, { mode: 0o755 })
    const [port, sinkPort] = [await freePort(), await freePort()]
    const log = openSync(join(parent, `${target.name}.sink`), 'w+')
    const sinkArgs = ['-u', 'postfix', '-c', '-m', '500', `127.0.0.1:${sinkPort}`, '1024']
    const sink = spawn('smtp-sink', sinkArgs, { stdio: ['ignore', log, 'inherit'] })
    const command = [...wrap, ...(await target.prepare({ folder, port, sinkPort }))]
    const child = spawn(command[0] ?? '', command.slice(1), { stdio: ['ignore', 'ignore', 'inherit'] })
    const running = new Running(target.name, port, folder, child, sink, log)
    try {
      const up = async () => (await greets(sinkPort)) && (await greets(port))
      await waitFor(`${target.name} to greet`, async () => (await up()) || undefined, 30_000)
    } catch (error) {
      await running.stop()
      throw error
    }
    return running
  }

  get pid(): number {
    return this.#target.pid ?? -1
  }

  /** How many messages have reached the sink, by the line that smtp-sink -c keeps writing. */
  get sunk(): number {
    const { size } = fstatSync(this.#count)
    const tail = Buffer.alloc(Math.min(size, 200))
    readSync(this.#count, tail, 0, tail.length, size - tail.length)
    return Number([...tail.toString('latin1').matchAll(/mesg=\s*(\d+)/g)].at(-1)?.[1] ?? 0)
  }

  /** Ends both at once, and removes the files. */
  async stop(): Promise<void> {
    for (const pid of processTree(this.pid)) kill(pid)
    for (const pid of processTree(this.#sink.pid ?? -1)) kill(pid)
    await waitFor('the target to end', () => processTree(this.pid).length === 0 || undefined)
    closeSync(this.#count)
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 })
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It ended by itself.
  }
}
