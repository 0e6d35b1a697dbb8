/** Settling: an attempt's answers become states in the queue, reports to the sender and events. */
import type { Emit } from '../log/event.ts'
import { type Reply, reply } from '../mail/reply.ts'
import { diskProblem } from '../queue/disk.ts'
import type { Message, RecipientState } from '../queue/message.ts'
import type { Queue } from '../queue/queue.ts'
import type { Report } from './dsn.ts'
import type { HopDown } from './hop.ts'
import type { Notifier, Stored } from './notify.ts'
import { type Answer, judge, type Outcome, type Times } from './outcome.ts'

/** Hears what becomes of one message: each line of the dialogue, and for each recipient the attempt's answer. */
export interface Watcher {
  line(line: string): void
  answer(answer: Answer): void
}

export interface SettlementParts {
  readonly queue: Queue
  readonly notifier: Notifier
  readonly emit: Emit
  readonly now: () => number
  readonly random: () => number
  /** What a time of `now` is for people. */
  readonly toWall: (time: number) => number
}

/** That it isn't the message's fault: its next hop is down. */
export interface Waits {
  readonly down: HopDown
  /** Its name. */
  readonly hop: string
  /** This very message was tried; else another was. */
  readonly tried: boolean
}

/** Milliseconds after which a message is looked at that is never given up. */
const LOOKED_AT = 90 * 24 * 60 * 60 * 1000

export class Settlement {
  readonly #parts: SettlementParts
  readonly #watchers = new Map<string, Watcher>()

  constructor(parts: SettlementParts) {
    this.#parts = parts
  }

  /** Returns what ends the watch. */
  watch(id: string, watcher: Watcher): () => void {
    this.#watchers.set(id, watcher)
    return () => this.#watchers.delete(id)
  }

  watcher(id: string): Watcher | undefined {
    return this.#watchers.get(id)
  }

  /** Never rejects: when a report can't be written, nothing is final and the recipients wait. */
  async settle(
    id: string,
    answers: ReadonlyMap<number, Answer>,
    times: Times,
    hostname: string,
    waits?: Waits,
  ): Promise<void> {
    const { queue, notifier, now, random } = this.#parts
    const message = queue.get(id)
    if (!message) return
    const outcome = judge(silenced(message, queue.removing(id)), answers, times, now(), random)
    const stored: Stored[] = []
    try {
      for (const reports of outcome.reports)
        stored.push(
          await notifier.send(message, reports, {
            hostname,
            giveUpAfter: times.giveUpAfter,
            tried: waits && !waits.tried ? waits.down.tried : now(),
            copies: times.copyBouncesToPostmaster ?? false,
          }),
        )
    } catch (error) {
      await this.#postpone(message, answers, times, diskProblem(error, 'write a report to the sender'))
      // Of what was delivered it is the last word; all else is told when it is tried again.
      for (const [at, one] of stored.entries()) {
        if (isLastWord(outcome.reports[at])) one.send()
        else one.withdraw()
      }
      return
    }
    const states = waits ? this.#parked(message, outcome, times, waits) : outcome.states
    queue.settle(id, states, outcome.warns ? true : undefined)
    this.#tell(message, answers, states, waits?.down.next)
    // The log tells what happened first, and then of the reports on it.
    for (const one of stored) one.send()
  }

  /** What waits for its next hop is tried when that one is; by itself it is due when it is overdue. */
  #parked(
    { received, warned }: Message,
    { states, warns }: Outcome,
    { warnAfter, giveUpAfter }: Times,
    { hop, tried }: Waits,
  ): ReadonlyMap<number, RecipientState> {
    const now = this.#parts.now()
    const warnAt = !warned && !warns && received + warnAfter > now ? received + warnAfter : Infinity
    return new Map<number, RecipientState>(
      [...states].map(([index, state]) => {
        if (state.kind !== 'waiting') return [index, state]
        const { stopped, excused = 0 } = state
        // While a person is waited for it isn't given up.
        const end = stopped === undefined ? received + giveUpAfter + excused : Infinity
        const next = Math.min(warnAt, end, now + LOOKED_AT)
        return [index, { ...state, attempts: state.attempts - (tried ? 0 : 1), next, hop }]
      }),
    )
  }

  /** What was delivered is; everything else is as if the other side had asked to wait. */
  async #postpone(
    message: Message,
    answers: ReadonlyMap<number, Answer>,
    times: Times,
    why: string,
  ): Promise<void> {
    this.#parts.emit({ kind: 'error', text: why })
    const wait: Reply = reply(452, '4.3.1', why)
    const instead = [...answers].map(
      ([index, answer]) =>
        [index, answer.reply.code < 300 ? answer : { ...answer, reply: wait, own: true }] as const,
    )
    const { now, random } = this.#parts
    const { states } = judge(message, new Map(instead), unending(times), now(), random)
    this.#parts.queue.settle(message.id, states)
    this.#tell(message, new Map(instead), states)
  }

  #tell(
    message: Message,
    answers: ReadonlyMap<number, Answer>,
    states: ReadonlyMap<number, RecipientState>,
    next?: number,
  ): void {
    const watcher = this.#watchers.get(message.id)
    for (const [index, answer] of answers) {
      const { via, reply, own } = answer
      const to = message.envelope.recipients[index]?.address ?? ''
      const facts = { id: message.id, to, via, reply, ...(own && { own }) }
      const state = states.get(index)
      if (state?.kind === 'delivered') this.#parts.emit({ kind: 'delivered', ...facts })
      else if (state?.kind === 'waiting')
        this.#parts.emit({ kind: 'deferred', ...facts, next: this.#parts.toWall(next ?? state.next) })
      else if (state?.kind === 'failed') this.#parts.emit({ kind: 'failed', ...facts })
      watcher?.answer(answer)
    }
  }
}

function isLastWord([first]: readonly Report[] = []): boolean {
  return first !== undefined && first.action !== 'failed' && first.action !== 'delayed'
}

/** Nobody is told that it waits, and it isn't given up. */
function unending(times: Times): Times {
  return { ...times, giveUpAfter: Number.POSITIVE_INFINITY, warnAfter: Number.POSITIVE_INFINITY }
}

/** As if NOTIFY=NEVER had been asked for these recipients (RFC 3461 section 4.1): a person took them out. */
function silenced(message: Message, recipients: ReadonlySet<number>): Message {
  if (recipients.size === 0) return message
  const { envelope } = message
  const silent = envelope.recipients.map((recipient, index) =>
    recipients.has(index) ? { ...recipient, notify: ['NEVER'] as const } : recipient,
  )
  return { ...message, envelope: { ...envelope, recipients: silent } }
}
