/** Deadlines: how long a client may take for its session, a command line and content; no trickle of bytes moves them. */
import { type Reply, reply } from '../mail/reply.ts'

/** What the settings allow. */
export interface TimeLimits {
  /** Milliseconds; a message that is coming in then goes on to its end. */
  readonly sessionTimeout: number
  /** Milliseconds from a line's first byte to its end, or of a TLS handshake. */
  readonly commandTimeout: number
  /** Milliseconds for the content of one message. */
  readonly dataTimeout: number
  /** Bytes a second that content must bring on average over each `idleTimeout`; 0: no matter how few. */
  readonly minDataRate: number
  /** Milliseconds. */
  readonly idleTimeout: number
}

export type Overdue = 'session' | 'command' | 'content' | 'slow-content'

/** How content is coming along. */
export interface Progress {
  readonly bytes: number
  /** The client is waited for, and not the client for us. */
  readonly isAwaited: boolean
}

/** Of one connection. */
export class Deadlines {
  readonly #limits: TimeLimits
  readonly #overdue: (what: Overdue) => void
  readonly #session: NodeJS.Timeout
  #line: NodeJS.Timeout | undefined
  #content: NodeJS.Timeout | undefined

  /** The session begins. */
  constructor(limits: TimeLimits, overdue: (what: Overdue) => void) {
    this.#limits = limits
    this.#overdue = overdue
    this.#session = setTimeout(overdue, limits.sessionTimeout, 'session').unref()
  }

  /** Part of a line is there; more often does no harm. */
  lineBegun(): void {
    this.#line ??= setTimeout(this.#overdue, this.#limits.commandTimeout, 'command').unref()
  }

  lineEnded(): void {
    if (!this.#line) return
    clearTimeout(this.#line)
    this.#line = undefined
  }

  /** `progress` is asked now and then, until the content has ended. */
  contentBegun(progress: () => Progress): void {
    this.#nextLook(progress, 0, 0)
  }

  contentEnded(): void {
    clearTimeout(this.#content)
  }

  /** The connection is gone. */
  close(): void {
    clearTimeout(this.#session)
    this.lineEnded()
    this.contentEnded()
  }

  /** `spent`: milliseconds until now, in which so many bytes came as `before` says. */
  #nextLook(progress: () => Progress, spent: number, before: number): void {
    const { dataTimeout, idleTimeout, minDataRate } = this.#limits
    const wait = Math.min(idleTimeout, dataTimeout - spent)
    const look = () => {
      const { bytes, isAwaited } = progress()
      if (spent + wait >= dataTimeout) this.#overdue('content')
      else if (isAwaited && bytes - before < (minDataRate * wait) / 1000) this.#overdue('slow-content')
      else this.#nextLook(progress, spent + wait, bytes)
    }
    this.#content = setTimeout(look, wait).unref()
  }
}

/** What is said to whom it happened. */
export function farewellOf(what: Overdue): Reply {
  return FAREWELLS[what]
}

const FAREWELLS: Readonly<Record<Overdue, Reply>> = {
  session: reply(421, '4.4.2', 'The session has lasted too long; closing the connection'),
  command: reply(421, '4.4.2', 'The command took too long to come; closing the connection'),
  content: reply(421, '4.4.2', 'The message took too long to come; closing the connection'),
  'slow-content': reply(421, '4.4.2', 'The message comes too slowly; closing the connection'),
}
