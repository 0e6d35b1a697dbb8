/** The sessions: for whom there is a place, and how each begins. */
import { randomBytes } from 'node:crypto'
import { type Client, parseClient } from '../access/network.ts'
import { isLocalNetwork } from '../access/policy.ts'
import type { Reply } from '../mail/reply.ts'
import { type Connections, type Host, type Newcomer, TOO_MANY_FROM_ONE } from './connections.ts'
import type { Arrival, Dialogue, Reception, SessionFacts } from './protocol.ts'
import { NOBODY, Session, type SessionContext } from './session.ts'

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

  enter(address: string, host: Host): Arrival {
    const id = this.#nextId()
    const client = parseClient(address)
    // Whoever is blocked takes no place.
    const blocked = client && this.#context.guard.greet(client, id)
    if (blocked) return { id, refusal: blocked }
    const newcomer = this.#newcomer(client ?? NOBODY)
    const refusal = this.#connections.enter(id, newcomer, this.#context.settings().smtp, {
      doing: one => host.doing(one),
      dismiss: (one, answered) => {
        this.#tellRefused(one, newcomer.client, answered)
        host.dismiss(one, answered)
      },
    })
    if (!refusal) return { id }
    if (client && refusal === TOO_MANY_FROM_ONE) this.#context.guard.offend(client, 'tooManyConnections')
    this.#tellRefused(id, newcomer.client, refusal)
    return { id, refusal }
  }

  /** Takes no place, whoever it is. */
  turnAway(client: Client | undefined, refusal: Reply): Arrival {
    const id = this.#nextId()
    const blocked = client && this.#context.guard.greet(client, id)
    if (blocked) return { id, refusal: blocked }
    this.#tellRefused(id, client ?? NOBODY, refusal)
    return { id, refusal }
  }

  leave(id: string): void {
    this.#connections.leave(id)
  }

  begin(facts: () => SessionFacts, refusal: Reply | undefined): Dialogue {
    return new Session(this.#context, facts, refusal, id => this.#connections.trust(id))
  }

  #nextId(): string {
    return `${this.#mark}${(++this.#begun).toString(36).padStart(5, '0')}`
  }

  #newcomer(client: Client): Newcomer {
    const { policy, guard } = this.#context
    return {
      client,
      isLocal: isLocalNetwork(policy(), client),
      isKnown: () => guard.isKnown(client),
    }
  }

  #tellRefused(session: string, { text }: Client, answered: Reply): void {
    this.#context.emit({ kind: 'connection-refused', session, client: text, reply: answered })
  }
}
