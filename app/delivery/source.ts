/** The source of a lane: where its mail comes from, and what becomes of it. */
import type { Answers } from './answers.ts'
import type { Indexes } from './backlog.ts'
import type { Failure } from './failure.ts'
import type { HopDown, HopState } from './hop.ts'
import type { Outgoing } from './transport.ts'

/** One transaction: a message to some of its recipients. Exactly one of its ends comes to pass. */
export interface Transaction {
  readonly id: string
  readonly recipients: Indexes
  /** What to send; undefined when there is nothing to send any more, which is an end, too. */
  outgoing(): Promise<Outgoing | undefined>
  /** The answers, or what went wrong; with `down`, it waits for the next hop to come up again. */
  finished(result: Answers | Failure, via: string, down?: HopDown): void
  /** The lane was closed before the next hop had answered. */
  untried(): void
}

export interface Source {
  /** Takes a message out of the queue, its turn has come; none when none of these recipients waits any more. */
  pull(id: string, recipients: Indexes): readonly Transaction[]
  /** The message waits for the next hop to come up. */
  parked(id: string, recipients: Indexes, down: HopDown): void
  /** It still does though it is overdue: its sender is told, or it is given up. */
  late(id: string, recipients: Indexes, down: HopDown): void
  /** The next hop went down or came up; so many messages wait for it. */
  changed(state: HopState, before: HopState, waiting: number): void
}
