/** The connections that are open, in all and from each address, and whether one more may come. */
import { type Reply, reply } from '../mail/reply.ts'

export interface ConnectionLimits {
  readonly maxConnections: number
  readonly maxConnectionsPerClient: number
}

export class Connections {
  readonly #byClient = new Map<string, number>()
  #count = 0

  get count(): number {
    return this.#count
  }

  /** Counts the connection in; a reply when there are too many, and then it isn't counted. */
  enter(client: string, limits: ConnectionLimits): Reply | undefined {
    const same = this.#byClient.get(client) ?? 0
    if (this.#count >= limits.maxConnections)
      return reply(421, '4.3.2', 'Too many connections - try again later')
    if (same >= limits.maxConnectionsPerClient)
      return reply(421, '4.3.2', 'Too many connections from your address - try again later')
    this.#byClient.set(client, same + 1)
    this.#count++
    return undefined
  }

  /** Exactly once for each that was let in. */
  leave(client: string): void {
    const same = this.#byClient.get(client) ?? 0
    if (same <= 1) this.#byClient.delete(client)
    else this.#byClient.set(client, same - 1)
    this.#count--
  }
}
