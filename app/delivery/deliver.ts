/** Delivery: where the recipients that are due go: to their mailboxes and next hops. */
import type { Emit } from '../log/event.ts'
import type { Recipient } from '../mail/envelope.ts'
import { reply } from '../mail/reply.ts'
import type { Message, RecipientState } from '../queue/message.ts'
import type { Queue, Work } from '../queue/queue.ts'
import type { Spool } from '../queue/spool.ts'
import type { DeliverySettings, Route } from '../settings/settings.ts'
import type { Departure } from './departure.ts'
import { Notifier } from './notify.ts'
import type { RouteContext } from './open.ts'
import type { Answer } from './outcome.ts'
import { describeDestination, destination, senderOf, type Way } from './route.ts'
import { Settlement, type Watcher } from './settle.ts'
import { Signer } from './signer.ts'
import { Pending } from './taken.ts'
import { type HopReport, ToHops } from './to-hops.ts'
import { ToMailboxes } from './to-mailboxes.ts'

export interface DeliveryConfig {
  readonly hostname: string
  readonly delivery: DeliverySettings
  /** Names of the accounts, which have mailboxes. */
  readonly accounts: ReadonlySet<string>
  /** The addresses that accounts' mail leaves as, by their names in lower case. */
  readonly senders?: ReadonlyMap<string, string>
}

export interface DeliveryParts {
  readonly queue: Queue
  readonly spool: Spool
  /** The folder of mailboxes. */
  readonly mail: string
  readonly context: RouteContext
  /** Where mail for an address goes: a local address to its mailboxes. */
  readonly expand: (address: string) => readonly Recipient[]
  /** Where mail for the postmaster goes; nowhere where absent. */
  readonly postmaster?: () => readonly Recipient[]
  readonly emit: Emit
  readonly now: () => number
  /** What a time of `now` is for people, where they differ. */
  readonly toWall?: (time: number) => number
  /** Milliseconds of a clock that nobody sets; the machine's own where absent. */
  readonly steady?: () => number
  /** 0 up to 1. */
  readonly random?: () => number
}

/** Lanes left behind by a change of settings finish what they send within this, milliseconds. */
const CHANGE_GRACE = 600_000

export class Delivery {
  readonly #parts: DeliveryParts
  readonly #settlement: Settlement
  readonly #mailboxes: ToMailboxes
  readonly #hops: ToHops
  readonly #pending: Pending
  #config: DeliveryConfig
  #signer: Signer | undefined

