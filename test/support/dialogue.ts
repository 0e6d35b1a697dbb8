/** Runs dialogue scripts against an SMTP server, each script as one test. */
import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { test } from 'node:test'
import { DialogueConnection, type Endpoint } from './dialogue-connection.ts'
import { matches, parseScript, type Script, type Step } from './dialogue-script.ts'
import type { Ending } from './ending.ts'

/** The server a script talks to. */
export interface Target {
  readonly plain: Endpoint
  /** Where `connect tls` goes. */
  readonly tls?: Endpoint
  /** Does what the script's `expect WORDS` asks; throws when it isn't so. */
  expect?(words: string, block: Buffer | undefined): Promise<void>
}

/** Registers a test for every `.txt` in `folder`; each starts its own server by the script's `settings:`. */
export function testScripts(
  folder: string,
  start: (test: Ending, settings: unknown) => Promise<Target>,
): void {
  const names = readdirSync(folder).filter(name => name.endsWith('.txt'))
  for (const name of names.sort()) {
    const file = join(folder, name)
    test(basename(name, '.txt'), async t => {
      const script = parseScript(file, readFileSync(file, 'utf8'))
      await runScript(script, await start(t, script.settings))
    })
  }
}

/** Throws at the first line that isn't answered as expected, with `file:line` and the dialogue so far. */
export async function runScript(script: Script, target: Target): Promise<void> {
  const run = new Run(script, target)
  try {
    for (const step of script.steps) await run.step(step)
    await run.end()
  } finally {
    run.destroy()
  }
}

class Run {
  readonly #script: Script
  readonly #target: Target
  readonly #connections: DialogueConnection[] = []
  readonly #said: string[] = []
  #current: DialogueConnection | undefined
  /** A line read by `S*:` that didn't match it any more. */
  #pending: string | undefined

  constructor(script: Script, target: Target) {
    this.#script = script
    this.#target = target
  }

  async step(step: Step): Promise<void> {
    try {
      await this.#act(step)
    } catch (error) {
      throw this.#failure(step.line, error instanceof Error ? error.message : String(error))
    }
  }

  /** Whatever else the server says is wrong too. */
  async end(): Promise<void> {
    const rests = await Promise.all(this.#connections.map(connection => connection.finish()))
    const rest = `${this.#pending ?? ''}${rests.join('')}`
    if (rest !== '') throw this.#failure(this.#script.steps.at(-1)?.line ?? 1, unexpected('the end', rest))
  }

  destroy(): void {
    for (const connection of this.#connections) connection.destroy()
  }

  async #act(step: Step): Promise<void> {
    switch (step.kind) {
      case 'connect':
        return this.#connect(step.from, step.tls)
      case 'switch':
        this.#current = this.#connections[step.connection - 1]
        return
      case 'send':
        this.#say('C', step.bytes.toString())
        return this.#connection().send(step.bytes)
      case 'reply':
        return step.many ? this.#readMany(step.pattern) : this.#readOne(step.pattern)
      case 'starttls':
        return this.#connection().secure()
      case 'hangup':
        return this.#connection().destroy()
      case 'close':
        if (this.#pending !== undefined) throw new Error(unexpected('the server to close', this.#pending))
        return this.#connection().readEnd()
      case 'expect':
        if (!this.#target.expect) throw new Error('this server knows nothing of "expect"')
        return this.#target.expect(step.words, step.block)
    }
  }

  async #connect(from: string | undefined, tls: boolean): Promise<void> {
    const endpoint = tls ? this.#target.tls : this.#target.plain
    if (!endpoint) throw new Error('this server has no port for TLS')
    this.#current = await DialogueConnection.open(endpoint, from, tls)
    this.#connections.push(this.#current)
  }

  async #readOne(pattern: string): Promise<void> {
    const line = await this.#read()
    if (!matches(pattern, line)) throw new Error(unexpected(JSON.stringify(pattern), line))
  }

  async #readMany(pattern: string): Promise<void> {
    let line = await this.#read()
    while (matches(pattern, line)) line = await this.#read()
    this.#pending = line
  }

  async #read(): Promise<string> {
    const pending = this.#pending
    this.#pending = undefined
    if (pending !== undefined) return pending
    const line = await this.#connection().readLine()
    this.#say('S', line)
    return line
  }

  #connection(): DialogueConnection {
    if (!this.#current) throw new Error('there is no connection: write "connect" before')
    return this.#current
  }

  #say(who: string, text: string): void {
    this.#said.push(`  ${who}: ${text.length > 200 ? `${text.slice(0, 200)}…` : text}`.trimEnd())
  }

  #failure(line: number, text: string): Error {
    return new Error(`${this.#script.file}:${line}: ${text}\n${this.#said.slice(-20).join('\n')}`)
  }
}

function unexpected(expected: string, got: string): string {
  return `expected ${expected}, got ${JSON.stringify(got)}`
}
