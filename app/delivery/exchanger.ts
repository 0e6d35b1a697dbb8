/** Exchangers: connections to those of a domain, one after the other, best first; the only file that knows mx-connect. */
import type { Socket } from 'node:net'
import type { Connected } from 'mx-connect'
import { reply } from '../mail/reply.ts'
import type { DeliverySettings } from '../settings/settings.ts'
import { errorCode } from '../settings/system-error.ts'
import { daneOf } from './dane.ts'
import { Failure, failureOf } from './failure.ts'
import { type MailHost, mailHosts } from './mail-hosts.ts'
import type { Dane } from './next-hop.ts'
import { Resolver } from './resolver.ts'
import type { Sts, StsPolicies } from './sts.ts'

export interface Exchanger {
  readonly socket: Socket
  /** Its name, which a certificate must have where one must hold. */
  readonly host: string
  readonly address: string
  readonly port: number
  readonly demand: TlsDemand
  /** The domain tries a policy out: what it would forbid is told and goes there all the same (RFC 8461 section 5). */
  readonly tested?: { readonly names: boolean }
}

/**
 * What a domain asks of the connection: nothing; TLS with a certificate that holds (MTA-STS); or with one that it
 * publishes (DANE, which goes before MTA-STS, RFC 8461 section 2).
 */
export type TlsDemand =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'verified' }
  | { readonly kind: 'published'; readonly dane: Dane }

export interface ExchangerSearch {
  /** Canonical; `[192.0.2.1]` for an address literal. */
  readonly domain: string
  readonly port: number
  readonly servers: DeliverySettings['dnsServers']
  readonly policies: StsPolicies
  /** Our own name. */
  readonly hostname: string
  /** Whether this server itself listens there: mail that came here must not go round. */
  readonly isOwn: (address: string, port: number) => boolean
  /** Whether the route names the domain, so that its hosts may stand inside the office. */
  readonly inside: boolean
  /** Milliseconds for a connection. */
  readonly patience: number
  readonly signal: AbortSignal
}

interface Looked {
  readonly hosts: readonly MailHost[]
  readonly sts: Sts | undefined
}

export class Exchangers {
  readonly #search: ExchangerSearch
  readonly #resolver: Resolver
  /** Addresses that were tried. */
  readonly #passed: string[] = []
  #found: Looked | undefined

  constructor(search: ExchangerSearch) {
    this.#search = search
    this.#resolver = new Resolver(search.servers, search.signal, search.patience)
  }

  /**
   * Connects to the next one. Rejects with a `Failure`, also where there is no other: permanent where the domain takes
   * no mail or doesn't exist, else transient; or with anything once the signal is aborted.
   */
  async next(): Promise<Exchanger> {
    const { signal } = this.#search
    try {
      this.#found ??= await this.#look()
    } finally {
      signal.throwIfAborted()
    }
    let failure: Failure | undefined
    for (;;) {
      const connected = await this.#connect(this.#found.hosts).catch((error: unknown) => {
        throw failure ?? error
      })
      const exchanger = await this.#demanding(connected, this.#found)
      if (!(exchanger instanceof Failure)) return exchanger
      connected.socket.destroy()
      failure ??= exchanger
    }
  }

  /** With what the domain asks of the connection; a `Failure` where that can't be learned. */
  async #demanding(
    { socket, host: address, hostname }: Connected,
    { hosts, sts }: Looked,
  ): Promise<Exchanger | Failure> {
    const { domain, port, signal } = this.#search
    this.#passed.push(address)
    try {
      const host = hosts.find(({ name }) => name === hostname)
      const dane = host && (await daneOf(host, port, domain, this.#resolver))
      signal.throwIfAborted()
      if (socket.destroyed) return failureOf(ENDED, { host: hostname, port }, 'opening')
      socket.setNoDelay(true)
      const tested = !dane && sts?.mode === 'testing' && { names: sts.permits(hostname) }
      return {
        socket,
        host: hostname,
        address,
        port,
        demand: demandOf(dane, sts),
        ...(tested && { tested }),
      }
    } catch (error) {
      if (error instanceof Failure && !signal.aborted) return error
      socket.destroy()
      throw error
    }
  }

  async #look(): Promise<Looked> {
    const { domain, port, policies, isOwn, ...search } = this.#search
    const asked = { ...search, domain, resolver: this.#resolver, isOwn: (one: string) => isOwn(one, port) }
    const all = await mailHosts(asked)
    const sts = domain.startsWith('[') ? undefined : await policies.of(asked)
    const hosts = sts?.mode === 'enforce' ? all.filter(({ name }) => sts.permits(name)) : all
    if (hosts.length > 0) return { hosts, sts }
    policies.doubt(domain)
    const words = `${all.map(({ name }) => name).join(', ')}: no mail exchanger that the policy of ${domain} permits (MTA-STS)`
    throw new Failure(reply(451, '4.7.5', words), 'tls')
  }

  async #connect(hosts: readonly MailHost[]): Promise<Connected> {
    const { domain, port, patience, signal } = this.#search
    let first: string | undefined
    // Few offices send directly: it would hold up the start of all.
    const { default: mxConnect } = await import('mx-connect')
    const connecting = mxConnect({
      target: domain,
      mx: hosts.map(entryOf),
      port,
      maxConnectTime: patience,
      ignoreMXHosts: this.#passed,
      connectError: (_error, _delivery, { host }) => {
        first ??= hosts.find(({ addresses }) => addresses.includes(host))?.name
        signal.throwIfAborted()
      },
    })
    try {
      return await unlessAborted(connecting, signal)
    } catch (error) {
      signal.throwIfAborted()
      const code = errorCode(error) || 'ETIMEDOUT'
      throw failureOf({ message: String(error), code }, { host: first ?? domain, port }, 'opening')
    }
  }
}

/** The library doesn't hear of the signal: what it still opens is closed. */
function unlessAborted(connecting: Promise<Connected>, signal: AbortSignal): Promise<Connected> {
  return new Promise((resolve, reject) => {
    const aborted = () => {
      reject(signal.reason)
      connecting.then(({ socket }) => socket.destroy()).catch(() => undefined)
    }
    signal.addEventListener('abort', aborted)
    const done = () => signal.removeEventListener('abort', aborted)
    connecting.then(resolve, reject).finally(done)
  })
}

/** While the DNS was asked. */
const ENDED = { message: 'it was closed', code: 'ECONNRESET' }

function entryOf({ name, preference, addresses }: MailHost) {
  const isV6 = (address: string) => address.includes(':')
  const A = addresses.filter(address => !isV6(address))
  return { exchange: name, priority: preference, A, AAAA: addresses.filter(isV6) }
}

function demandOf(dane: Dane | undefined, sts: Sts | undefined): TlsDemand {
  if (dane) return { kind: 'published', dane }
  return sts?.mode === 'enforce' ? { kind: 'verified' } : { kind: 'nothing' }
}