  constructor(parts: DeliveryParts, config: DeliveryConfig) {
    const { now, steady = () => performance.now(), random = Math.random, toWall = time => time } = parts
    const settlement = new Settlement({
      ...parts,
      random,
      toWall,
      notifier: new Notifier({ ...parts, toWall }),
    })
    this.#parts = parts
    this.#config = config
    this.#settlement = settlement
    this.#pending = new Pending(parts.emit)
    this.#mailboxes = new ToMailboxes({
      ...parts,
      accounts: () => this.#config.accounts,
      settle: (id, answers) => settlement.settle(id, answers, this.#config.delivery, this.#config.hostname),
    })
    this.#hops = new ToHops({
      ...parts,
      settlement,
      toWall,
      clock: { now, steady, random },
      config: () => this.#config,
      departure: (message, route) => this.#departure(message, route),
    })
    this.#signer = this.#newSigner()
  }

  start(): void {
    this.#parts.queue.start(work => this.#offer(work))
  }

  /** From now on new routes and times apply, to what waits too; what is being sent goes on as it began. */
  apply(config: DeliveryConfig): void {
    this.#config = config
    this.#signer = this.#newSigner()
    this.#hops.renew(CHANGE_GRACE)
    const { routes } = config.delivery
    this.#parts.queue.reroute(
      (recipient, message) => destination(recipient, senderOf(message), routes).kind !== 'hold',
    )
    this.#parts.queue.tellWaiting()
  }

  /** What waits for such routes is tried now, by the schedule anew. */
  retryRoutes(isMeant: (route: Route) => boolean): void {
    const { queue } = this.#parts
    const { routes } = this.#config.delivery
    const meant = new Set<string>()
    for (const message of [...queue.messages()]) {
      const only = new Set<number>()
      message.envelope.recipients.forEach((recipient, index) => {
        const state = message.states[index]
        const released = state?.kind === 'waiting' && state.released === true
        const where = destination(recipient, senderOf(message), routes, released)
        if (where.kind === 'next-hop' && isMeant(where.way.route)) only.add(index)
      })
      if (only.size === 0) continue
      queue.retry(message.id, { only })
      meant.add(message.id)
    }
    this.#hops.hurry(meant)
  }

  /** Begins nothing more and finishes what is being sent, for at most `grace` ms. */
  async stop(grace: number): Promise<void> {
    this.#parts.queue.stop()
    await Promise.all([this.#mailboxes.close(), this.#hops.close(grace)])
    await this.#pending.settled()
  }

  /** Watches message `id`, from before it is queued; it gets a connection of its own, so that the dialogue is whole. */
  watch(id: string, watcher: Watcher): () => void {
    const end = this.#settlement.watch(id, watcher)
    return () => {
      end()
      this.#hops.endWatch(id, CHANGE_GRACE)
    }
  }

  /** Tries a message now, also while nothing else is handed out. */
  sendNow(id: string): void {
    const work = this.#parts.queue.due(id)
    if (work) this.#offer(work)
  }

  /** Tries the next hops that these messages wait for now. */
  hurry(ids: ReadonlySet<string>): void {
    this.#hops.hurry(ids)
  }

  /** The next hops that mail waits for. */
  hops(): Promise<readonly HopReport[]> {
    return this.#hops.reports()
  }

  /** When those that are down are tried next, by name; milliseconds since the epoch. */
  nextTries(): ReadonlyMap<string, number> {
    return this.#hops.nextTries()
  }

  /** As things stand: for a message, what keeps each recipient that is due waiting, null for nothing; undefined for none. */
  hindrances(): (message: Message) => readonly (string | null)[] | undefined {
    return this.#hops.hindrances()
  }

  /** Where a recipient goes now, in words; `released`: if it is let go from being held. */
  whereTo(message: Message, recipient: Recipient, released = false): string {
    const { routes } = this.#config.delivery
    const where = destination(recipient, senderOf(message), routes, released)
    const sendAs = where.kind === 'next-hop' ? this.#departure(message, where.way.route).sendAs : undefined
    return `${describeDestination(where)}${sendAs === undefined ? '' : `, as ${sendAs}`}`
  }

  /** Why a held recipient would only be held again; undefined when it has a way to go. */
  whyStuck(message: Message, recipient: Recipient): string | undefined {
    const where = destination(recipient, senderOf(message), this.#config.delivery.routes, true)
    return where.kind === 'hold' ? where.why : undefined
  }

  #offer({ message, recipients }: Work): void {
    const byWay = new Map<string, { readonly way: Way; readonly indexes: number[] }>()
    const held = new Map<number, RecipientState>()
    const { routes } = this.#config.delivery
    for (const index of recipients) {
      const recipient = message.envelope.recipients[index]
      if (!recipient) continue
      const state = message.states[index]
      const released = state?.kind === 'waiting' && state.released === true
      const where = destination(recipient, senderOf(message), routes, released)
      if (where.kind === 'mailbox') this.#mailboxes.offer(message, index, where.account)
      else if (where.kind === 'alias') this.#expand(message, index)
      else if (where.kind === 'hold') held.set(index, this.#hold(message, index, where.why))
      else {
        const { way } = where
        const name = `${routes.indexOf(way.route)} ${way.domain ?? ''}`
        const group = byWay.get(name) ?? { way, indexes: [] }
        group.indexes.push(index)
        byWay.set(name, group)
      }
    }
    for (const { way, indexes } of byWay.values()) this.#hops.offer(message, indexes, way)
    if (held.size > 0) this.#parts.queue.settle(message.id, held)
  }

  #newSigner(): Signer | undefined {
    const { context, now, toWall = time => time } = this.#parts
    const keys = this.#config.delivery.dkim.filter(({ enabled }) => enabled)
    return keys.length === 0
      ? undefined
      : new Signer(
          keys,
          name => context.secret(name),
          () => toWall(now()),
        )
  }

  /** An account's address goes before the route's. */
  #departure({ origin }: Message, route: Route): Departure {
    const own = origin.user === undefined ? undefined : this.#config.senders?.get(origin.user.toLowerCase())
    return { sendAs: own ?? route.sendAs ?? undefined, signer: this.#signer }
  }

  /** RFC 3461 section 5.2.7: its sender is told that those behind it don't report their delivery. */
  #expand({ id }: Message, index: number): void {
    if (!this.#parts.queue.take(id, [index])) return
    const answer = reply(250, '2.1.5', 'passed on to those behind this address')
    this.#pending.track(
      this.#settle(id, new Map([[index, { reply: answer, own: true, via: 'alias', dsn: 'alias' }]])),
    )
  }

  #settle(id: string, answers: ReadonlyMap<number, Answer>): Promise<void> {
    return this.#settlement.settle(id, answers, this.#config.delivery, this.#config.hostname)
  }

  #hold(message: Message, index: number, why: string): RecipientState {
    this.#parts.emit({
      kind: 'held',
      id: message.id,
      to: message.envelope.recipients[index]?.address ?? '',
      why,
    })
    const answer = {
      reply: reply(450, '4.3.0', `held: ${why}`),
      own: true,
      via: 'nobody',
      dsn: 'nobody',
    } as const
    this.#settlement.watcher(message.id)?.answer(answer)
    const state = message.states[index]
    return { kind: 'held', attempts: state?.kind === 'waiting' ? state.attempts : 0, by: 'route', why }
  }
}
