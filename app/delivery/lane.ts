/** A lane: what goes to one next hop, by its health and its limits, over a few connections. */
import { Backlog, type Indexes } from './backlog.ts'
import type { Bucket } from './bucket.ts'
import { Courier, type Post } from './courier.ts'
import type { Failure } from './failure.ts'
import { Health, type HealthOptions, isTrouble } from './health.ts'
import type { HopState } from './hop.ts'
import { Idle } from './idle.ts'
import { Silence, THE_MESSAGE, type Waiting } from './silence.ts'
import type { Slot, Slots } from './slots.ts'
import type { Source, Transaction } from './source.ts'
import type { Transport } from './transport.ts'

/** Opens a connection, to the hosts in turn; rejects with a `Failure`, or with anything once the signal is aborted. */
export type Open = (signal: AbortSignal) => Promise<Transport>

export interface LaneOptions extends HealthOptions {
  readonly open: Open
  /** The next hop's, before one is reached. */
  readonly name: string
  readonly slots: Slots
  /** Milliseconds until a connection that waits for an answer counts as silent. */
  readonly silentAfter: number
  /** How many messages a minute; as many as there are where absent. */
  readonly bucket?: Bucket
  readonly source: Source
}

/** Messages that go over a connection that somebody else waits for. */
const FAIR_SHARE = 20
/** It looks at the clock at least so often, milliseconds: timers stand still while a machine sleeps. */
const LONGEST_WAIT = 60_000

export class Lane {
  readonly #options: LaneOptions
  readonly #health: Health
  readonly #backlog = new Backlog()
  /** Taken out of the queue, to be sent next. */
  readonly #ready: Transaction[] = []
  /** To be settled when the next attempt to reach it fails. */
  readonly #overdue = new Set<string>()
  readonly #idle = new Idle()
  readonly #silence: Silence
  /** When it answered last, milliseconds of a clock that nobody sets. */
  #answeredAt = Number.NEGATIVE_INFINITY
  readonly #couriers = new Map<Courier, Promise<void>>()
  readonly #closed = new AbortController()
  #timer: NodeJS.Timeout | undefined

  constructor(options: LaneOptions) {
    this.#options = options
    this.#silence = new Silence(options.silentAfter, () => this.#wake())
    this.#health = new Health(options, (state, before) =>
      options.source.changed(state, before, this.#backlog.size),
    )
  }

  get name(): string {
    return this.#options.name
  }

  get state(): HopState {
    return this.#health.state
  }

  /** What its connections wait for that get no answer for long, the longest first. */
  get silent(): readonly Waiting[] {
    return this.#silence.all
  }

  /** The messages that wait, by id. */
  get waiting(): Iterable<string> {
    return this.#backlog.ids()
  }

  /** The recipients of a message that wait. */
  waitingFor(id: string): Indexes | undefined {
    return this.#backlog.get(id)
  }

