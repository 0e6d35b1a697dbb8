/** The listeners: the addresses and ports at which clients come in, opened and closed as the settings say. */
import type { Emit } from '../log/event.ts'
import { isPrivateAddress, LANE_ADDRESS } from '../settings/private-address.ts'
import type { Listener, Problem, Settings } from '../settings/settings.ts'
import type { KeyMaterial } from '../tls/certificate.ts'
import { speaksOldTls } from '../tls/old-probe.ts'
import { oldStrength } from '../tls/strength.ts'
import { type Failure, failureEvent } from './failure.ts'
import type { ProtocolOptions, Reception } from './protocol.ts'
import { type Grace, Server } from './server.ts'

/** A listener that stands; the port is the one the system chose where 0 was asked for. */
export interface Standing {
  readonly address: string
  readonly port: number
  readonly encryption: string
  /** It is the lane for old devices. */
  readonly oldDevices?: true
}

interface Open {
  readonly wanted: Listener
  readonly server: Server
  readonly standing: Standing
}

/** Our side of the listeners, and what they show. */
export interface ListenerParts {
  readonly reception: Reception
  /** Of the listeners for old devices. */
  readonly lane: Reception
  readonly emit: Emit
  /** Asked for when listeners are opened, and when it is told that it changed. */
  readonly certificate: () => KeyMaterial
  readonly oldCertificate: () => Promise<KeyMaterial>
}

/** What the listeners were told last. */
interface Told {
  readonly usual: ProtocolOptions
  /** For old devices; absent where there is no such listener. */
  readonly old?: ProtocolOptions
}

export class Listeners {
  readonly #parts: ListenerParts
  readonly #emit: Emit
  #open: readonly Open[] = []
  #told: Told | undefined
  /** No longer listening, but with sessions that are let finish. */
  readonly #leaving = new Set<Server>()

  constructor(parts: ListenerParts) {
    this.#parts = parts
    this.#emit = parts.emit
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
    const told = await this.#tell(settings)
    const { kept, gone, fresh, inTheWay } = compare(this.#open, enabled ? listeners : [])
    await this.#leave(inTheWay)
    const opened = await Promise.all(fresh.map(listener => this.#tryOpen(listener, told)))
    const problems = opened.flatMap((result, index) => problemOf(result, fresh[index], listeners))
    const stand = opened.flatMap(result => ('server' in result ? [result] : []))
    if (problems.length > 0) {
      await this.#leave(stand)
      await this.#putBack(inTheWay)
      return problems
    }
    this.#told = told
    for (const { server, wanted } of kept) server.update(optionsFor(wanted, told))
    await this.#leave(gone.filter(open => !inTheWay.includes(open)))
    this.#open = [...kept, ...stand]
    for (const { standing } of stand) {
      const { address, port, encryption } = standing
      this.#emit({ kind: 'listening', address, port, encryption })
    }
    return []
  }

  /** Sessions that begin from now on are shown the certificate as it is now; the others go on. */
  async renewCertificate(): Promise<void> {
    const { certificate, oldCertificate } = this.#parts
    const old = this.#told?.old && (await oldCertificate())
    const { usual, old: before } = this.#told ?? {}
    if (!usual) return
    this.#told = {
      usual: { ...usual, tls: certificate() },
      ...(before && { old: { ...before, tls: old ?? before.tls } }),
    }
    for (const { server, wanted } of this.#open) server.update(optionsFor(wanted, this.#told))
  }

  /** Stops listening, lets what is under way finish within these times, and ends all sessions. */
  async close(grace: Grace): Promise<void> {
    const servers = [...this.#open.map(({ server }) => server), ...this.#leaving]
    this.#open = []
    await Promise.all(servers.map(server => server.finish(grace)))
  }

  async #tryOpen(wanted: Listener, told: Told): Promise<Open | Error> {
    const refused = wanted.oldDevices ? await laneProblem(wanted, optionsFor(wanted, told)) : undefined
    if (refused !== undefined) return new LaneRefused(refused)
    const reception = wanted.oldDevices ? this.#parts.lane : this.#parts.reception
    const options = optionsFor(wanted, told)
    const server = new Server(wanted.encryption, options, reception)
    try {
      const { address, port } = await server.listen(wanted.port, wanted.address, error => this.#failed(error))
      const lane = wanted.oldDevices && ({ oldDevices: true } as const)
      return { wanted, server, standing: { address, port, encryption: wanted.encryption, ...lane } }
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error))
    }
  }

  /** Opens again, at the very same ports, what was closed in vain. */
  async #putBack(closed: readonly Open[]): Promise<void> {
    const told = this.#told
    if (!told) return
    for (const { wanted, standing } of closed) {
      const back = await this.#tryOpen({ ...wanted, port: standing.port }, told)
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

  async #tell({ hostname, smtp }: Settings): Promise<Told> {
    const { maxMessageSize, idleTimeout, sessionTimeout, commandTimeout, dataTimeout, minDataRate } = smtp
    const limits = { idleTimeout, sessionTimeout, commandTimeout, dataTimeout, minDataRate }
    const { certificate, oldCertificate } = this.#parts
    const usual = { hostname, maxMessageSize, ...limits, tls: certificate() }
    if (!smtp.listeners.some(({ oldDevices }) => oldDevices)) return { usual }
    return { usual, old: { ...usual, tls: await oldCertificate(), strength: oldStrength() } }
  }
}

function optionsFor({ oldDevices = false }: Listener, { usual, old }: Told): ProtocolOptions {
  return oldDevices && old ? old : usual
}

/** Its message is a sentence that says what to do. */
class LaneRefused extends Error {}

async function laneProblem(
  { address, encryption }: Listener,
  { tls }: ProtocolOptions,
): Promise<string | undefined> {
  if (!isPrivateAddress(address)) return LANE_ADDRESS
  if (encryption === 'none' || (await speaksOldTls(tls))) return undefined
  return 'This program can\'t speak TLS 1.0: write "encryption": "none" for the old devices, or take oldDevices out here.'
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
  const alike = one.address === other.address && one.port === other.port
  return alike && one.encryption === other.encryption && Boolean(one.oldDevices) === Boolean(other.oldDevices)
}

function problemOf(
  result: Open | Error,
  wanted: Listener | undefined,
  all: readonly Listener[],
): readonly Problem[] {
  if (!(result instanceof Error) || !wanted) return []
  const path = `smtp.listeners[${all.indexOf(wanted)}]`
  if (result instanceof LaneRefused) return [{ path, text: result.message }]
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
