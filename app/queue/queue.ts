/** The queue: which recipients of which messages wait, are held or are being sent, and what is due next. */
import type { Envelope, Recipient } from '../mail/envelope.ts'
import { DueList } from './due.ts'
import { IdSource } from './id.ts'
import type { Incoming } from './incoming.ts'
import { isDone, isPending, type Message, type Origin, type RecipientState } from './message.ts'
import {
  type Change,
  changes,
  freed,
  held,
  type Operated,
  type Pending,
  type Reach,
  retried,
  settled,
} from './operate.ts'
import { Slices } from './slices.ts'
import type { Spool } from './spool.ts'

/** Recipients of a message that are due, or were taken to be tried now. */
export interface Work {
  readonly message: Message
  /** Indexes into its recipients. */
  readonly recipients: readonly number[]
}

/** It looks at the clock at least so often, milliseconds: clocks are set, and timers stand still while a machine sleeps. */
const LONGEST_WAIT = 60 * 1000

/** No schedule goes further, milliseconds: what does was written while the clock was wrong. */
const FARTHEST = 8 * 24 * 60 * 60 * 1000

const nobody: ReadonlySet<number> = new Set()

type Waiting = RecipientState & { readonly kind: 'waiting' }

export class Queue {
  readonly #spool: Spool
  readonly #now: () => number
  readonly #ids = new IdSource()
  readonly #due = new DueList()
  /** Recipients being tried, by message. */
  readonly #busy = new Map<string, Set<number>>()
  /** Recipients to be removed when the attempt under way ends, by message. */
  readonly #removing = new Map<string, Set<number>>()
  readonly #toTell = new Slices()
  readonly #toReroute = new Slices()
  #timer: NodeJS.Timeout | undefined
  #handing = false
  #ready: ((work: Work) => void) | undefined

  constructor(spool: Spool, now: () => number = Date.now) {
    this.#spool = spool
    this.#now = now
  }

  /**
   * Begins to tell what is due: now, and everything else when its time comes. Whoever tries it takes it first; what
   * isn't taken may be told again.
   */
  start(ready: (work: Work) => void): void {
    this.#ready = ready
    this.tellWaiting()
  }

