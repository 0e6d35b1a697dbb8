/** Mail to next hops: offered to their lanes, taken out of the queue when its turn comes, and settled. */
import type { Emit } from '../log/event.ts'
import type { Message, RecipientState } from '../queue/message.ts'
import type { Queue } from '../queue/queue.ts'
import { inSlices } from '../queue/slices.ts'
import type { Spool } from '../queue/spool.ts'
import type { DeliverySettings, Route, SmartHost } from '../settings/settings.ts'
import type { Answers } from './answers.ts'
import type { Indexes } from './backlog.ts'
import { Bucket } from './bucket.ts'
import type { Departure } from './departure.ts'
import type { Failure } from './failure.ts'
import { type HopClock, type HopDown, type HopState, waitsFor } from './hop.ts'
import { Hosts } from './hosts.ts'
import { Lane } from './lane.ts'
import { Lanes, type Trace } from './lanes.ts'
import { leftOver } from './left-over.ts'
import { PATIENCE, type Patience } from './next-hop.ts'
import { openRoute, type RouteContext } from './open.ts'
import { type Answer, answersTo } from './outcome.ts'
import { nameOf, type Way } from './route.ts'
import type { Settlement, Waits } from './settle.ts'
import type { Waiting } from './silence.ts'
import { Slots } from './slots.ts'
import type { Source, Transaction } from './source.ts'
import { damaged, Pending, stillWanted } from './taken.ts'
import { outgoingOf, transactionsOf } from './transaction.ts'

export interface HopParts {
  readonly queue: Queue
  readonly spool: Spool
  readonly context: RouteContext
  readonly emit: Emit
  readonly settlement: Settlement
  /** What a time of the clock is for people. */
  readonly toWall: (time: number) => number
  readonly clock: HopClock & { readonly steady: () => number }
  /** What delivery goes by at the moment. */
  readonly config: () => { readonly hostname: string; readonly delivery: DeliverySettings }
  /** As whom a message leaves by a route, and who signs it. */
  readonly departure: (message: Message, route: Route) => Departure
}

/** A next hop that mail waits for, or goes to. */
export interface HopReport {
  readonly name: string
  readonly state: HopState
  /** An answer that is waited for long; times are milliseconds since the epoch. */
  readonly silent?: { readonly to: string; readonly since: number; readonly until: number }
  /** Messages. */
  readonly waiting: number
}

/** Connections to all next hops together, at most, and to one of them. */
const CONNECTIONS = 200
const CONNECTIONS_TO_ONE = CONNECTIONS / 2

export class ToHops {
  readonly #parts: HopParts
  readonly #pending: Pending
  readonly #lanes = new Lanes((way, trace) => this.#newLane(way, trace))
  readonly #slots = new Slots(CONNECTIONS)

  constructor(parts: HopParts) {
    this.#parts = parts
    this.#pending = new Pending(parts.emit)
  }

