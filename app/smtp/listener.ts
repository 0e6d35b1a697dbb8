/** The listeners: the addresses and ports at which clients come in, opened and closed as the settings say. */
import type { Emit } from '../log/event.ts'
import type { Listener, Problem, Settings } from '../settings/settings.ts'
import type { KeyMaterial } from '../tls/certificate.ts'
import { type Failure, failureEvent } from './failure.ts'
import type { ProtocolOptions, Reception } from './protocol.ts'
import { type Grace, Server } from './server.ts'

/** A listener that stands; the port is the one the system chose where 0 was asked for. */
export interface Standing {
  readonly address: string
  readonly port: number
  readonly encryption: string
}

interface Open {
  readonly wanted: Listener
  readonly server: Server
  readonly standing: Standing
}

/** Our side of the listeners, and what they show. */
export interface ListenerParts {
  readonly reception: Reception
  readonly emit: Emit
  /** Asked for when listeners are opened, and when it is told that it changed. */
  readonly certificate: () => KeyMaterial
}

export class Listeners {
  readonly #reception: Reception
  readonly #emit: Emit
  readonly #certificate: () => KeyMaterial
  #open: readonly Open[] = []
  /** What the open ones were told last. */
  #current: ProtocolOptions | undefined
  /** No longer listening, but with sessions that are let finish. */
  readonly #leaving = new Set<Server>()

  constructor({ reception, emit, certificate }: ListenerParts) {
    this.#reception = reception
    this.#emit = emit
    this.#certificate = certificate
  }

  get standing(): readonly Standing[] {
    return this.#open.map(({ standing }) => standing)
  }

  /**
   * Opens what is new and closes what is gone; running sessions stay. When one can't be opened everything is as
   * before, and the problems say why.
   */
  async apply(settings: Settings): Promise<readonly Problem[]> {
    const { enabled, listeners } = settings.smtp
    const options = this.#options(settings)
    const { kept, gone, fresh, inTheWay } = compare(this.#open, enabled ? listeners : [])
    await this.#leave(inTheWay)
    const opened = await Promise.all(fresh.map(listener => this.#tryOpen(listener, options)))
    const problems = opened.flatMap((result, index) => problemOf(result, fresh[index], listeners))
    const stand = opened.flatMap(result => ('server' in result ? [result] : []))
    if (problems.length > 0) {
      await this.#leave(stand)
      await this.#putBack(inTheWay)
      return problems
    }
    this.#current = options
    for (const { server } of kept) server.update(options)
    await this.#leave(gone.filter(open => !inTheWay.includes(open)))
    this.#open = [...kept, ...stand]
    for (const { standing } of stand) this.#emit({ kind: 'listening', ...standing })
    return []
  }

  /** Sessions that begin from now on are shown the certificate as it is now; the others go on. */
  renewCertificate(): void {
    if (!this.#current) return
    this.#current = { ...this.#current, tls: this.#certificate() }
    for (const { server } of this.#open) server.update(this.#current)
  }

  /** Stops listening, lets what is under way finish within these times, and ends all sessions. */
  async close(grace: Grace): Promise<void> {
    const servers = [...this.#open.map(({ server }) => server), ...this.#leaving]
    this.#open = []
    await Promise.all(servers.map(server => server.finish(grace)))
  }

  async #tryOpen(wanted: Listener, options: ProtocolOptions): Promise<Open | Error> {
    const server = new Server(wanted.encryption, options, this.#reception)
    try {
      const { address, port } = await server.listen(wanted.port, wanted.address, error => this.#failed(error))
      return { wanted, server, standing: { address, port, encryption: wanted.encryption } }
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error))
    }
  }

  /** Opens again, at the very same ports, what was closed in vain. */
  async #putBack(closed: readonly Open[]): Promise<void> {
    const options = this.#current
    if (!options) return
    for (const { wanted, standing } of closed) {
      const back = await this.#tryOpen({ ...wanted, port: standing.port }, options)
      this.#open = this.#open.flatMap(open =>
        open.standing !== standing ? open : 'server' in back ? { ...back, wanted } : [],
      )
      for (const { text } of problemOf(back, wanted, [wanted])) this.#emit({ kind: 'error', text })
    }
  }

  /** Takes no more connections there; the sessions go on. */
  async #leave(left: readonly Open[]): Promise<void> {
    for (const { server } of left) {
      this.#leaving.add(server)
      server.onceEmpty(() => this.#leaving.delete(server))
    }
    await Promise.all(left.map(({ server }) => server.stopListening()))
  }

  #failed(failure: Failure): void {
    const event = failureEvent(failure)
    if (event) this.#emit(event)
  }

  #options({ hostname, smtp }: Settings): ProtocolOptions {
    const { maxMessageSize, idleTimeout } = smtp
    return { hostname, maxMessageSize, idleTimeout, tls: this.#certificate() }
  }
}

interface Comparison {
  readonly kept: readonly Open[]
  readonly gone: readonly Open[]
  readonly fresh: readonly Listener[]
  /** Of the gone: those whose port a fresh one takes, as when only the encryption changes. */
  readonly inTheWay: readonly Open[]
}

function compare(open: readonly Open[], wanted: readonly Listener[]): Comparison {
  const kept = open.filter(one => wanted.some(listener => same(listener, one.wanted)))
  const gone = open.filter(one => !kept.includes(one))
  const fresh = wanted.filter(listener => !kept.some(one => same(listener, one.wanted)))
  const inTheWay = gone.filter(one => fresh.some(({ port }) => port !== 0 && port === one.standing.port))
  return { kept, gone, fresh, inTheWay }
}

function same(one: Listener, other: Listener): boolean {
  return one.address === other.address && one.port === other.port && one.encryption === other.encryption
}

function problemOf(
  result: Open | Error,
  wanted: Listener | undefined,
  all: readonly Listener[],
): readonly Problem[] {
  if (!(result instanceof Error) || !wanted) return []
  const path = `smtp.listeners[${all.indexOf(wanted)}]`
  const code = 'code' in result ? result.code : undefined
  return [{ path, text: listenWords(wanted, code, result.message) }]
}

function listenWords({ address, port }: Listener, code: unknown, message: string): string {
  switch (code) {
    case 'EADDRINUSE':
      return `Port ${port} is in use by another program: stop that program, or choose another port here.`
    case 'EACCES':
      return `This user may not listen on port ${port}: choose a port above 1023, or run Postern with the right to.`
    case 'EADDRNOTAVAIL':
      return `This machine has no address ${address}: choose one of its own, or 0.0.0.0 for all of them.`
    default:
      return `Postern can't listen at ${address} port ${port} (${message}): choose another address or port.`
  }
}
