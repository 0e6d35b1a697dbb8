/** The queue: which recipients of which messages wait, are held or are being sent, and what is due next. */
import type { Envelope } from '../mail/envelope.ts'
import { DueList } from './due.ts'
import { IdSource } from './id.ts'
import type { Incoming } from './incoming.ts'
import { isDone, isPending, type Message, type Origin, type RecipientState } from './message.ts'
import type { Spool } from './spool.ts'

/** Recipients of a message that are to be tried now. */
export interface Work {
  readonly message: Message
  /** Indexes into its recipients. */
  readonly recipients: readonly number[]
}

/** It looks at the clock at least so often, milliseconds: clocks are set, and timers stand still while a machine sleeps. */
const LONGEST_WAIT = 60 * 1000

export class Queue {
  readonly #spool: Spool
  readonly #now: () => number
  readonly #ids = new IdSource()
  readonly #due = new DueList()
  /** Recipients being tried, by message. */
  readonly #busy = new Map<string, Set<number>>()
  #timer: NodeJS.Timeout | undefined
  #handing = false
  #ready: ((work: Work) => void) | undefined

  constructor(spool: Spool, now: () => number = Date.now) {
    this.#spool = spool
    this.#now = now
  }

  /** Begins handing out work: what is due now, at once, and everything else when its time comes. */
  start(ready: (work: Work) => void): void {
    this.#ready = ready
    for (const message of this.#spool.messages()) this.#schedule(message)
    this.#handOutDue()
  }

  /** Hands out nothing more. */
  stop(): void {
    this.#ready = undefined
    clearTimeout(this.#timer)
  }

  newId(): string {
    for (;;) {
      const id = this.#ids.next(this.#now())
      if (!this.#spool.get(id)) return id
    }
  }

  /** Resolves when the message would survive a power cut; rejects with the disk's error. */
  async add(id: string, envelope: Envelope, origin: Origin, content: Incoming): Promise<Message> {
    const received = this.#now()
    const waiting: RecipientState = { kind: 'waiting', attempts: 0, next: received }
    const states = envelope.recipients.map(() => waiting)
    const message = { id, received, size: content.length, envelope, origin, states, warned: false }
    await this.#spool.commit(message, content)
    this.#schedule(message)
    this.#handOutDue()
    return message
  }

  /**
   * Takes the outcome of work handed out. A person's hold or removal meanwhile stands, but what was delivered
   * stays delivered.
   */
  settle(id: string, outcomes: ReadonlyMap<number, RecipientState>, warned?: true): Message | undefined {
    const message = this.#spool.get(id)
    this.#release(id, outcomes.keys())
    if (!message) return undefined
    const states = new Map<number, RecipientState>()
    for (const [index, outcome] of outcomes) {
      const state = message.states[index]
      if (state && isPending(state)) states.set(index, merge(state, outcome))
    }
    return this.#update(id, states, warned)
  }

  /** Gives work back untried: it is due when it was. */
  giveBack(id: string, recipients: readonly number[]): void {
    this.#release(id, recipients)
    const message = this.#spool.get(id)
    if (message) this.#schedule(message)
    this.#arm()
  }

  /** Takes out what is due of a message, if any; it must be settled or given back. */
  take(id: string): Work | undefined {
    const message = this.#spool.get(id)
    if (!message) return undefined
    const now = this.#now()
    const busy = this.#busy.get(id) ?? new Set()
    const recipients: number[] = []
    message.states.forEach((state, index) => {
      if (state.kind === 'waiting' && state.next <= now && !busy.has(index)) recipients.push(index)
    })
    if (recipients.length === 0) return undefined
    for (const index of recipients) busy.add(index)
    this.#busy.set(id, busy)
    return { message, recipients }
  }

  messages(): IterableIterator<Message> {
    return this.#spool.messages()
  }

  get(id: string): Message | undefined {
    return this.#spool.get(id)
  }

  /** Keeps its recipients until they are released. False when there is no such message; so in the others. */
  hold(id: string): boolean {
    return this.#change(id, state => ({ ...keep(state), kind: 'held', by: 'person', why: 'held by hand' }))
  }

  /** Frees held recipients and tries them at once. */
  release(id: string): boolean {
    return this.#change(id, state =>
      state.kind === 'held' ? { ...keep(state), kind: 'waiting', next: this.#now() } : state,
    )
  }

  /** Tries waiting recipients at once; held ones stay held. */
  retry(id: string): boolean {
    return this.#change(id, state => (state.kind === 'waiting' ? { ...state, next: this.#now() } : state))
  }

  /** Takes a message out for good, undelivered and without a bounce. */
  remove(id: string): boolean {
    return this.#change(id, () => ({ kind: 'removed', at: this.#now() }))
  }

  /** Frees what was held for want of a route: the routes have changed. */
  reroute(): void {
    for (const message of [...this.#spool.messages()]) {
      if (!message.states.some(state => state.kind === 'held' && state.by === 'route')) continue
      this.#change(message.id, state =>
        state.kind === 'held' && state.by === 'route'
          ? { ...keep(state), kind: 'waiting', next: this.#now() }
          : state,
      )
    }
  }

  #change(id: string, to: (state: RecipientState & { kind: 'waiting' | 'held' }) => RecipientState): boolean {
    const message = this.#spool.get(id)
    if (!message) return false
    const states = new Map<number, RecipientState>()
    message.states.forEach((state, index) => {
      if (state.kind === 'waiting' || state.kind === 'held') states.set(index, to(state))
    })
    this.#update(id, states)
    return true
  }

  #update(id: string, states: ReadonlyMap<number, RecipientState>, warned?: true): Message | undefined {
    const changed =
      states.size === 0 && !warned ? this.#spool.get(id) : this.#spool.update(id, states, warned)
    if (!changed) return undefined
    if (isDone(changed)) this.#busy.delete(id)
    this.#schedule(changed)
    this.#handOutDue()
    return changed
  }

  /** What is being tried is scheduled when it is settled or given back. */
  #schedule(message: Message): void {
    const busy = this.#busy.get(message.id)
    let next = Number.POSITIVE_INFINITY
    message.states.forEach((state, index) => {
      if (state.kind === 'waiting' && !busy?.has(index)) next = Math.min(next, state.next)
    })
    if (next < Number.POSITIVE_INFINITY) this.#due.add(message.id, next)
  }

  #handOutDue(): void {
    // Who is handed work may settle it at once, and comes here again: the loop below goes on with what that made due.
    if (!this.#ready || this.#handing) return
    this.#handing = true
    try {
      for (const id of this.#due.take(this.#now())) this.#handOut(id)
    } finally {
      this.#handing = false
    }
    this.#arm()
  }

  #handOut(id: string): void {
    const work = this.#ready && this.take(id)
    const message = this.#spool.get(id)
    if (message) this.#schedule(message)
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

function keep({ attempts, reply }: RecipientState & { kind: 'waiting' | 'held' }) {
  return { attempts, ...(reply && { reply }) }
}

/** A failed attempt doesn't free what a person held meanwhile. */
function merge(state: RecipientState, outcome: RecipientState): RecipientState {
  if (state.kind !== 'held' || outcome.kind !== 'waiting') return outcome
  return { ...state, ...keep(outcome) }
}
