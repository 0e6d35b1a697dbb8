/** Delivery: takes due recipients from the queue to their mailboxes and next hops. */
import { join } from 'node:path'
import type { Emit } from '../log/event.ts'
import type { Recipient } from '../mail/envelope.ts'
import { type Reply, reply } from '../mail/reply.ts'
import { diskProblem } from '../queue/disk.ts'
import type { Message, RecipientState } from '../queue/message.ts'
import type { Queue, Work } from '../queue/queue.ts'
import { DamagedContent, type Spool } from '../queue/spool.ts'
import type { DeliverySettings, Route } from '../settings/settings.ts'
import type { Departure } from './departure.ts'
import { Failure } from './failure.ts'
import { Lane, type Transaction } from './lane.ts'
import { Lanes, type Trace } from './lanes.ts'
import { deliverToMailbox } from './mailbox.ts'
import { Mailboxes } from './mailboxes.ts'
import { Notifier } from './notify.ts'
import { openRoute, type RouteContext } from './open.ts'
import { type Answer, answersTo } from './outcome.ts'
import { describeDestination, destination, nameOf, senderOf, type Way } from './route.ts'
import { Settlement, type Watcher } from './settle.ts'
import { Signer } from './signer.ts'
import { outgoingOf, transactionsOf } from './transaction.ts'

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
  readonly emit: Emit
  readonly now: () => number
}

/** Lanes left behind by a change of settings finish what they send within this, milliseconds. */
const CHANGE_GRACE = 600_000

export class Delivery {
  readonly #parts: DeliveryParts
  readonly #settlement: Settlement
  readonly #mailboxes = new Mailboxes()
  readonly #started: number
  readonly #pending = new Set<Promise<void>>()
  #config: DeliveryConfig
  #signer: Signer | undefined
  readonly #lanes = new Lanes((way, trace) => this.#newLane(way, trace))

  constructor(parts: DeliveryParts, config: DeliveryConfig) {
    this.#parts = parts
    this.#config = config
    this.#signer = this.#newSigner()
    this.#started = parts.now()
    this.#settlement = new Settlement({ ...parts, notifier: new Notifier(parts) })
  }

  start(): void {
    this.#parts.queue.start(work => this.#take(work))
  }