  /**
   * Tells again what is due or waits for a next hop, and schedules all else: at the start, and where the ways may be
   * others.
   */
  tellWaiting(): void {
    this.#toTell.run(this.ids(), ids =>
      this.#telling(() => {
        const now = this.#now()
        for (const message of this.#known(ids)) {
          this.#schedule(message, now)
          const recipients = this.#pick(message, state => isTakeable(state, now))
          if (recipients.length > 0) this.#ready?.({ message, recipients })
        }
        for (const id of this.#due.take(this.#now())) this.#handOut(id)
      }),
    )
  }

  /** Hands out nothing more. */
  stop(): void {
    this.#ready = undefined
    clearTimeout(this.#timer)
    this.#toTell.stop()
    this.#toReroute.stop()
  }

  newId(): string {
    for (;;) {
      const id = this.#ids.next(this.#now())
      if (!this.#spool.get(id)) return id
    }
  }

  /**
   * Resolves when the message would survive a power cut; rejects with the disk's error. `stored` is called before any
   * of it is handed out.
   */
  async add(
    id: string,
    envelope: Envelope,
    origin: Origin,
    content: Incoming,
    stored?: (message: Message) => void,
  ): Promise<Message> {
    const message = await this.store(id, envelope, origin, content)
    stored?.(message)
    this.begin(message)
    return message
  }

  /** As `add`, but it is handed out from `begin` on, or from the next start. */
  async store(id: string, envelope: Envelope, origin: Origin, content: Incoming): Promise<Message> {
    const received = this.#now()
    const waiting: RecipientState = { kind: 'waiting', attempts: 0, next: received }
    const states = envelope.recipients.map(() => waiting)
    const message = { id, received, size: content.length, envelope, origin, states, warned: false }
    await this.#spool.commit(message, content)
    return message
  }

  /** Hands out what was stored. */
  begin(message: Message): void {
    this.#schedule(message)
    this.#handOutDue()
  }

  /**
   * Takes the outcome of work handed out. A person's hold or removal meanwhile stands, but what was delivered
   * stays delivered.
   */
  settle(id: string, outcomes: ReadonlyMap<number, RecipientState>, warned?: true): Message | undefined {
    const message = this.#spool.get(id)
    this.#release(id, outcomes.keys())
    if (!message) return undefined
    const removing = this.removing(id)
    const states = new Map<number, RecipientState>()
    for (const [index, outcome] of outcomes) {
      const state = message.states[index]
      if (state && isPending(state))
        states.set(index, settled(state, outcome, removing.has(index), this.#now()))
    }
    return this.#update(id, states, warned)
  }

  /** Gives work back untried: it is due when it was. */
  giveBack(id: string, recipients: readonly number[]): void {
    this.#release(id, recipients)
    const message = this.#spool.get(id)
    const leaving = new Set(recipients.filter(index => this.removing(id).has(index)))
    const removed: RecipientState = { kind: 'removed', at: this.#now() }
    if (message && leaving.size > 0)
      this.#update(
        id,
        changes(message, () => removed, leaving),
      )
    else if (message) this.#schedule(message)
    this.#arm()
  }

  /** What is due of a message, if any. */
  due(id: string): Work | undefined {
    const message = this.#spool.get(id)
    const now = this.#now()
    const recipients = message ? this.#pick(message, ({ next }) => next <= now) : []
    return message && recipients.length > 0 ? { message, recipients } : undefined
  }

  /**
   * Takes out what is due of a message, or waits for its next hop, if any; with `only`, of these recipients. It must be
   * settled or given back.
   */
  take(id: string, only?: readonly number[]): Work | undefined {
    const message = this.#spool.get(id)
    if (!message) return undefined
    const now = this.#now()
    const recipients = this.#pick(message, state => isTakeable(state, now), only)
    if (recipients.length === 0) return undefined
    this.#busy.set(id, new Set([...(this.#busy.get(id) ?? nobody), ...recipients]))
    return { message, recipients }
  }

  messages(): IterableIterator<Message> {
    return this.#spool.messages()
  }

  /** Those of all messages, in order of arrival. */
  ids(): readonly string[] {
    return [...this.#spool.ids()]
  }

  get(id: string): Message | undefined {
    return this.#spool.get(id)
  }

  /** The recipients that are being sent at this moment. */
  sending(id: string): readonly number[] {
    return [...(this.#busy.get(id) ?? [])]
  }

  /** Keeps its recipients until they are released; one that is being sent is kept if that attempt fails. */
  hold(id: string, reach: Reach = {}): Operated {
    const to = (state: Pending): RecipientState =>
      state.kind === 'held' && state.by === 'person' ? state : held(state, 'held by hand')
    return this.#operate(id, to, 'it is held already', reach)
  }

  /** Frees held recipients and tries them at once, past routes that only hold. */
  release(id: string, reach: Reach = {}): Operated {
    const to = (state: Pending): RecipientState =>
      state.kind === 'held' ? { ...freed(state, this.#now()), released: true } : state
    if (!reach.only) this.#removing.delete(id)
    for (const index of reach.only ?? []) this.#removing.get(id)?.delete(index)
    return this.#operate(id, to, "it isn't held", reach)
  }

  /** Tries waiting recipients at once, and by the schedule anew if that fails; held ones stay held. */
  retry(id: string, reach: Reach = {}): Operated {
    const to = (state: Pending): RecipientState =>
      state.kind === 'waiting' ? retried(state, this.#now()) : state
    return this.#operate(id, to, 'it is held: release it instead', reach)
  }

  /**
   * Takes a message, or some of its recipients, out for good, undelivered and without a bounce. Those that are being
   * sent go when that attempt ends, unless it delivers to them.
   */
  remove(id: string, reach: Reach = {}): Operated {
    const busy = this.#busy.get(id)
    const to = (state: Pending, index: number): RecipientState =>
      busy?.has(index)
        ? held(state, 'to be removed when this attempt ends')
        : { kind: 'removed', at: this.#now() }
    const going = [...(busy ?? [])].filter(index => reach.only?.has(index) ?? true)
    const operated = this.#operate(id, to, 'it has nobody left to go to', reach)
    if (going.length > 0) this.#removing.set(id, new Set([...this.removing(id), ...going]))
    return operated
  }

  /** The recipients that a person removed while they were being sent: their sender is told nothing. */
  removing(id: string): ReadonlySet<number> {
    return this.#removing.get(id) ?? nobody
  }

  /** Frees what was held for want of a route, where there is one now. */
  reroute(hasRoute: (recipient: Recipient, message: Message) => boolean): void {
    this.#toReroute.run(this.ids(), ids => {
      for (const message of this.#known(ids)) {
        const free = (state: Pending, index: number) => {
          const recipient = message.envelope.recipients[index]
          const stuck = state.kind === 'held' && state.by === 'route'
          return stuck && recipient && hasRoute(recipient, message) ? freed(state, this.#now()) : state
        }
        const states = changes(message, free)
        if (states.size > 0) this.#update(message.id, states)
      }
    })
  }

  /** Those that are still there, as they are by now. */
  *#known(ids: readonly string[]): Generator<Message> {
    for (const id of ids) {
      const message = this.#spool.get(id)
      if (message) yield message
    }
  }

  #operate(id: string, to: Change, unchanged: string, { only, before }: Reach): Operated {
    const message = this.#spool.get(id)
    if (!message) return { kind: 'unknown' }
    const states = changes(message, to, only)
    if (states.size === 0) return { kind: 'unchanged', why: unchanged }
    before?.()
    const sending = [...states.keys()].some(index => this.#busy.get(id)?.has(index))
    this.#update(id, states)
    return { kind: 'changed', sending }
  }

  #update(id: string, states: ReadonlyMap<number, RecipientState>, warned?: true): Message | undefined {
    const changed =
      states.size === 0 && !warned ? this.#spool.get(id) : this.#spool.update(id, states, warned)
    if (!changed) return undefined
    if (isDone(changed)) {
      this.#busy.delete(id)
      this.#removing.delete(id)
    }
    this.#schedule(changed)
    this.#handOutDue()
    return changed
  }

  /** Recipients that wait and are not being tried, and are as asked. */
  #pick(message: Message, asked: (state: Waiting) => boolean, only?: readonly number[]): readonly number[] {
    const busy = this.#busy.get(message.id)
    const picked: number[] = []
    message.states.forEach((state, index) => {
      if (state.kind !== 'waiting' || busy?.has(index) || !asked(state)) return
      if (!only || only.includes(index)) picked.push(index)
    })
    return picked
  }

  /** From `after` on: what is being tried is scheduled when it is settled or given back. */
  #schedule(message: Message, after = Number.NEGATIVE_INFINITY): void {
    const busy = this.#busy.get(message.id)
    let next = Number.POSITIVE_INFINITY
    message.states.forEach((state, index) => {
      if (state.kind === 'waiting' && state.next > after && !busy?.has(index))
        next = Math.min(next, state.next)
    })
    if (next < Number.POSITIVE_INFINITY) this.#due.add(message.id, next)
  }

  #handOutDue(): void {
    this.#telling(() => {
      for (const id of this.#due.take(this.#now())) this.#handOut(id)
    })
  }

  /** Who is told may settle it at once, and comes here again: the loop under way goes on with what that made due. */
  #telling(tell: () => void): void {
    if (!this.#ready || this.#handing) return
    this.#handing = true
    try {
      tell()
    } finally {
      this.#handing = false
    }
    this.#arm()
  }

  #handOut(id: string): void {
    const message = this.#spool.get(id)
    if (message) this.#schedule(message, this.#now())
    const work = this.due(id)
    if (work) this.#ready?.(work)
  }

  #release(id: string, recipients: Iterable<number>): void {
    const busy = this.#busy.get(id)
    for (const index of recipients) busy?.delete(index)
    if (busy?.size === 0) this.#busy.delete(id)
  }

  #arm(): void {
    clearTimeout(this.#timer)
    const next = this.#due.next
    if (next === undefined || !this.#ready) return
    const wait = Math.min(Math.max(0, next - this.#now()), LONGEST_WAIT)
    this.#timer = setTimeout(() => this.#handOutDue(), wait)
    this.#timer.unref()
  }
}

/** Due, or waiting for its next hop to come up. */
function isTakeable({ next, hop }: Waiting, now: number): boolean {
  return next <= now || next > now + FARTHEST || hop !== undefined
}
