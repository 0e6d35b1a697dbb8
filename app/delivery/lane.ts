/** A lane: what goes to one next hop, over a few connections that are kept while there is more. */
import { Failure } from './failure.ts'
import type { Answers, Outgoing, Transport } from './transport.ts'

/** One transaction: a message to some of its recipients. */
export interface Transaction {
  /** What to send; undefined when there is nothing to send any more. */
  outgoing(): Promise<Outgoing | undefined>
  /** Called once, with the answers or with what went wrong. */
  finished(result: Answers | Failure, via: string): void
  /** Called instead when the lane was closed before it was tried. */
  untried(): void
}

/** A connection with nothing to do is kept this long, milliseconds. */
const IDLE = 5000

export class Lane {
  readonly #open: () => Promise<Transport>
  readonly #name: string
  #limit: number
  #waiting: Transaction[] = []
  /** Connections with nothing to do: called with the next transaction, or undefined to take leave. */
  readonly #idle: ((next: Transaction | undefined) => void)[] = []
  readonly #workers = new Set<Promise<void>>()
  readonly #transports = new Set<Transport>()
  #closed = false

  /** `open` tries the hosts in turn; `limit`: connections at most; `name`: the next hop's, before one is reached. */
  constructor(open: () => Promise<Transport>, limit: number, name: string) {
    this.#open = open
    this.#limit = limit
    this.#name = name
  }

  push(transaction: Transaction): void {
    if (this.#closed) {
      transaction.untried()
      return
    }
    const idle = this.#idle.pop()
    if (idle) {
      idle(transaction)
      return
    }
    this.#waiting.push(transaction)
    if (this.#workers.size < this.#limit) this.#startWorker()
  }

  /** Gives back what waits, finishes what is being sent; what isn't finished after `grace` ms is broken off. */
  async close(grace: number): Promise<void> {
    this.#closed = true
    for (const transaction of this.#waiting.splice(0)) transaction.untried()
    for (const idle of this.#idle.splice(0)) idle(undefined)
    const timer = setTimeout(() => {
      for (const transport of this.#transports) transport.close()
    }, grace)
    await Promise.all(this.#workers)
    clearTimeout(timer)
  }

  #startWorker(): void {
    const worker = this.#work().finally(() => {
      this.#workers.delete(worker)
      // Something may have come in just when this worker found nothing.
      if (this.#waiting.length > 0 && this.#workers.size < this.#limit) this.#startWorker()
    })
    this.#workers.add(worker)
  }

  async #work(): Promise<void> {
    let transport: Transport | undefined
    for (
      let next = this.#waiting.shift();
      next;
      next = this.#waiting.shift() ?? (await this.#park(transport))
    ) {
      transport = await this.#sendOver(transport, next)
    }
    this.#leave(transport)
  }

  /** Sends over the connection, or over a new one; returns the connection if it can be used again. */
  async #sendOver(
    transport: Transport | undefined,
    transaction: Transaction,
  ): Promise<Transport | undefined> {
    const kept = transport?.usable ? transport : undefined
    try {
      return await this.#send(kept ?? (await this.#connect()), transaction)
    } catch (error) {
      const failure = asFailure(error)
      if (failure.kind === 'unsent' && kept) return this.#sendOver(undefined, transaction)
      transaction.finished(failure, this.#name)
      // Nothing gets there now: whoever waits learns it at once, not one timeout after the other.
      for (const other of this.#waiting.splice(0)) other.finished(failure, this.#name)
      return undefined
    }
  }

  async #connect(): Promise<Transport> {
    const transport = await this.#open()
    this.#transports.add(transport)
    return transport
  }

  async #send(transport: Transport, transaction: Transaction): Promise<Transport | undefined> {
    const via = `${transport.hop.host}:${transport.hop.port}`
    try {
      const outgoing = await transaction.outgoing()
      if (!outgoing) return transport
      const answers = await transport.send(outgoing)
      transaction.finished(answers, via)
      if (answers.replies.some(({ code }) => code < 300)) return transport
    } catch (error) {
      const failure = asFailure(error)
      if (failure.kind === 'unsent') {
        this.#drop(transport)
        throw failure
      }
      transaction.finished(failure, via)
      if (failure.kind !== 'refused') return this.#drop(transport)
    }
    // After a refusal the transaction may still be open on the other side.
    return transport.reset().then(
      () => transport,
      () => this.#drop(transport),
    )
  }

  /** Waits for something to send; undefined after a while, and when the lane closes. */
  #park(transport: Transport | undefined): Promise<Transaction | undefined> {
    if (this.#closed || !transport?.usable) return Promise.resolve(undefined)
    return new Promise(resolve => {
      const wake = (next: Transaction | undefined) => {
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

function asFailure(error: unknown): Failure {
  if (error instanceof Failure) return error
  const text = error instanceof Error ? error.message : String(error)
  return new Failure({ code: 451, status: '4.3.0', text }, 'broken')
}
