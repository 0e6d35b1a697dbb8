/** A lane: what goes to one next hop, over a few connections that are kept while there is more. */
import { reply } from '../mail/reply.ts'
import type { Answers } from './answers.ts'
import { Failure, unsent } from './failure.ts'
import type { Outgoing, Transport } from './transport.ts'

/** One transaction: a message to some of its recipients. Exactly one of its ends comes to pass. */
export interface Transaction {
  /** What to send; undefined when there is nothing to send any more, which is an end, too. */
  outgoing(): Promise<Outgoing | undefined>
  /** The answers, or what went wrong. */
  finished(result: Answers | Failure, via: string): void
  /** The lane was closed before the next hop had answered. */
  untried(): void
}

/** Opens a connection, to the hosts in turn; rejects with a `Failure`, or with anything once the signal is aborted. */
export type Open = (signal: AbortSignal) => Promise<Transport>

/** A connection with nothing to do is kept this long, milliseconds. */
const IDLE = 5000
/** A next hop that takes no more connections isn't asked for more within this, milliseconds. */
const CONTENT_WITH_FEWER = 60_000

type Wake = (next: Transaction | undefined) => void

export class Lane {
  readonly #open: Open
  readonly #name: string
  readonly #most: number
  #fewer = { limit: 0, until: 0 }
  readonly #waiting: Transaction[] = []
  /** Connections with nothing to do: called with the next transaction, or undefined to take leave. */
  readonly #idle: Wake[] = []
  readonly #workers = new Set<Promise<void>>()
  readonly #transports = new Set<Transport>()
  /** Aborted when the lane is closed: connections in the making are given up. */
  readonly #closed = new AbortController()
  #brokenOff = false

  /** `most`: connections at a time; `name`: the next hop's, before one is reached. */
  constructor(open: Open, most: number, name: string) {
    this.#open = open
    this.#most = most
    this.#name = name
  }

  /** Nothing waits, and no connection is open. */
  get isIdle(): boolean {
    return this.#waiting.length === 0 && this.#workers.size === 0
  }

  push(transaction: Transaction): void {
    if (this.#closed.signal.aborted) {
      transaction.untried()
      return
    }
    const idle = this.#idle.pop()
    if (idle) {
      idle(transaction)
      return
    }
    this.#waiting.push(transaction)
    this.#startWorker()
  }

  /** Gives back what waits, finishes what is being sent; what isn't finished after `grace` ms is broken off. */
  async close(grace: number): Promise<void> {
    this.#closed.abort()
    for (const transaction of this.#waiting.splice(0)) transaction.untried()
    for (const idle of this.#idle.splice(0)) idle(undefined)
    const timer = setTimeout(() => {
      this.#brokenOff = true
      for (const transport of this.#transports) transport.close()
    }, grace)
    await Promise.all(this.#workers)
    clearTimeout(timer)
  }

  get #limit(): number {
    return Date.now() < this.#fewer.until ? this.#fewer.limit : this.#most
  }

  #startWorker(): void {
    if (this.#waiting.length === 0 || this.#workers.size >= this.#limit) return
    const worker = this.#work().finally(() => {
      this.#workers.delete(worker)
      // Something may have come in just when this worker found nothing.
      this.#startWorker()
    })
    this.#workers.add(worker)
  }

  async #work(): Promise<void> {
    let transport: Transport | undefined
    for (let next = this.#waiting.shift(); next; ) {
      transport = await this.#sendOver(transport, next)
      if (!transport && this.#workers.size > this.#limit) return
      next = this.#waiting.shift() ?? (await this.#park(transport))
    }
    this.#leave(transport)
  }

  /** Sends over the connection, or over a new one; returns the connection if it can be used again. */
  async #sendOver(kept: Transport | undefined, transaction: Transaction): Promise<Transport | undefined> {
    if (kept?.usable) {
      const sent = await this.#send(kept, transaction)
      if (sent !== 'unsent') return sent
    } else if (kept) this.#drop(kept)
    const transport = await this.#connect(transaction)
    if (!transport) return undefined
    const sent = await this.#send(transport, transaction)
    if (sent !== 'unsent') return sent
    transaction.finished(unsent(transport.name), transport.name)
    return undefined
  }

  /** Undefined when there is no connection to be had; the transaction is seen to then. */
  async #connect(transaction: Transaction): Promise<Transport | undefined> {
    try {
      const transport = await this.#open(this.#closed.signal)
      this.#transports.add(transport)
      if (!this.#closed.signal.aborted) return transport
      this.#leave(transport)
      transaction.untried()
    } catch (error) {
      if (this.#closed.signal.aborted) transaction.untried()
      else this.#unreachable(asFailure(error), transaction)
    }
    return undefined
  }

  /** Whoever waits learns at once that nothing gets there, not one timeout after the other. */
  #unreachable(failure: Failure, transaction: Transaction): void {
    const others = [...this.#transports].filter(({ usable }) => usable).length
    if (others === 0) {
      for (const all of [transaction, ...this.#waiting.splice(0)]) all.finished(failure, this.#name)
      return
    }
    // It serves us over other connections: it only takes no more of them.
    this.#fewer = { limit: others, until: Date.now() + CONTENT_WITH_FEWER }
    const idle = this.#idle.pop()
    if (idle) idle(transaction)
    else this.#waiting.unshift(transaction)
  }

  /** Returns the connection if it can be used again; `unsent` when it had ended before it began. */
  async #send(transport: Transport, transaction: Transaction): Promise<Transport | 'unsent' | undefined> {
    try {
      const outgoing = await transaction.outgoing()
      if (!outgoing) return transport
      const answers = await transport.send(outgoing)
      transaction.finished(answers, transport.name)
      if (answers.replies.some(({ code }) => code < 300)) return transport
    } catch (error) {
      const failure = asFailure(error)
      if (failure.kind !== 'refused') this.#drop(transport)
      if (failure.kind !== 'refused' && this.#brokenOff) {
        transaction.untried()
        return undefined
      }
      if (failure.kind === 'unsent') return 'unsent'
      transaction.finished(failure, transport.name)
      if (failure.kind !== 'refused') return undefined
    }
    // After a refusal the transaction may still be open on the other side.
    return transport.reset().then(
      () => transport,
      () => this.#drop(transport),
    )
  }

  /** Waits for something to send; undefined after a while, and when the lane closes. */
  #park(transport: Transport | undefined): Promise<Transaction | undefined> {
    if (this.#closed.signal.aborted || !transport?.usable) return Promise.resolve(undefined)
    return new Promise(resolve => {
      const wake: Wake = next => {
        clearTimeout(timer)
        resolve(next)
      }
      const timer = setTimeout(() => {
        this.#idle.splice(this.#idle.indexOf(wake), 1)
        resolve(undefined)
      }, IDLE)
      timer.unref()
      this.#idle.push(wake)
    })
  }

  #leave(transport: Transport | undefined): void {
    if (!transport) return
    this.#transports.delete(transport)
    transport.quit()
  }

  #drop(transport: Transport): undefined {
    this.#transports.delete(transport)
    transport.close()
  }
}

/** Whatever else goes wrong, such as reading the content, is ours to try again. */
function asFailure(error: unknown): Failure {
  if (error instanceof Failure) return error
  const text = error instanceof Error ? error.message : String(error)
  return new Failure(reply(451, '4.3.0', text), 'broken')
}
