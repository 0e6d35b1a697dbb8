/** The health of a next hop: its state, from what came of each attempt, and how many connections it gets. */
import type { Answers } from './answers.ts'
import { Failure } from './failure.ts'
import { failedHop, type HopClock, type HopDown, type HopState, UP } from './hop.ts'

export interface HealthOptions {
  /** Connections at a time. */
  readonly most: number
  /** Milliseconds after the 1st, 2nd, … failed attempt to reach it. */
  readonly retry: readonly number[]
  readonly clock: HopClock
}

/** A next hop that takes no more connections isn't asked for more within this, milliseconds. */
const CONTENT_WITH_FEWER = 60_000
/** So many messages in a row that break off, each on a connection of its own, are the next hop's fault. */
const BROKEN_IN_A_ROW = 3

export class Health {
  readonly #options: HealthOptions
  readonly #changed: (state: HopState, before: HopState) => void
  #state: HopState = UP
  #answers = false
  #broken = 0
  #fewer = { limit: 0, until: 0 }

  /** `changed` hears when it goes down and when it comes up. */
  constructor(options: HealthOptions, changed: (state: HopState, before: HopState) => void) {
    this.#options = options
    this.#changed = changed
  }

  get state(): HopState {
    return this.#state
  }

  /** It answered since it came up: before, one connection is enough to find out. */
  get answers(): boolean {
    return this.#answers
  }

  /** How many connections it may have now. */
  get limit(): number {
    const now = this.#options.clock.now()
    if (this.#state.kind === 'down') return this.#state.next <= now ? 1 : 0
    if (!this.#answers) return 1
    return now < this.#fewer.until ? this.#fewer.limit : this.#options.most
  }

  /** It is to be tried now. */
  hurry(): void {
    if (this.#state.kind === 'down') this.#state = { ...this.#state, next: this.#options.clock.now() }
  }

  /** It took or refused a message; true where it came up with that. */
  answered(): boolean {
    this.#broken = 0
    const [before, first] = [this.#state, !this.#answers]
    this.#answers = true
    if (before.kind === 'down') {
      this.#state = UP
      this.#changed(UP, before)
    }
    return first
  }

  /** A message broke off; `first`: on a connection that was made for it. True where the hop counts as down now. */
  troubled(result: Answers | Failure, first: boolean): boolean {
    if (first) this.#broken++
    if (!first || (this.#broken < BROKEN_IN_A_ROW && this.#state.kind === 'up')) return false
    this.failed(failureIn(result), this.#state)
    return true
  }

  /** It couldn't be reached; `begun`: its state when that attempt began, since several may fail together. */
  failed(failure: Failure, begun: HopState): HopDown {
    const before = this.#state
    if (before.kind === 'down' && before !== begun) return before
    const { retry, clock } = this.#options
    const down = failedHop(before, failure, retry, clock.now(), clock.random())
    this.#state = down
    this.#answers = false
    if (before.kind === 'up') this.#changed(down, before)
    return down
  }

  /** It serves us over these connections, and takes no more. */
  contentWith(connections: number): void {
    this.#fewer = { limit: connections, until: this.#options.clock.now() + CONTENT_WITH_FEWER }
  }
}

/** Whether it tells of the connection or the service, not of the message (RFC 5321 section 3.8: 421 ends the session). */
export function isTrouble(result: Answers | Failure): boolean {
  if (!(result instanceof Failure)) return result.replies.every(({ code }) => code === 421)
  return result.kind === 'broken' || result.reply.code === 421
}

function failureIn(result: Answers | Failure): Failure {
  if (result instanceof Failure) return result
  const [said] = result.replies
  return new Failure(said ?? { code: 421, status: '', text: '' }, 'broken', true)
}
