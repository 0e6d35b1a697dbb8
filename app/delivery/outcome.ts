/** An outcome: what an attempt's replies make of the recipients: delivered, tried again, given up; and who is told. */
import type { Notify, Recipient } from '../mail/envelope.ts'
import { isTransient, type Reply } from '../mail/reply.ts'
import type { Message, RecipientState } from '../queue/message.ts'
import { nextAttempt, type RetryTimes } from '../queue/schedule.ts'
import { type Answers, isOwn } from './answers.ts'
import type { Action, Report } from './dsn.ts'
import { Failure } from './failure.ts'

export interface Answer {
  readonly reply: Reply
  /** Whether the reply's words are our own: no next hop said them. */
  readonly own: boolean
  /** The next hop, as `host:port`, or the mailbox, in words. */
  readonly via: string
  /** `next hop` promised to send the DSNs that were asked for; `nobody` did; or it came into a `mailbox`, or was
   * passed on to those behind an `alias`. */
  readonly dsn: 'next hop' | 'nobody' | 'mailbox' | 'alias'
  /** It takes a person to mend it: meanwhile nothing is given up. */
  readonly waits?: boolean
}

/** What a transaction's result is for each of its recipients, by index. */
export function answersTo(
  recipients: readonly number[],
  result: Answers | Failure,
  via: string,
): Map<number, Answer> {
  if (result instanceof Failure) {
    const { reply, said, waits } = result
    const answer: Answer = { reply, own: !said, via, dsn: 'nobody', ...(waits && { waits }) }
    return new Map(recipients.map(index => [index, answer]))
  }
  const dsn = result.dsn ? 'next hop' : 'nobody'
  return new Map(
    result.replies.flatMap((reply, position) => {
      const index = recipients[position]
      return index === undefined ? [] : [[index, { reply, own: isOwn(reply), via, dsn }]]
    }),
  )
}

export interface Times extends RetryTimes {
  /** Milliseconds since arrival until a sender is told that a message waits. */
  readonly warnAfter: number
  /** The postmaster gets a copy of what is returned. */
  readonly copyBouncesToPostmaster?: boolean
}

export interface Outcome {
  readonly states: ReadonlyMap<number, RecipientState>
  /** What the sender is to be told, each kind in a DSN of its own. */
  readonly reports: readonly (readonly Report[])[]
  /** One of them says that it is delayed. */
  readonly warns: boolean
}

/** Pure: the same answers at the same moment give the same outcome. */
export function judge(
  message: Message,
  answers: ReadonlyMap<number, Answer>,
  times: Times,
  now: number,
  random: () => number,
): Outcome {
  const states = new Map<number, RecipientState>()
  const told: Record<Action, Report[]> = { failed: [], delayed: [], delivered: [], relayed: [], expanded: [] }
  const overdue = !message.warned && now - message.received >= times.warnAfter
  for (const [index, answer] of answers) {
    const state = nextState(message, index, answer, times, now, random())
    states.set(index, state)
    const recipient = message.envelope.recipients[index]
    const action = recipient && actionOf(recipient, state, answer, overdue)
    if (recipient && action && message.envelope.reversePath !== '')
      told[action].push(report(recipient, action, answer))
  }
  const reports = Object.values(told).filter(some => some.length > 0)
  return { states, reports, warns: told.delayed.length > 0 }
}

function nextState(
  message: Message,
  index: number,
  { reply: answer, waits = false }: Answer,
  times: Times,
  now: number,
  random: number,
): RecipientState {
  if (answer.code < 300) return { kind: 'delivered', at: now, reply: answer }
  if (!isTransient(answer)) return { kind: 'failed', at: now, reply: answer }
  const state = message.states[index]
  const attempts = (state?.kind === 'waiting' || state?.kind === 'held' ? state.attempts : 0) + 1
  const clock = clockOf(state, waits, now)
  const giveUpAfter = waits ? Number.POSITIVE_INFINITY : times.giveUpAfter + (clock.excused ?? 0)
  const next = nextAttempt({ ...times, giveUpAfter }, message.received, attempts, now, random)
  if (next === undefined) return { kind: 'failed', at: now, reply: answer }
  const soonest = Math.min(next, warningAt(message, times, now))
  return { kind: 'waiting', attempts, next: soonest, reply: answer, ...clock, ...releasedBefore(state) }
}

/** It is tried then too: waits of hours would have the sender told long after it was promised. */
function warningAt({ warned, received }: Message, { warnAfter }: Times, now: number): number {
  const at = received + warnAfter
  return warned || at <= now ? Number.POSITIVE_INFINITY : at
}

/** How long the time until it is given up stood still. */
function clockOf(state: RecipientState | undefined, waits: boolean, now: number) {
  const { stopped = undefined, excused = 0 } = state?.kind === 'waiting' ? state : {}
  if (waits) return { stopped: stopped ?? now, ...(excused > 0 && { excused }) }
  const all = excused + (stopped === undefined ? 0 : Math.max(0, now - stopped))
  return all > 0 ? { excused: all } : {}
}

function releasedBefore(state: RecipientState | undefined): { released?: true } {
  return state?.kind === 'waiting' && state.released ? { released: true } : {}
}

/** RFC 3461 section 4.1: what was asked for; without NOTIFY, failures and delays. */
function actionOf(
  recipient: Recipient,
  state: RecipientState,
  { dsn }: Answer,
  overdue: boolean,
): Action | undefined {
  const wants = (what: Notify) => recipient.notify?.includes(what) ?? what !== 'SUCCESS'
  switch (state.kind) {
    case 'failed':
      return wants('FAILURE') ? 'failed' : undefined
    case 'waiting':
      return overdue && wants('DELAY') ? 'delayed' : undefined
    case 'delivered':
      if (!wants('SUCCESS') || dsn === 'next hop') return undefined
      if (dsn === 'alias') return 'expanded'
      return dsn === 'mailbox' ? 'delivered' : 'relayed'
    case 'held':
    case 'removed':
      return undefined
  }
}

function report(recipient: Recipient, action: Action, { reply, via, own }: Answer): Report {
  return {
    action,
    recipient: recipient.address,
    ...(recipient.orcpt !== undefined && { orcpt: recipient.orcpt }),
    reply,
    ...(!own && { remote: via.replace(/:\d+$/, '') }),
  }
}
