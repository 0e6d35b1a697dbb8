/** The surroundings: the machine's networks as they change, and the policy compiled from them and the settings. */
import { lookup } from 'node:dns/promises'
import { networkInterfaces } from 'node:os'
import { type Machine, MachineWatch, readMachine } from '../access/machine.ts'
import { parseClient } from '../access/network.ts'
import { compilePolicy, isLocalNetwork, type Policy } from '../access/policy.ts'
import { literalOf } from '../mail/literal.ts'
import type { Settings } from '../settings/settings.ts'

/** Milliseconds between looks at the machine's interfaces and gateways. */
const EVERY = 15_000

export class Surroundings {
  readonly #watch: MachineWatch
  #machine: Machine
  #settings: Settings
  #policy: Policy

  /** `read` and `every` (milliseconds) are how the machine's networks are found, and how often. */
  static async open(settings: Settings, read = readMachine, every = EVERY): Promise<Surroundings> {
    return new Surroundings(settings, await read(), read, every)
  }

  private constructor(settings: Settings, machine: Machine, read: () => Promise<Machine>, every: number) {
    this.#settings = settings
    this.#machine = machine
    this.#policy = policyOf(settings, machine)
    this.#watch = new MachineWatch(read, every, changed => {
      this.#machine = changed
      this.#policy = policyOf(this.#settings, changed)
    })
  }

  get policy(): Policy {
    return this.#policy
  }

  /** The machine as it was found last. */
  get machine(): Machine {
    return this.#machine
  }

  get settings(): Settings {
    return this.#settings
  }

  /** What settings that aren't in force would decide here and now. */
  policyFor(settings: Settings): Policy {
    return policyOf(settings, this.#machine)
  }

  /** Takes settings into force; all that was decided before stays decided. */
  apply(settings: Settings): void {
    this.#policy = policyOf(settings, this.#machine)
    this.#settings = settings
  }

  /** Follows the machine from network to network. */
  async follow(): Promise<void> {
    this.#machine = await this.#watch.start()
    this.#policy = policyOf(this.#settings, this.#machine)
  }

  stop(): void {
    this.#watch.stop()
  }

  /** Whether all addresses of a host are in local networks. */
  async isLocalHost(host: string): Promise<boolean> {
    try {
      const found = parseClient(host) ? [{ address: host }] : await lookup(host, { all: true })
      return found.length > 0 && found.every(({ address }) => this.#isLocal(address))
    } catch {
      return false
    }
  }

  #isLocal(address: string): boolean {
    const client = parseClient(address)
    return client !== undefined && isLocalNetwork(this.#policy, client)
  }
}

function policyOf(settings: Settings, machine: Machine): Policy {
  return compilePolicy(settings, machine, ownLiterals(settings))
}

/** The address literals that name the listeners: with 0.0.0.0 or ::, every address of the machine. */
function ownLiterals(settings: Settings): ReadonlySet<string> {
  const own = settings.smtp.listeners.flatMap(({ address }) =>
    address === '0.0.0.0' || address === '::' ? machineAddresses() : [address],
  )
  return new Set(own.flatMap(address => literalOf(address) ?? []))
}

function machineAddresses(): string[] {
  return Object.values(networkInterfaces()).flatMap(infos => infos?.map(({ address }) => address) ?? [])
}
