/** The listeners: the addresses and ports at which clients come in, opened and closed as the settings say. */
import type { AddressInfo } from 'node:net'
import type { Emit } from '../log/event.ts'
import type { Listener, Problem, Settings } from '../settings/settings.ts'
import type { Certificate } from './certificate.ts'
import { Server } from './connection.ts'
import type { ProtocolOptions } from './protocol.ts'
import { Session, type SessionContext } from './session.ts'

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

export class Listeners {
  readonly #context: SessionContext
  readonly #emit: Emit
  readonly #certificate: Certificate
  #open: readonly Open[] = []
  /** No longer listening, but with sessions that are let finish. */
  readonly #leaving = new Set<Server>()

  constructor(context: SessionContext, emit: Emit, certificate: Certificate) {
    this.#context = context
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
    const wanted = enabled ? listeners : []
    const options = this.#options(settings)
    const kept = this.#open.filter(open => wanted.some(listener => same(listener, open.wanted)))
    const gone = this.#open.filter(open => !kept.includes(open))
    const fresh = wanted.filter(listener => !kept.some(open => same(listener, open.wanted)))
    // A port that changes its encryption must be let go before it can be taken again.
    const inTheWay = gone.filter(open => fresh.some(({ port }) => port !== 0 && port === open.wanted.port))
    await Promise.all(inTheWay.map(open => this.#leave(open.server)))
    const opened = await Promise.all(fresh.map(listener => this.#tryOpen(listener, options)))
    const problems = opened.flatMap((result, index) => problemOf(result, fresh[index], listeners))
    const stand = opened.flatMap(result => ('server' in result ? [result] : []))
    if (problems.length > 0) {
      await Promise.all(stand.map(open => this.#leave(open.server)))
      await this.#putBack(kept, gone, inTheWay, options)
      return problems
    }
    for (const { server } of kept) server.update(options)
    await Promise.all(gone.filter(open => !inTheWay.includes(open)).map(open => this.#leave(open.server)))
    this.#open = [...kept, ...stand]
    for (const { standing } of stand) this.#emit({ kind: 'listening', ...standing })
    return []
  }

  /** Stops listening, lets messages that are coming in finish for at most `grace` ms, and ends all sessions. */
  async close(grace: number): Promise<void> {
    const servers = [...this.#open.map(({ server }) => server), ...this.#leaving]
    this.#open = []
    await Promise.all(servers.map(server => server.finish(grace)))
  }

  async #tryOpen(wanted: Listener, options: ProtocolOptions): Promise<Open | Error> {
    const server = new Server(wanted.encryption, options, facts => new Session(this.#context, facts))
    try {
      const { address, port } = await listen(server, wanted)
      server.on('error', error => this.#failed(error))
      return { wanted, server, standing: { address, port, encryption: wanted.encryption } }
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error))
    }
  }

  async #putBack(
    kept: readonly Open[],
    gone: readonly Open[],
    closed: readonly Open[],
    options: ProtocolOptions,
  ): Promise<void> {
    const reopened = await Promise.all(closed.map(open => this.#tryOpen(open.wanted, options)))
    const back = reopened.flatMap(result => ('server' in result ? [result] : []))
    this.#open = [...kept, ...gone.filter(open => !closed.includes(open)), ...back]
  }

  async #leave(server: Server): Promise<void> {
    this.#leaving.add(server)
    server.onceEmpty(() => this.#leaving.delete(server))
    await server.stopListening()
  }

  /** Errors of single connections: a broken TLS handshake, or a client that is gone. */
  #failed(error: Error): void {
    const client = 'remoteAddress' in error ? String(error.remoteAddress) : 'unknown'
    this.#emit({ kind: 'tls-failed', session: '', client, text: error.message })
  }

  #options({ hostname, smtp }: Settings): ProtocolOptions {
    const { maxMessageSize, idleTimeout } = smtp
    return { hostname, maxMessageSize, idleTimeout, tls: this.#certificate }
  }
}

function same(one: Listener, other: Listener): boolean {
  return one.address === other.address && one.port === other.port && one.encryption === other.encryption
}

function listen(server: Server, { address, port }: Listener): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, address, () => {
      server.off('error', reject)
      const info = server.server.address()
      if (info !== null && typeof info === 'object') resolve(info)
      else reject(new Error('the system named no address'))
    })
  })
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
