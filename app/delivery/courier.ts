/** A courier: one connection of a lane, over which it sends one transaction after the other. */
import { reply } from '../mail/reply.ts'
import type { Answers } from './answers.ts'
import { Failure, unsent } from './failure.ts'
import type { Waiting } from './silence.ts'
import type { Transaction } from './source.ts'
import type { Transport } from './transport.ts'

/** What a courier needs of its lane. */
export interface Post {
  /** Aborted when the lane is closed. */
  readonly signal: AbortSignal
  open(signal: AbortSignal): Promise<Transport>
  /** What is to be sent next; undefined for nothing at the moment. */
  next(): Transaction | undefined
  /** Whether it is to leave after `sent` transactions, for want of connections. */
  mustLeave(sent: number, isConnected: boolean): boolean
  /** Waits for something to send; undefined after a while, and when the lane closes. */
  rest(): Promise<Transaction | undefined>
  /** What came of a transaction; `first`: the first one over this connection. */
  finished(result: Answers | Failure, first: boolean): void
  /** No connection is to be had; sees to the transaction. */
  unreachable(failure: Failure, transaction: Transaction): void
}

export class Courier {
  readonly #post: Post
  #transport: Transport | undefined
  /** When it began to open a connection, while it does; milliseconds of a clock that nobody sets. */
  #opening: number | undefined
  /** Transactions over this connection, and in all. */
  #over = 0
  #sent = 0
  #brokenOff = false
  /** What it is at, the id of a message. */
  #current: string | undefined

  constructor(post: Post) {
    this.#post = post
  }

  /** Whether it has a connection that stands. */
  get isConnected(): boolean {
    return this.#transport?.usable === true
  }

  /** The message that it is at. */
  get current(): string | undefined {
    return this.#current
  }

  /** For which answer of the next hop, if any. */
  get waiting(): Waiting | undefined {
    return this.#opening === undefined ? this.#transport?.waiting : { to: 'our call', since: this.#opening }
  }

  /** Never rejects; resolves when there is nothing more to do. */
  async run(first: Transaction): Promise<void> {
    for (let next: Transaction | undefined = first; next; ) {
      await this.#deliver(next)
      if (this.#post.mustLeave(++this.#sent, this.isConnected)) break
      next = this.#post.next() ?? (this.isConnected ? await this.#post.rest() : undefined)
    }
    this.#current = undefined
    this.#transport?.quit()
    this.#transport = undefined
  }

  /** What it is sending fails, and was not tried. */
  breakOff(): void {
    this.#brokenOff = true
    this.#transport?.close()
  }

  /** Over the connection, or over a new one. */
  async #deliver(transaction: Transaction): Promise<void> {
    this.#current = transaction.id
    this.#brokenOff = false
    if (this.#transport && !this.#transport.usable) this.#drop()
    if (this.#transport && (await this.#send(this.#transport, transaction)) === 'over') return
    const transport = await this.#connect(transaction)
    if (!transport || (await this.#send(transport, transaction)) === 'over') return
    transaction.finished(unsent(transport.name), transport.name)
  }

  /** Undefined when there is no connection to be had; the transaction is seen to then. */
  async #connect(transaction: Transaction): Promise<Transport | undefined> {
    const { signal } = this.#post
    this.#opening = performance.now()
    try {
      const transport = await this.#post.open(signal)
      this.#transport = transport
      this.#over = 0
      if (!signal.aborted) return transport
      transaction.untried()
    } catch (error) {
      if (signal.aborted) transaction.untried()
      else this.#post.unreachable(asFailure(error), transaction)
    } finally {
      this.#opening = undefined
    }
    return undefined
  }

  /** `unsent` when the connection had ended before it began. */
  async #send(transport: Transport, transaction: Transaction): Promise<'over' | 'unsent'> {
    try {
      const outgoing = await transaction.outgoing()
      if (!outgoing) return 'over'
      const answers = await transport.send(outgoing)
      this.#finish(transaction, answers)
      if (answers.replies.some(({ code }) => code < 300)) return 'over'
    } catch (error) {
      const failure = asFailure(error)
      if (failure.kind !== 'refused') {
        this.#drop()
        if (this.#brokenOff) transaction.untried()
        else if (failure.kind === 'unsent') return 'unsent'
        else this.#finish(transaction, failure)
        return 'over'
      }
      this.#finish(transaction, failure)
    }
    // After a refusal the transaction may still be open on the other side.
    await transport.reset().catch(() => this.#drop())
    return 'over'
  }

  #finish(transaction: Transaction, result: Answers | Failure): void {
    transaction.finished(result, this.#transport?.name ?? '')
    this.#post.finished(result, ++this.#over === 1)
  }

  #drop(): void {
    this.#transport?.close()
    this.#transport = undefined
  }
}

/** Whatever else goes wrong, such as reading the content, is ours to try again. */
function asFailure(error: unknown): Failure {
  if (error instanceof Failure) return error
  const text = error instanceof Error ? error.message : String(error)
  return new Failure(reply(451, '4.3.0', text), 'broken')
}
