/** The connections that are open: in all, from each address and network, and who gives way where there is no room. */
import type { Client } from '../access/network.ts'
import { type Reply, reply } from '../mail/reply.ts'

export interface ConnectionLimits {
  readonly maxConnections: number
  readonly maxConnectionsPerClient: number
  /** From one network of strangers: the 256 addresses of an IPv4 /24, or an IPv6 /48. */
  readonly maxConnectionsPerNetwork: number
  /** Percent of `maxConnections` that strangers can't take. */
  readonly reservedShare: number
}

/**
 * `idle`: it waits for a command; `busy`: it has begun a message or a log-on; `receiving`: content comes in; `answering`: it
 * is in.
 */
export type Doing = 'idle' | 'busy' | 'receiving' | 'answering'

/** Whoever holds the connections, as far as their counting goes. */
export interface Host {
  doing(id: string): Doing
  /** Tells the client that others need its place, and ends it. */
  dismiss(id: string, reply: Reply): void
}

export interface Newcomer {
  readonly client: Client
  /** Of a local network: it may take what is reserved, and never gives way. */
  readonly isLocal: boolean
  /** Whether somebody logged on from there lately, which counts as much; asked only where it makes a difference. */
  isKnown(): boolean
}

interface Guest {
  readonly from: string
  /** Undefined for the trusted, who aren't counted by network. */
  network: string | undefined
  readonly since: number
  readonly host: Host
}

/**
 * Milliseconds after which a stranger gives way to a newcomer. Content that trickles at the least rate would hold a place
 * for hours; whose message is in learns what became of it, else it would come once more.
 */
const GIVES_WAY = { idle: 5_000, busy: 30_000, receiving: 10 * 60_000, answering: Number.POSITIVE_INFINITY }

/** Milliseconds before who might give way is looked for again, when nobody did: a flood asks often. */
const LOOK_AGAIN = 250

const FULL = reply(421, '4.3.2', 'Too many connections - try again later')
/** Others may still come. */
export const TOO_MANY_FROM_ONE = reply(
  421,
  '4.3.2',
  'Too many connections from your address - try again later',
)
const SAME_NETWORK = reply(421, '4.3.2', 'Too many connections from your network - try again later')
const IDLE_GIVES_WAY = reply(421, '4.3.2', 'Others need the place of this idle connection - try again later')
const SLOW_GIVES_WAY = reply(421, '4.3.2', 'Others need the place of this slow connection - try again later')

export class Connections {
  readonly #now: () => number
  /** By the connection's id, the longest open first. */
  readonly #guests = new Map<string, Guest>()
  readonly #byClient = new Map<string, number>()
  /** Strangers only. */
  readonly #byNetwork = new Map<string, number>()
  #strangers = 0
  #nextLook = 0

  /** `now`: milliseconds of a clock that nobody sets. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now
  }

  get count(): number {
    return this.#guests.size
  }

  /**
   * Counts the connection in; a reply when there is no place, and then it isn't counted. Where strangers hold all they
   * may, or everything, the one gives way that has been idle, or slow, for longest.
   */
  enter(id: string, newcomer: Newcomer, limits: ConnectionLimits, host: Host): Reply | undefined {
    const { client, isLocal } = newcomer
    const from = isLocal ? client.text : sourceOf(client)
    if ((this.#byClient.get(from) ?? 0) >= limits.maxConnectionsPerClient) return TOO_MANY_FROM_ONE
    let network = isLocal ? undefined : networkOf(client)
    const refusal = this.#refusalOf(network, limits)
    if (refusal && network !== undefined && newcomer.isKnown()) network = undefined
    const stillRefused = refusal && this.#refusalOf(network, limits)
    if (stillRefused === SAME_NETWORK) return SAME_NETWORK
    if (stillRefused && !(this.#makeRoom() && !this.#refusalOf(network, limits))) return FULL
    this.#guests.set(id, { from, network, since: this.#now(), host })
    add(this.#byClient, from, 1)
    if (network !== undefined) this.#countStranger(network, 1)
    return undefined
  }

  /** Somebody logged on there: it is no stranger any more. */
  trust(id: string): void {
    const guest = this.#guests.get(id)
    if (guest?.network === undefined) return
    this.#countStranger(guest.network, -1)
    guest.network = undefined
  }

  /** Does nothing for one that wasn't let in, or has left. */
  leave(id: string): void {
    const guest = this.#guests.get(id)
    if (!guest) return
    this.#guests.delete(id)
    add(this.#byClient, guest.from, -1)
    if (guest.network !== undefined) this.#countStranger(guest.network, -1)
  }

  /** Of a stranger's network; undefined where the newcomer is trusted. */
  #refusalOf(network: string | undefined, limits: ConnectionLimits): Reply | undefined {
    const { maxConnections, maxConnectionsPerNetwork, reservedShare } = limits
    if (this.count >= maxConnections) return FULL
    if (network === undefined) return undefined
    if ((this.#byNetwork.get(network) ?? 0) >= maxConnectionsPerNetwork) return SAME_NETWORK
    const share = Math.ceil((maxConnections * (100 - reservedShare)) / 100)
    return this.#strangers < share ? undefined : FULL
  }

  /** Whether a stranger gave way. */
  #makeRoom(): boolean {
    const now = this.#now()
    if (now < this.#nextLook) return false
    for (const [id, { network, since, host }] of this.#guests) {
      const doing = host.doing(id)
      if (network === undefined || now - since < GIVES_WAY[doing]) continue
      this.leave(id)
      host.dismiss(id, doing === 'receiving' ? SLOW_GIVES_WAY : IDLE_GIVES_WAY)
      return true
    }
    this.#nextLook = now + LOOK_AGAIN
    return false
  }

  #countStranger(network: string, by: 1 | -1): void {
    this.#strangers += by
    add(this.#byNetwork, network, by)
  }
}

function add(counts: Map<string, number>, key: string, by: 1 | -1): void {
  const count = (counts.get(key) ?? 0) + by
  if (count > 0) counts.set(key, count)
  else counts.delete(key)
}

/** In IPv6 a customer has at least a /64 of addresses (RFC 6177), and so is counted by it. */
function sourceOf({ family, text, words }: Client): string {
  return family === 4 ? text : `${words[0]}:${words[1]}`
}

function networkOf({ family, words: [first = 0, second = 0] }: Client): string {
  return family === 4 ? `${first >>> 8}` : `${first}:${second >>> 16}`
}
