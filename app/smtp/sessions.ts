/** The sessions: for whom there is a place, and how each begins. */
import { randomBytes } from 'node:crypto'
import { parseClient } from '../access/network.ts'
import type { Reply } from '../mail/reply.ts'
import { type Connections, TOO_MANY_FROM_ONE } from './connections.ts'
import type { Arrival, Dialogue, Reception, SessionFacts } from './protocol.ts'
import { Session, type SessionContext } from './session.ts'

export class Sessions implements Reception {
  readonly #context: SessionContext
  readonly #connections: Connections
  /** Tells the ids of one run from those of another, in the log. */
  readonly #mark = randomBytes(3).toString('hex')
  #begun = 0

  constructor(context: SessionContext, connections: Connections) {
    this.#context = context
    this.#connections = connections
  }

  enter(address: string): Arrival {
    const id = `${this.#mark}${(++this.#begun).toString(36).padStart(5, '0')}`
    const client = parseClient(address)
    // Whoever is blocked takes no place.
    const blocked = client && this.#context.guard.greet(client, id)
    if (blocked) return { id, refusal: blocked }
    const text = client?.text ?? 'unknown'
    const refusal = this.#connections.enter(id, text, this.#context.settings().smtp)
    if (!refusal) return { id }
    if (client && refusal === TOO_MANY_FROM_ONE) this.#context.guard.offend(client, 'tooManyConnections')
    this.#context.emit({ kind: 'connection-refused', session: id, client: text, reply: refusal })
    return { id, refusal }
  }

  leave(id: string): void {
    this.#connections.leave(id)
  }

  begin(facts: () => SessionFacts, refusal: Reply | undefined): Dialogue {
    return new Session(this.#context, facts, refusal)
  }
}
