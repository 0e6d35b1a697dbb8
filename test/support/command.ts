/** Runs a command line in this process, and keeps what it prints. */
import { PassThrough } from 'node:stream'
import type { Environment, Offline } from '../../app/command/environment.ts'
import { runCommand } from '../../app/command/program.ts'
import type { Control } from '../../app/control/control.ts'

export interface Ran {
  readonly status: number
  readonly out: string
  readonly err: string
}

/** 2024-05-01 12:00 in this machine's time zone. */
export const now = new Date(2024, 4, 1, 12, 0, 0).getTime()

/** Keeps what is written to it. */
export function sink(): { readonly stream: PassThrough; text(): string } {
  const stream = new PassThrough()
  const parts: Buffer[] = []
  stream.on('data', (part: Buffer) => parts.push(part))
  return { stream, text: () => Buffer.concat(parts).toString() }
}

/** An environment without a terminal whose relay is this control, opened in this process. */
export function environmentOf(control: Control, changes: Partial<Environment> = {}): Environment {
  const offline: Offline = { control, close: async () => undefined }
  return {
    version: '1.2.3',
    openOffline: async () => offline,
    serve: async () => 0,
    stdin: input(''),
    stdout: sink().stream,
    stderr: sink().stream,
    isTerminal: false,
    canAsk: false,
    columns: undefined,
    variables: { POSTERN_DATA: '/nonexistent/postern' },
    now: () => now,
    signal: new AbortController().signal,
    onStop: () => () => undefined,
    ...changes,
  }
}

/** Standard input that holds this and ends. */
export function input(text: string | Buffer): PassThrough {
  return new PassThrough().end(text)
}

export async function run(
  argv: readonly string[],
  control: Control,
  changes: Partial<Environment> = {},
): Promise<Ran> {
  const out = sink()
  const err = sink()
  const environment = environmentOf(control, { stdout: out.stream, stderr: err.stream, ...changes })
  const status = await runCommand(argv, environment)
  return { status, out: out.text(), err: err.text() }
}