  /** From now on new routes and times apply, to what waits too; what is being sent goes on as it began. */
  apply(config: DeliveryConfig): void {
    this.#config = config
    this.#signer = this.#newSigner()
    this.#lanes.renew(CHANGE_GRACE)
    const { routes } = config.delivery
    this.#parts.queue.reroute(
      (recipient, message) => destination(recipient, senderOf(message), routes).kind !== 'hold',
    )
  }

  /** What waits for such routes is tried now, by the schedule anew. */
  retryRoutes(isMeant: (route: Route) => boolean): void {
    const { queue } = this.#parts
    const { routes } = this.#config.delivery
    for (const message of [...queue.messages()]) {
      const only = new Set<number>()
      message.envelope.recipients.forEach((recipient, index) => {
        const state = message.states[index]
        const released = state?.kind === 'waiting' && state.released === true
        const where = destination(recipient, senderOf(message), routes, released)
        if (where.kind === 'next-hop' && isMeant(where.way.route)) only.add(index)
      })
      if (only.size > 0) queue.retry(message.id, { only })
    }
  }

  /** Begins nothing more and finishes what is being sent, for at most `grace` ms. */
  async stop(grace: number): Promise<void> {
    this.#parts.queue.stop()
    await Promise.all([this.#mailboxes.close(), this.#lanes.close(grace)])
    await Promise.all(this.#pending)
  }

  /** Watches message `id`, from before it is queued; it gets a connection of its own, so that the dialogue is whole. */
  watch(id: string, watcher: Watcher): () => void {
    const end = this.#settlement.watch(id, watcher)
    return () => {
      end()
      this.#lanes.endWatch(id, CHANGE_GRACE)
    }
  }

  /** Tries a message now, also while nothing else is handed out. */
  sendNow(id: string): void {
    const work = this.#parts.queue.take(id)
    if (work) this.#take(work)
  }

  /** Where a recipient goes now, in words; `released`: if it is let go from being held. */
  whereTo(message: Message, recipient: Recipient, released = false): string {
    const { routes } = this.#config.delivery
    const where = destination(recipient, senderOf(message), routes, released)
    const sendAs = where.kind === 'next-hop' ? this.#departure(message, where.way).sendAs : undefined
    return `${describeDestination(where)}${sendAs === undefined ? '' : `, as ${sendAs}`}`
  }

  /** Why a held recipient would only be held again; undefined when it has a way to go. */
  whyStuck(message: Message, recipient: Recipient): string | undefined {
    const where = destination(recipient, senderOf(message), this.#config.delivery.routes, true)
    return where.kind === 'hold' ? where.why : undefined
  }

  #take({ message, recipients }: Work): void {
    const byWay = new Map<string, { readonly way: Way; readonly indexes: number[] }>()
    const held = new Map<number, RecipientState>()
    const { routes } = this.#config.delivery
    for (const index of recipients) {
      const recipient = message.envelope.recipients[index]
      if (!recipient) continue
      const state = message.states[index]
      const released = state?.kind === 'waiting' && state.released === true
      const where = destination(recipient, senderOf(message), routes, released)
      if (where.kind === 'mailbox') this.#toMailbox(message, index, recipient, where.account)
      else if (where.kind === 'hold') held.set(index, this.#hold(message, index, where.why))
      else {
        const { way } = where
        const name = `${routes.indexOf(way.route)} ${way.domain ?? ''}`
        const group = byWay.get(name) ?? { way, indexes: [] }
        group.indexes.push(index)
        byWay.set(name, group)
      }
    }
    for (const { way, indexes } of byWay.values()) this.#toHop(message, indexes, way)
    if (held.size > 0) this.#parts.queue.settle(message.id, held)
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

  #toHop(message: Message, recipients: readonly number[], way: Way): void {
    const watcher = this.#settlement.watcher(message.id)
    const lane = watcher
      ? this.#lanes.watched(message.id, way, line => watcher.line(line))
      : this.#lanes.to(way)
    for (const group of transactionsOf(message, recipients)) lane.push(this.#transaction(message, group, way))
  }

  #newSigner(): Signer | undefined {
    const { context, now } = this.#parts
    const keys = this.#config.delivery.dkim.filter(({ enabled }) => enabled)
    return keys.length === 0 ? undefined : new Signer(keys, name => context.secret(name), now)
  }

  #newLane(way: Way, trace?: Trace): Lane {
    const { hostname, delivery } = this.#config
    const { context } = this.#parts
    const open = (signal: AbortSignal) =>
      openRoute({ ...way, hostname, context, signal, ...(trace && { trace }) })
    return new Lane(open, delivery.connections, nameOf(way))
  }

  #transaction({ id }: Message, recipients: readonly number[], way: Way): Transaction {
    return {
      outgoing: async () => {
        const message = this.#stillWanted(id, recipients)
        return (
          message &&
          (await outgoingOf(message, recipients, this.#parts.spool, this.#departure(message, way)).catch(
            error => this.#damaged(id, error),
          ))
        )
      },
      finished: (result, via) => this.#track(this.#settle(id, answersTo(recipients, result, via))),
      untried: () => this.#parts.queue.giveBack(id, recipients),
    }
  }

  /** An account's address goes before the route's. */
  #departure({ origin }: Message, { route }: Way): Departure {
    const own = origin.user === undefined ? undefined : this.#config.senders?.get(origin.user.toLowerCase())
    return { sendAs: own ?? route.sendAs ?? undefined, signer: this.#signer }
  }

  /** Undefined when it was held or removed since it was handed out; it is given back then. */
  #stillWanted(id: string, recipients: readonly number[]): Message | undefined {
    const message = this.#parts.queue.get(id)
    if (message && recipients.every(index => message.states[index]?.kind === 'waiting')) return message
    this.#parts.queue.giveBack(id, recipients)
    return undefined
  }

  /** Content that isn't what was accepted is kept aside, and its sender told: it is never sent. */
  async #damaged(id: string, error: unknown): Promise<never> {
    if (!(error instanceof DamagedContent)) throw error
    await this.#parts.spool.setAside(id)
    throw new Failure(reply(554, '5.3.0', 'the message was damaged on the disk of this server'), 'refused')
  }

  #toMailbox({ id }: Message, index: number, recipient: Recipient, account: string): void {
    this.#mailboxes.push(async () => {
      const message = this.#stillWanted(id, [index])
      if (!message) return
      const answer = await this.#writeMailbox(message, index, recipient, account)
      await this.#settle(
        id,
        new Map([[index, { reply: answer, own: true, via: `mailbox ${account}`, dsn: 'mailbox' }]]),
      )
    })
  }

  async #writeMailbox(
    message: Message,
    index: number,
    recipient: Recipient,
    account: string,
  ): Promise<Reply> {
    if (!this.#config.accounts.has(account))
      return reply(550, '5.1.1', `there is no account ${account} any more`)
    const { id, received, envelope, states } = message
    const state = states[index]
    const again = received < this.#started || (state?.kind === 'waiting' && state.attempts > 0)
    const fields = [`Return-Path: <${envelope.reversePath}>`, `Delivered-To: ${recipient.address}`]
    try {
      const content = await this.#parts.spool.content(id).catch(error => this.#damaged(id, error))
      await deliverToMailbox(join(this.#parts.mail, account), { id, index, received, again, fields, content })
      return reply(250, '2.0.0', `delivered to the mailbox of ${account}`)
    } catch (error) {
      if (error instanceof Failure) return error.reply
      return reply(452, '4.3.1', diskProblem(error, `write to the mailbox of ${account}`))
    }
  }

  #settle(id: string, answers: ReadonlyMap<number, Answer>): Promise<void> {
    return this.#settlement.settle(id, answers, this.#config.delivery, this.#config.hostname)
  }

  #track(promise: Promise<void>): void {
    const tracked = promise
      .catch(error => this.#parts.emit({ kind: 'error', text: `Delivery stopped short: ${String(error)}` }))
      .finally(() => this.#pending.delete(tracked))
    this.#pending.add(tracked)
  }
}
