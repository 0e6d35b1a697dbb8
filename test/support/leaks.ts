/** Leaks: where a known secret stands that must stand nowhere, in whatever of the usual writings. */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { atEnd, type Ending } from './ending.ts'

/** Shorter pieces of base64 could be there by chance. */
const SHORTEST = 8

/** As it is, in base64 wherever it stands in what was encoded, in hexadecimal, and as URLs and JSON have it. */
export function writingsOf(secret: string): readonly string[] {
  const bytes = Buffer.from(secret)
  const inBase64 = [0, 1, 2].map(before => {
    const text = Buffer.concat([Buffer.alloc(before), bytes])
      .toString('base64')
      .replace(/=+$/, '')
    // The first and last characters have bits of what is around it.
    return text.slice(before === 0 ? 0 : before + 1, -1)
  })
  const url = inBase64.map(text => text.replaceAll('+', '-').replaceAll('/', '_'))
  const others = [bytes.toString('hex'), encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)]
  const all = [secret, ...inBase64, ...url, ...others]
  return [...new Set(all)].filter(text => text.length >= SHORTEST)
}

export class Leaks {
  readonly #writings: ReadonlyMap<string, readonly string[]>

  /** Each secret under the name that it is told by. */
  constructor(secrets: Readonly<Record<string, string>>) {
    this.#writings = new Map(Object.entries(secrets).map(([name, secret]) => [name, writingsOf(secret)]))
  }

  /** Each as `where: the secret`; none is what is hoped for. */
  in(where: string, content: string | Buffer): readonly string[] {
    const bytes = Buffer.from(content)
    return [...this.#writings]
      .filter(([, writings]) => writings.some(text => bytes.includes(text)))
      .map(([name]) => `${where}: ${name}`)
  }

  /** In the files of a folder and in their names. */
  async inFolder(folder: string): Promise<readonly string[]> {
    const found: string[] = []
    for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name)
      found.push(...this.in('a name', path))
      if (entry.isFile()) found.push(...this.in(path, await readFile(path)))
    }
    return found
  }
}

/** Watches what every process tells all others about itself, from Linux's /proc. */
export class ProcessWatch {
  /** Of each process that was seen, its command line and its environment. */
  readonly seen = new Map<string, string>()
  readonly #own: RegExp
  readonly #timer: NodeJS.Timeout
  #turn: Promise<void> = Promise.resolve()

  /** `own`: in the command lines of those that are ours. */
  constructor(test: Ending, own: RegExp) {
    this.#own = own
    this.#timer = setInterval(() => {
      this.#turn = this.#turn.then(() => this.look())
    }, 20)
    atEnd(test, () => this.stop())
  }

  async look(): Promise<void> {
    const names = (await readdir('/proc')).filter(name => /^\d+$/.test(name))
    for (const pid of names) {
      const command = await told(pid, 'cmdline')
      if (this.#own.test(command))
        this.seen.set(`${pid} ${command}`, `${command}\n${await told(pid, 'environ')}`)
    }
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer)
    await this.#turn
  }
}

/** Empty for a process that has ended meanwhile. */
async function told(pid: string, file: string): Promise<string> {
  const text = await readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '')
  return text.replaceAll('\0', ' ')
}
