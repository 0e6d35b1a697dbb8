/** What the command line finds around it: streams, the terminal, the clock and the relay; tests bring their own. */
import type { Readable, Writable } from 'node:stream'
import type { Control } from '../control/control.ts'

/** The parts of a relay opened in this process, neither listening nor delivering. */
export interface Offline {
  readonly control: Control
  close(): Promise<void>
}

/** What a command wants of a data folder. */
export type Purpose = 'read' | 'change'

/** Where a starting relay says how far it has come. */
export interface ServeReport {
  listening(address: string, port: number, encryption: string): void
  /** Every listener stands and mail is delivered. */
  ready(): void
  /** One sentence for the person who started it. */
  say(sentence: string): void
}

/** Standard input; `setRawMode` is there where it is a terminal. */
export type Input = Readable & { setRawMode?(raw: boolean): unknown }

/** What only the relay can do; `main.ts` brings it. */
export interface RelayDoor {
  readonly version: string
  /**
   * Throws a sentence, or a `SettingsRefusal`, where the folder can't be opened, or holds nothing to read; what is
   * missing is made for a change only. `say` gets what was found damaged, in sentences.
   */
  openOffline(folder: string, purpose: Purpose, say: (sentence: string) => void): Promise<Offline>
  /** Runs until SIGTERM or SIGINT; the exit status. */
  serve(folder: string, report: ServeReport): Promise<number>
}

export interface Environment extends RelayDoor {
  readonly stdin: Input
  readonly stdout: Writable
  readonly stderr: Writable
  /** Whether standard output is a terminal. */
  readonly isTerminal: boolean
  /** Whether standard input is a terminal, so that a person can be asked. */
  readonly canAsk: boolean
  /** The terminal's width in columns; undefined where there is none. */
  readonly columns: number | undefined
  readonly variables: Readonly<Record<string, string | undefined>>
  /** Milliseconds since the epoch. */
  now(): number
  /** Aborts what would else run until it is killed. */
  readonly signal: AbortSignal
  /** Calls it at the first Ctrl-C, SIGTERM or hang-up, instead of ending at once; the second one ends. Returns how to stop that. */
  onStop(listener: () => void): () => void
}

const STOPS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** The environment of this process. */
export function processEnvironment(door: RelayDoor): Environment {
  const stop = new AbortController()
  // The reader of a pipe may leave before us, as in `postern log --follow | head`.
  process.stdout.on('error', () => stop.abort())
  return {
    version: door.version,
    openOffline: (folder, purpose, say) => door.openOffline(folder, purpose, say),
    serve: (folder, report) => door.serve(folder, report),
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    isTerminal: process.stdout.isTTY === true,
    canAsk: process.stdin.isTTY === true,
    // A terminal that does not know its size says 0.
    columns: (process.stdout.isTTY && process.stdout.columns) || undefined,
    variables: process.env,
    now: Date.now,
    signal: stop.signal,
    onStop: listener => {
      const forget = () => {
        for (const name of STOPS) process.off(name, stopped)
      }
      const stopped = () => {
        forget()
        listener()
      }
      for (const name of STOPS) process.on(name, stopped)
      return forget
    },
  }
}
