/** The resolver: asks the settings' DNS servers, or this machine's, in turn, and says whether the answer is proved. */
/*
 * Not the system's own: it knows neither TLSA records nor whether an answer was proved (AD), without which DANE
 * (RFC 7672) can't be.
 */
import { randomInt } from 'node:crypto'
import { Resolver as SystemResolver } from 'node:dns'
import { isIPv6 } from 'node:net'
import type { DeliverySettings } from '../settings/settings.ts'
import { DnsFault, exchange, type Server } from './dns-exchange.ts'
import { type DnsData, type DnsMessage, type DnsRecord, type DnsType, isUnderstood } from './dns-message.ts'

export interface Found {
  readonly data: readonly DnsData[]
  /** The name at the end of the aliases. */
  readonly name: string
  /** Proved from the root down (DNSSEC), as a resolver says that is believed. */
  readonly authentic: boolean
}

/** Milliseconds that a server has, the first time and the second. */
const PATIENCE = [3000, 6000] as const
/** Servers that are asked, as in resolv.conf. */
const MOST_SERVERS = 3
/** Names in a row that stand for each other. */
const MOST_ALIASES = 10

const CODES: Readonly<Record<number, string>> = {
  1: 'EFORMERR',
  2: 'ESERVFAIL',
  3: 'ENOTFOUND',
  4: 'ENOTIMP',
  5: 'EREFUSED',
}

export class Resolver {
  readonly #servers: readonly Server[]
  readonly #isTrusted: boolean
  readonly #patience: readonly number[]
  readonly #signal: AbortSignal

  /**
   * `signal` breaks off what is being asked; `most` is the longest a server may take, milliseconds. That an answer is
   * proved is believed of servers that the settings name, and of one on this machine: on the way from others anybody
   * could say so.
   */
  constructor(servers: DeliverySettings['dnsServers'], signal: AbortSignal, most = Number.POSITIVE_INFINITY) {
    this.#servers = (servers === 'auto' ? systemServers() : servers).slice(0, MOST_SERVERS).map(serverOf)
    this.#isTrusted = isBelieved(
      servers,
      this.#servers.map(({ address }) => address),
    )
    this.#patience = PATIENCE.map(one => Math.min(one, most))
    this.#signal = signal
  }

  /**
   * The records of a kind, aliases followed. Rejects with a `DnsFault`: `ENOTFOUND` where there is no such name,
   * `ENODATA` where it has none of these, else what kept the servers from answering; or a `RangeError` for what is no name.
   */
  async find(name: string, type: DnsType): Promise<Found> {
    let [at, authentic] = [name.toLowerCase(), true]
    for (let asked = 0; asked < MOST_ALIASES; asked++) {
      const message = await this.#ask(at, type)
      authentic &&= message.authentic && this.#isTrusted
      const end = endOfAliases(message.records, at)
      const data = message.records
        .filter(one => one.name === end && one.data.type === type)
        .map(one => one.data)
      if (data.length > 0) return { data, name: end, authentic }
      if (message.code !== 0 || end === at) throw new DnsFault(CODES[message.code] ?? 'ENODATA', authentic)
      at = end
    }
    throw new DnsFault('EBADRESP')
  }

  /** Two rounds; that there is no such name is an answer as well. */
  async #ask(name: string, type: DnsType): Promise<DnsMessage> {
    let fault: unknown = new DnsFault('ENOTFOUND')
    for (const patience of this.#patience) {
      for (const server of this.#servers) {
        try {
          return await this.#askOne(server, name, type, patience)
        } catch (error) {
          if (this.#signal.aborted || error instanceof RangeError) throw error
          fault = error
        }
      }
    }
    throw fault
  }

  async #askOne(server: Server, name: string, type: DnsType, patience: number): Promise<DnsMessage> {
    const question = (extended: boolean) => ({ id: randomInt(65536), name, type, extended })
    const first = await exchange(server, question(true), patience, this.#signal)
    // RFC 6891 section 7: old servers don't know what we added.
    const message = !isUnderstood(first.code)
      ? await exchange(server, question(false), patience, this.#signal)
      : first
    if (message.code !== 0 && message.code !== 3) throw new DnsFault(CODES[message.code] ?? 'EBADRESP')
    if (message.lame) throw new DnsFault('EBADRESP')
    return message
  }
}

/** Whether it is believed that an answer was proved: of servers that a person named, or on this machine alone. */
export function isBelieved(servers: DeliverySettings['dnsServers'], addresses: readonly string[]): boolean {
  return servers !== 'auto' || (addresses.length > 0 && addresses.every(isLoopback))
}

/** Those of this machine now: a new resolver reads them anew, and a laptop moves from network to network. */
export function systemServers(): readonly string[] {
  return new SystemResolver().getServers()
}

/** The answer may hold the whole chain (RFC 1034 section 4.3.2). */
function endOfAliases(records: readonly DnsRecord[], name: string): string {
  const targets = new Map(
    records.flatMap(one => (one.data.type === 'CNAME' ? [[one.name, one.data.target] as const] : [])),
  )
  let end = name
  for (let steps = 0; steps < MOST_ALIASES; steps++) {
    const next = targets.get(end)
    if (next === undefined) return end
    end = next
  }
  throw new DnsFault('EBADRESP')
}

/** `192.0.2.1`, `192.0.2.1:53`, `[2001:db8::1]:53` or `2001:db8::1`. */
function serverOf(text: string): Server {
  if (isIPv6(text)) return { address: text, port: 53 }
  const [, address = text, port = '53'] = /^\[?([^\]]+?)\]?(?::(\d+))?$/.exec(text) ?? []
  return { address, port: Number(port) }
}

function isLoopback(address: string): boolean {
  return address === '::1' || address.startsWith('127.')
}
