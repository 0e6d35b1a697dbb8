/** A Postern as a user has it: a data folder, the built command line on it, and its relay as a process. */
import assert from 'node:assert/strict'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Ending } from './ending.ts'
import { makeFolder } from './folder.ts'
import { type Exit, type Process, postern, runProcess, startProcess } from './process.ts'

/** What a person must never see of us. */
const stackFrame = /^\s+at .+[:)]/m

export class Installation {
  readonly folder: string
  readonly #test: Ending

  /** Use `install`. */
  constructor(test: Ending, folder: string) {
    this.#test = test
    this.folder = folder
  }

  get env(): NodeJS.ProcessEnv {
    return { POSTERN_DATA: this.folder }
  }

  /** Runs a command to its end; `input` is its standard input. */
  async try(words: readonly string[], input = ''): Promise<Exit> {
    const exit = await runProcess(this.#test, postern(...words), { env: this.env, input })
    assert.doesNotMatch(exit.stdout + exit.stderr, stackFrame)
    return exit
  }

  /** Runs a command that must succeed; what it printed. */
  async run(words: readonly string[], input = ''): Promise<string> {
    const { code, stdout, stderr } = await this.try(words, input)
    assert.equal(code, 0, `postern ${words.join(' ')}\n${stdout}${stderr}`)
    return stdout
  }

  /** The facts that a command prints with `--json`; any exit status will do. */
  async facts(...words: readonly string[]): Promise<unknown> {
    const { stdout, stderr } = await this.try([...words, '--json'])
    assert.equal(stderr, '')
    return JSON.parse(stdout)
  }

  set(path: string, value: unknown): Promise<string> {
    return this.run(['settings', 'set', path, JSON.stringify(value)])
  }

  /** Starts the relay and waits until it is ready. */
  async serve(): Promise<Process> {
    const running = await startProcess(this.#test, postern('serve'), { env: this.env })
    await running.waitFor(/^ready$/m)
    return running
  }

  /** Starts a relay that must not come up; how it ended. */
  async serveInVain(): Promise<Exit> {
    return this.try(['serve'])
  }

  /** A file of the data folder. */
  text(name: string): Promise<string> {
    return readFile(join(this.folder, name), 'utf8')
  }

  /** What is new in the mailbox of an account, byte for byte. */
  async mailbox(account: string): Promise<string[]> {
    const folder = join(this.folder, 'mail', account, 'new')
    const names = await readdir(folder).catch(() => [])
    return Promise.all(names.map(name => readFile(join(folder, name), 'latin1')))
  }

  async hostname(): Promise<string> {
    return (await this.run(['settings', 'get', 'hostname'])).trim()
  }
}

/** An empty data folder in a temporary place, with one listener on loopback at a port of the system's choice. */
export async function install(test: Ending): Promise<Installation> {
  const installation = await installAsIs(test)
  await installation.set('smtp.listeners', [{ address: '127.0.0.1', port: 0, encryption: 'starttls' }])
  return installation
}

/** The same without any settings yet; `folder` where it must be a certain one. */
export async function installAsIs(test: Ending, folder?: string): Promise<Installation> {
  return new Installation(test, folder ?? join(await makeFolder(test), 'data'))
}

/** The port of a running relay's first listener. */
export function portOf(relay: Process): number {
  return Number(/^listening smtp .*:(\d+)$/m.exec(relay.output)?.[1])
}
