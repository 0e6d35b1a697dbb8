/** The connections that are open, in all and from each address, and whether one more may come. */
import { type Reply, reply } from '../mail/reply.ts'

export interface ConnectionLimits {
  readonly maxConnections: number
  readonly maxConnectionsPerClient: number
}

/** Others may still come. */
export const TOO_MANY_FROM_ONE = reply(
  421,
  '4.3.2',
  'Too many connections from your address - try again later',
)

export class Connections {
  /** Clients, by the connection's id. */
  readonly #clients = new Map<string, string>()
  readonly #byClient = new Map<string, number>()

  get count(): number {
    return this.#clients.size
  }

  /** Counts the connection in; a reply when there are too many, and then it isn't counted. */
  enter(id: string, client: string, limits: ConnectionLimits): Reply | undefined {
    const same = this.#byClient.get(client) ?? 0
    if (this.count >= limits.maxConnections)
      return reply(421, '4.3.2', 'Too many connections - try again later')
    if (same >= limits.maxConnectionsPerClient) return TOO_MANY_FROM_ONE
    this.#byClient.set(client, same + 1)
    this.#clients.set(id, client)
    return undefined
  }

  /** Does nothing for one that wasn't let in, or has left. */
  leave(id: string): void {
    const client = this.#clients.get(id)
    if (client === undefined) return
    this.#clients.delete(id)
    const same = this.#byClient.get(client) ?? 0
    if (same <= 1) this.#byClient.delete(client)
    else this.#byClient.set(client, same - 1)
  }
}