  /** What is due of a message, or waits for a next hop; what waited for this one and is due is overdue. */
  offer(message: Message, recipients: Indexes, way: Way): void {
    const { id, states, received } = message
    const lane = this.#laneFor(id, way)
    const now = this.#parts.clock.now()
    const told = recipients.map(index => states[index]).filter(state => isToldOf(state, lane.name))
    const waited = told.some(({ next }) => next <= now)
    if (told.length === recipients.length && !waited) lane.keep(id, recipients)
    else if (waited || this.#isOld(message)) lane.overdue(id, recipients, waited ? received : undefined)
    else lane.offer(id, recipients)
  }

  /** Tries the next hops that these messages wait for now, also those that have said nothing for long. */
  hurry(ids: ReadonlySet<string>): void {
    for (const lane of this.#lanes.common()) {
      if (lane.silent.length > 0) lane.giveUpSilent(ids)
      if (lane.state.kind !== 'down') continue
      for (const id of lane.waiting) {
        if (!ids.has(id)) continue
        lane.hurry()
        break
      }
    }
  }

  /** The next hops that mail waits for, and those that are down. */
  async reports(): Promise<readonly HopReport[]> {
    const reports: HopReport[] = []
    for (const { name, state, waiting, silent } of [...this.#lanes.common()]) {
      let count = silent.length
      await inSlices(waiting, id => {
        if (this.#parts.queue.get(id)) count++
      })
      const facts = { name, state: this.#forPeople(state), ...this.#silentSince(silent) }
      if (count > 0) reports.push({ ...facts, waiting: count })
    }
    return reports
  }

  /** When those that are down are tried next, by name; milliseconds since the epoch. */
  nextTries(): ReadonlyMap<string, number> {
    const times = new Map<string, number>()
    for (const { name, state } of this.#lanes.common())
      if (state.kind === 'down') times.set(name, this.#parts.toWall(state.next))
    return times
  }

  /** As things stand: for a message, what keeps each recipient that is due waiting, null for nothing; undefined for none. */
  hindrances(): (message: Message) => readonly (string | null)[] | undefined {
    const lanes = [...this.#lanes.common()].flatMap(lane => {
      const { hindrance } = lane
      return hindrance === undefined ? [] : [{ lane, why: `waits for ${hindrance}` }]
    })
    return ({ id, envelope }) => {
      const found = lanes.flatMap(({ lane, why }) =>
        (lane.waitingFor(id) ?? []).map(index => [index, why] as const),
      )
      const waits = new Map(found)
      return found.length === 0 ? undefined : envelope.recipients.map((_, index) => waits.get(index) ?? null)
    }
  }

  #silentSince([longest]: readonly Waiting[]): Pick<HopReport, 'silent'> {
    if (!longest) return {}
    const { clock, toWall } = this.#parts
    const since = toWall(clock.now()) - Math.round(performance.now() - longest.since)
    return { silent: { to: longest.to, since, until: since + this.#patience.answer } }
  }

  get #patience(): Patience {
    return this.#parts.context.patience ?? PATIENCE
  }

  #forPeople(state: HopState): HopState {
    const { toWall } = this.#parts
    if (state.kind === 'up') return state
    return { ...state, since: toWall(state.since), next: toWall(state.next), tried: toWall(state.tried) }
  }

  endWatch(id: string, grace: number): void {
    this.#lanes.endWatch(id, grace)
  }

  /** From now on by what is set now; what is being sent goes on as it began. */
  renew(grace: number): void {
    this.#lanes.renew(grace)
  }

  async close(grace: number): Promise<void> {
    await this.#lanes.close(grace)
    await this.#pending.settled()
  }

  #laneFor(id: string, way: Way): Lane {
    const watcher = this.#parts.settlement.watcher(id)
    return watcher ? this.#lanes.watched(id, way, line => watcher.line(line)) : this.#lanes.to(way)
  }

  #newLane(way: Way, trace?: Trace): Lane {
    const { context, config, clock } = this.#parts
    const { hostname, delivery } = config()
    const { connections = delivery.connections, messagesPerMinute } = way.route.limits ?? {}
    const hosts = new Hosts(delivery.retry, clock)
    // Where none took us, or somebody watches, each is tried.
    const turns = (given: readonly SmartHost[]) =>
      hosts.inTurn(given, trace !== undefined || lane.state.kind === 'down')
    const lane: Lane = new Lane({
      open: signal => openRoute({ ...way, hostname, context, signal, turns, ...(trace && { trace }) }),
      name: nameOf(way),
      most: Math.min(connections, CONNECTIONS_TO_ONE),
      silentAfter: this.#patience.silent,
      retry: delivery.retry,
      slots: this.#slots,
      ...(messagesPerMinute !== undefined && { bucket: new Bucket(messagesPerMinute, clock.steady) }),
      clock,
      // Who watches a message wants to see it tried; it waits by itself if that fails.
      source: trace ? this.#watchedSource(way) : this.#source(way, () => lane),
    })
    return lane
  }

  #source(way: Way, lane: () => Lane): Source {
    const { emit, toWall } = this.#parts
    const hop = nameOf(way)
    return {
      pull: (id, recipients) =>
        this.#pull(id, recipients, way, async (answers, down) => {
          await this.#settle(id, answers, down && { down, hop, tried: true })
          // While it was settled its turn may have come, and nothing was found to send.
          if (down) lane().keep(id, [...answers.keys()])
        }),
      parked: (id, recipients, down) => this.#park(id, recipients, lane(), down),
      late: (id, recipients, down) => this.#tell(id, recipients, hop, down),
      changed: (state, before, waiting) => {
        if (state.kind === 'down') {
          const { reply, own, next } = state
          emit({ kind: 'hop-down', hop, reply, ...(own && { own }), next: toWall(next), waiting })
        } else if (before.kind === 'down') emit({ kind: 'hop-up', hop, since: toWall(before.since), waiting })
      },
    }
  }

  #watchedSource(way: Way): Source {
    return {
      pull: (id, recipients) => this.#pull(id, recipients, way, answers => this.#settle(id, answers)),
      late: () => {},
      parked: (id, recipients, { reply, own }) => {
        const work = this.#parts.queue.take(id, recipients)
        const answer = { reply, own, via: nameOf(way), dsn: 'nobody' } as const
        const answers = new Map(work?.recipients.map(index => [index, answer]))
        this.#pending.track(this.#settle(id, answers))
      },
      changed: () => {},
    }
  }

  #pull(
    id: string,
    recipients: Indexes,
    { route }: Way,
    settle: (answers: ReadonlyMap<number, Answer>, down: HopDown | undefined) => Promise<void>,
  ): readonly Transaction[] {
    const { queue, spool, departure } = this.#parts
    const work = queue.take(id, recipients)
    if (!work) return []
    return transactionsOf(work.message, work.recipients, route.limits?.recipientsPerMessage).map(group => ({
      id,
      recipients: group,
      outgoing: async () => {
        const message = stillWanted(queue, id, group)
        return (
          message &&
          (await outgoingOf(message, group, spool, departure(message, route)).catch(error =>
            damaged(spool, id, error),
          ))
        )
      },
      finished: (result, via, down) =>
        this.#pending.track(settle(this.#answers(id, group, result, via), down)),
      untried: () => queue.giveBack(id, group),
    }))
  }

  /** Those for whom there was no room in the transaction are due at once again. */
  #answers(id: string, group: Indexes, result: Answers | Failure, via: string): ReadonlyMap<number, Answer> {
    const answers = answersTo(group, result, via)
    const left = leftOver(answers)
    for (const index of left) answers.delete(index)
    if (left.length > 0) this.#parts.queue.giveBack(id, left)
    return answers
  }

  /** Whom it wasn't told of yet. */
  #park(id: string, recipients: Indexes, lane: Lane, down: HopDown): void {
    const message = this.#parts.queue.get(id)
    const untold = recipients.filter(index => {
      const state = message?.states[index]
      return state?.kind === 'waiting' && state.hop !== lane.name
    })
    if (!message || untold.length === 0) return
    if (this.#isOld(message)) lane.overdue(id, untold, down.since)
    else this.#tell(id, untold, lane.name, down)
  }

  /** What is let go after long, say, isn't given up before it is tried. */
  #isOld({ received }: Message): boolean {
    const { clock, config } = this.#parts
    return clock.now() - received >= config().delivery.giveUpAfter
  }

  #tell(id: string, recipients: Indexes, hop: string, down: HopDown): void {
    const work = this.#parts.queue.take(id, recipients)
    if (!work) return
    const waits = waitsFor(down)
    const answer: Answer = {
      reply: down.reply,
      own: down.own,
      via: hop,
      dsn: 'nobody',
      ...(waits && { waits }),
    }
    const answers = new Map(work.recipients.map(index => [index, answer]))
    this.#pending.track(this.#settle(id, answers, { down, hop, tried: false }))
  }

  #settle(id: string, answers: ReadonlyMap<number, Answer>, waits?: Waits): Promise<void> {
    const { hostname, delivery } = this.#parts.config()
    return this.#parts.settlement.settle(id, answers, delivery, hostname, waits)
  }
}

/** Whether it waits for this next hop, and its message knows. */
function isToldOf(
  state: RecipientState | undefined,
  hop: string,
): state is RecipientState & { kind: 'waiting' } {
  return state?.kind === 'waiting' && state.hop === hop
}