  /** What keeps waiting mail from going though the next hop isn't down, in words; undefined for nothing. */
  get hindrance(): string | undefined {
    const { bucket } = this.#options
    if (!this.#hasWork || this.#health.state.kind === 'down') return undefined
    if (bucket && bucket.wait > 0)
      return `the limit of ${bucket.perMinute} ${bucket.perMinute === 1 ? 'message' : 'messages'} a minute to ${this.name}`
    // One connection is enough to find out whether it answers.
    const isAsked = this.#couriers.size > 0 && !this.#health.answers
    return isAsked ? `${this.name} to answer` : `a free connection to ${this.name}`
  }

  /** Nothing waits, and no connection is open. */
  get isIdle(): boolean {
    return !this.#hasWork && this.#couriers.size === 0
  }

  /** A message that is due for these recipients; also one that was offered before. */
  offer(id: string, recipients: Indexes): void {
    if (this.#closed.signal.aborted) return
    this.#backlog.add(id, recipients)
    if (this.#health.state.kind === 'down') this.#tellSoon()
    this.#wake()
  }

  /** A message that waits on, as it was told already. */
  keep(id: string, recipients: Indexes): void {
    if (!this.#closed.signal.aborted && !this.#backlog.has(id)) this.#backlog.park(id, recipients)
    this.#wake()
  }

  /**
   * Its sender must be told that it waits, or it is given up, unless one is to be tried that wasn't `since` then; without
   * `since` only an attempt to come counts.
   */
  overdue(id: string, recipients: Indexes, since = Number.POSITIVE_INFINITY): void {
    const { state } = this.#health
    if (state.kind === 'up') {
      this.offer(id, recipients)
      return
    }
    this.#backlog.park(id, recipients)
    const isTried = state.tried >= since
    if (isTried && state.next > this.#options.clock.now()) this.#options.source.late(id, recipients, state)
    else this.#overdue.add(id)
    if (isTried) this.#wake()
    else this.hurry()
  }

  /**
   * Has these messages go over new connections where those in use have had no answer for long; but not where the answer
   * to a whole message is waited for, which may have been taken.
   */
  giveUpSilent(ids: ReadonlySet<string>): void {
    const isWaited = [...ids].some(id => this.#backlog.has(id))
    for (const courier of this.#couriers.keys()) {
      const { waiting, current, isConnected } = courier
      if (!isConnected || !this.#silence.isSilent(courier) || waiting?.to === THE_MESSAGE) continue
      if (isWaited || (current !== undefined && ids.has(current))) courier.breakOff()
    }
  }

  /** Tries a next hop that is down now. */
  hurry(): void {
    if (this.#couriers.size > 0) return
    this.#health.hurry()
    this.#wake()
  }

  /**
   * Leaves what waits to the queue, finishes what is being sent; after `grace` ms it is broken off, and at once where it
   * has got no answer for longer than that already.
   */
  async close(grace: number): Promise<void> {
    this.#closed.abort()
    clearTimeout(this.#timer)
    this.#options.slots.leave(this.#wake)
    this.#backlog.clear()
    for (const transaction of this.#ready.splice(0)) transaction.untried()
    this.#idle.dismiss()
    const isShort = grace <= this.#options.silentAfter
    for (const courier of this.#couriers.keys())
      if (isShort && this.#silence.isSilent(courier)) courier.breakOff()
    const timer = setTimeout(() => {
      for (const courier of this.#couriers.keys()) courier.breakOff()
    }, grace)
    await Promise.all(this.#couriers.values())
    clearTimeout(timer)
  }

  get #hasWork(): boolean {
    return this.#ready.length > 0 || this.#backlog.size > 0
  }

  get #limit(): number {
    if (this.#closed.signal.aborted || !this.#hasWork) return 0
    // While none answers, one more is enough to find out whether others would.
    return Math.min(this.#health.limit, this.#isDoubtful ? this.silent.length + 1 : Infinity)
  }

  /** It has answered nothing since it owes an answer for long. */
  get #isDoubtful(): boolean {
    return this.silent.some(({ since }) => since >= this.#answeredAt)
  }

  /** Has idle connections go on, or opens as many as there is work for. */
  readonly #wake = (): void => {
    while (this.#idle.some) {
      const next = this.#next()
      if (!next) return
      this.#idle.wake(next)
    }
    while (this.#couriers.size < this.#limit && this.#startCourier());
    const { state } = this.#health
    const wait =
      state.kind === 'down' && this.#couriers.size === 0 ? state.next - this.#options.clock.now() : 0
    // What may be tried already waits for its limits or for a slot, and is woken by them.
    if (wait > 0) this.#wakeIn(wait)
  }

  #wakeIn(wait: number): void {
    clearTimeout(this.#timer)
    if (this.#closed.signal.aborted || !this.#hasWork) return
    this.#timer = setTimeout(this.#wake, Math.min(Math.max(wait, 1), LONGEST_WAIT)).unref()
  }

  /** False where there is nothing to send at the moment, or no connection to be had. */
  #startCourier(): boolean {
    const standing = this.#isDoubtful ? 'doubtful' : this.#health.answers ? 'proven' : 'unproven'
    const slot = this.#options.slots.take(this.#wake, standing)
    if (!slot) return false
    const first = this.#next()
    if (!first) {
      slot.release()
      return false
    }
    const courier = new Courier(this.#postWith(slot))
    const done = courier.run(first).then(() => {
      this.#couriers.delete(courier)
      this.#silence.forget(courier)
      slot.release()
      // Something may have come in just when this one found nothing.
      this.#wake()
    })
    this.#couriers.set(courier, done)
    this.#silence.watch(courier, slot)
    return true
  }

  #postWith(slot: Slot): Post {
    const { open, slots } = this.#options
    let begun = this.#health.state
    return {
      signal: this.#closed.signal,
      open: signal => {
        begun = this.#health.state
        return open(signal)
      },
      next: () => this.#next(),
      mustLeave: (sent, isConnected) => {
        const { size } = this.#couriers
        if (!isConnected && size > this.#health.limit) return true
        return slots.wanted && (size > 1 || sent % FAIR_SHARE === 0)
      },
      rest: () =>
        slots.wanted || this.#closed.signal.aborted ? Promise.resolve(undefined) : this.#idle.rest(),
      finished: (result, first) => {
        if (!isTrouble(result)) this.#answered(slot)
        else if (this.#health.troubled(result, first)) this.#fallen()
      },
      unreachable: (failure, transaction) => this.#unreachable(failure, transaction, begun),
    }
  }

  /** What is to be sent next, as far as its limits and its state allow; till then it stays in the queue. */
  #next(): Transaction | undefined {
    const { bucket, source } = this.#options
    if (this.#closed.signal.aborted || !this.#hasWork) return undefined
    const wait = bucket?.wait ?? 0
    if (wait > 0) {
      this.#wakeIn(wait)
      return undefined
    }
    for (let first = this.#ready.length === 0 && this.#backlog.shift(); first; ) {
      this.#ready.push(...source.pull(...first))
      first = this.#ready.length === 0 && this.#backlog.shift()
    }
    const next = this.#ready.shift()
    if (next) bucket?.take()
    return next
  }

  #answered(slot: Slot): void {
    slot.proven()
    this.#answeredAt = performance.now()
    if (!this.#health.answered()) return
    this.#overdue.clear()
    this.#wake()
  }

  /** Whoever waits learns that nothing gets there, not one timeout after the other. */
  #unreachable(failure: Failure, transaction: Transaction, begun: HopState): void {
    const others = [...this.#couriers.keys()].filter(({ isConnected }) => isConnected).length
    if (others > 0) {
      this.#health.contentWith(others)
      this.#ready.unshift(transaction)
      this.#wake()
    } else if (failure.reply.code >= 500) {
      // There is no such domain, say: nobody waits for that.
      transaction.finished(failure, this.name)
      for (let next = this.#next(); next; next = this.#next()) next.finished(failure, this.name)
    } else {
      const all = [transaction, ...this.#ready.splice(0)]
      for (const { id, recipients } of all) this.#backlog.park(id, recipients)
      const down = this.#health.failed(failure, begun)
      for (const one of all) one.finished(failure, this.name, down)
      this.#fallen()
    }
  }

  #fallen(): void {
    const { state } = this.#health
    if (state.kind === 'up') return
    this.#tellSoon()
    for (const id of this.#overdue) {
      const recipients = this.#backlog.get(id)
      if (recipients) this.#options.source.late(id, recipients, state)
    }
    this.#overdue.clear()
  }

  #tellSoon(): void {
    this.#backlog.parkSoon((id, recipients) => {
      const { state } = this.#health
      if (state.kind === 'down') this.#options.source.parked(id, recipients, state)
      return state.kind === 'down'
    })
  }
}
