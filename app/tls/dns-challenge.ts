/** Answering an authority by the DNS: a program of the office's own puts the record there (RFC 8555 section 8.4). */
import { execFile } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { toPrintable } from '../mail/printable.ts'
import { errorCode, errorText } from '../settings/system-error.ts'
import type { Answering, Challenge } from './challenge.ts'

/** Milliseconds. */
const PATIENCE = 60_000
/** Bytes that it may print. */
const MOST = 64 * 1024

export interface DnsAnsweringOptions {
  /** The program's whole path. */
  readonly command: string
  /** Milliseconds that a record takes to be known everywhere. */
  readonly wait: number
  /** Milliseconds for one run; a minute where absent. */
  readonly patience?: number
}

export class DnsAnswering implements Answering {
  readonly kind = 'dns-01'
  readonly #options: DnsAnsweringOptions
  /** One after the other: two at once could overwrite each other's record. */
  #turn: Promise<unknown> = Promise.resolve()

  constructor(options: DnsAnsweringOptions) {
    this.#options = options
  }

  async answer(challenge: Challenge): Promise<void> {
    await this.#inTurn('add', challenge)
    // It holds up nobody who wants to stop.
    await sleep(this.#options.wait, undefined, { ref: false })
  }

  forget(challenge: Challenge): Promise<void> {
    return this.#inTurn('remove', challenge)
  }

  async close(): Promise<void> {
    await this.#turn
  }

  #inTurn(what: 'add' | 'remove', { name, answer }: Challenge): Promise<void> {
    const done = this.#turn.then(() => this.#run(what, `_acme-challenge.${name}`, answer))
    this.#turn = done.catch(() => undefined)
    return done
  }

  /** Without a shell, so that nothing in a name could be taken for a command. */
  #run(what: string, record: string, value: string): Promise<void> {
    const { command, patience = PATIENCE } = this.#options
    const options = {
      timeout: patience,
      killSignal: 'SIGKILL',
      maxBuffer: MOST,
      shell: false,
      windowsHide: true,
    } as const
    return new Promise((resolve, reject) => {
      execFile(command, [what, record, value], options, (error, _stdout, stderr) => {
        if (error) reject(new Error(`${command} ${what} ${whyNot(error, stderr, patience)}`))
        else resolve()
      })
    })
  }
}

function whyNot(
  error: Error & { readonly killed?: boolean; readonly signal?: string | null },
  stderr: string,
  patience: number,
): string {
  const code = errorCode(error)
  if (code === 'ENOENT') return "can't be run: there is no such file"
  if (code === 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER') return 'printed too much'
  if (/^E[A-Z]+$/.test(code)) return `can't be run: ${errorText(error)}`
  if (error.killed) return `took longer than ${patience / 1000} seconds`
  const said = toPrintable(stderr.trim().split('\n')[0] ?? '', 200)
  const ended = error.signal ? `was ended by ${error.signal}` : `ended with ${code}`
  return said === '' ? ended : `${ended} and said “${said}”`
}
