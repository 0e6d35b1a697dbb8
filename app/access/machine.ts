/** The networks this machine stands in: its interfaces' prefixes and its default gateways. */
import { type NetworkInterfaceInfo, networkInterfaces } from 'node:os'
import type { Settings } from '../settings/settings.ts'
import { readGateways } from './gateway.ts'
import { type NamedAddresses, namesOutside } from './name-answer.ts'
import { bitsOf, type Family, formatSpan, parseClient, parseFrom, type Span } from './network.ts'

export interface Machine {
  readonly localNetworks: readonly Span[]
  readonly routers: readonly Span[]
  /** What host names stand for, by the name; one that isn't there was never looked up. Absent: none was. */
  readonly names?: ReadonlyMap<string, NamedAddresses>
}

/** Milliseconds; finding the routers must not hold up the start. */
const TIME_LIMIT = 2000

/** What the system says now. Never throws and takes at most 2 s: what can't be found is missing. */
export async function readMachine(): Promise<Machine> {
  return {
    localNetworks: localNetworksOf(Object.values(networkInterfaces()).flatMap(infos => infos ?? [])),
    routers: routersOf(await withinTimeLimit(readGateways(), [])),
  }
}

/** The prefixes of the interfaces, and loopback always, each once. */
export function localNetworksOf(infos: readonly NetworkInterfaceInfo[]): readonly Span[] {
  const prefixes = infos.flatMap(({ address, cidr }) => {
    const length = cidr?.split('/')[1]
    const client = parseClient(address)
    if (length === undefined || !client) return []
    return [networkAround(client.family, client.value, Number(length))]
  })
  return unique([...prefixes, ...spansOf(['127.0.0.0/8', '::1'], 'loopback')])
}

/** Settings made by hand win over what was found. */
export function effectiveMachine(settings: Settings, found: Machine): Machine {
  const machine = {
    localNetworks:
      settings.localNetworks === 'auto'
        ? found.localNetworks
        : spansOf(settings.localNetworks, 'localNetworks'),
    routers: settings.routers === 'auto' ? found.routers : spansOf(settings.routers, 'routers'),
  }
  if (!found.names) return machine
  return { ...machine, names: namesOutside(found.names, [...machine.localNetworks, ...machine.routers]) }
}

/** An office's computers have public IPv6 addresses; what reaches them on their own link stands in the office too. */
const LINK_BITS = 64

/** The IPv6 networks among those found that are one link's. */
export function linksOf(found: readonly Span[]): readonly Span[] {
  const size = 1n << BigInt(bitsOf(6) - LINK_BITS)
  return found.filter(({ family, first, last }) => family === 6 && last - first < size)
}

/** Looks again every so often, and tells only of differences. */
export class MachineWatch {
  readonly #read: () => Promise<Machine>
  readonly #everyMs: number
  readonly #changed: (machine: Machine) => void
  #last: string | undefined
  #timer: NodeJS.Timeout | undefined
  /** Counts starts and stops: a reading that ends after one of them is out of date. */
  #turn = 0

  constructor(read: () => Promise<Machine>, everyMs: number, changed: (machine: Machine) => void) {
    this.#read = read
    this.#everyMs = everyMs
    this.#changed = changed
  }

  /** The machine as it is now; `changed` is called for later differences only. */
  async start(): Promise<Machine> {
    this.stop()
    const turn = this.#turn
    const machine = await this.#read()
    if (turn === this.#turn) {
      this.#last = fingerprint(machine)
      this.#wait(turn)
    }
    return machine
  }

  stop(): void {
    this.#turn += 1
    clearTimeout(this.#timer)
  }

  #wait(turn: number): void {
    this.#timer = setTimeout(() => void this.#look(turn), this.#everyMs)
    this.#timer.unref()
  }

  async #look(turn: number): Promise<void> {
    // A machine that can't be read now is taken to be as it was.
    const machine = await this.#read().catch(() => undefined)
    if (turn !== this.#turn) return
    this.#wait(turn)
    const now = machine && fingerprint(machine)
    if (!machine || now === this.#last) return
    this.#last = now
    this.#changed(machine)
  }
}

function routersOf(gateways: readonly string[]): readonly Span[] {
  const clients = gateways.flatMap(gateway => parseClient(gateway) ?? [])
  return unique(clients.map(({ family, value }) => ({ family, first: value, last: value })))
}

function networkAround(family: Family, value: bigint, prefix: number): Span {
  const hosts = (1n << BigInt(bitsOf(family) - prefix)) - 1n
  return { family, first: value & ~hosts, last: value | hosts }
}

function spansOf(texts: readonly string[], where: string): readonly Span[] {
  return texts.map(text => {
    const parsed = parseFrom(text)
    if (parsed.ok && parsed.from.kind === 'span') return parsed.from.span
    // Settings are checked before they come here; leaving a network out silently could open the relay.
    throw new Error(`${where}: "${text}" is not a host, a network or a range of addresses.`)
  })
}

function unique(spans: readonly Span[]): readonly Span[] {
  return [...new Map(spans.map(span => [formatSpan(span), span])).values()]
}

/** The same for the same networks, in whatever order the system names them. */
function fingerprint({ localNetworks, routers }: Machine): string {
  return JSON.stringify([localNetworks, routers].map(spans => spans.map(formatSpan).sort()))
}

async function withinTimeLimit<T>(work: Promise<T>, otherwise: T): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const limit = new Promise<T>(resolve => {
    timer = setTimeout(() => resolve(otherwise), TIME_LIMIT)
  })
  return Promise.race([work, limit]).finally(() => clearTimeout(timer))
}
