/** The lane for old devices: whoever isn't in a local network is refused at once, and it has limits of its own. */
import { NOT_LOCAL } from '../access/door.ts'
import { type Client, parseClient } from '../access/network.ts'
import type { Emit } from '../log/event.ts'
import { type Reply, reply } from '../mail/reply.ts'
import type { OldDeviceLimits } from '../settings/settings.ts'
import { Connections, type Host, TOO_MANY_FROM_ONE } from './connections.ts'
import type { Arrival, Dialogue, Reception, SessionFacts } from './protocol.ts'

export interface LaneParts {
  /** The sessions of all listeners, whose limits count here too. */
  readonly sessions: Reception & {
    /** Tells of a connection that takes no place at all. */
    turnAway(client: Client | undefined, refusal: Reply): Arrival
  }
  readonly isLocal: (client: Client) => boolean
  readonly limits: () => OldDeviceLimits
  readonly emit: Emit
}

/** In words of its own, for its limits are others than those of all connections. */
const FULL = reply(421, '4.3.2', 'Too many connections to this port - try again later')
const FULL_FOR_ONE = reply(
  421,
  '4.3.2',
  'Too many connections from your address to this port - try again later',
)

export class OldDeviceLane implements Reception {
  readonly #parts: LaneParts
  readonly #connections = new Connections()

  constructor(parts: LaneParts) {
    this.#parts = parts
  }

  enter(address: string, host: Host): Arrival {
    const { sessions, isLocal, emit } = this.#parts
    const client = parseClient(address)
    // First of all, so that no stranger here takes a place, or has another give way.
    if (!client || !isLocal(client)) return sessions.turnAway(client, NOT_LOCAL)
    const arrival = sessions.enter(address, host)
    if (arrival.refusal) return arrival
    const { id } = arrival
    const refusal = this.#refusal(id, client, host)
    if (!refusal) return arrival
    sessions.leave(id)
    emit({ kind: 'connection-refused', session: id, client: client.text, reply: refusal })
    return { id, refusal }
  }

  leave(id: string): void {
    this.#connections.leave(id)
    this.#parts.sessions.leave(id)
  }

  begin(facts: () => SessionFacts, refusal: Reply | undefined): Dialogue {
    return this.#parts.sessions.begin(facts, refusal)
  }

  #refusal(id: string, client: Client, host: Host): Reply | undefined {
    const { maxConnections, maxConnectionsPerClient } = this.#parts.limits()
    // There are no strangers here.
    const own = { maxConnections, maxConnectionsPerClient, maxConnectionsPerNetwork: maxConnections }
    const newcomer = { client, isLocal: true, isKnown: () => true }
    const refused = this.#connections.enter(id, newcomer, { ...own, reservedShare: 0 }, host)
    return refused && (refused === TOO_MANY_FROM_ONE ? FULL_FOR_ONE : FULL)
  }
}
