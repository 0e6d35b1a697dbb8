/** The surroundings: the machine's networks and the rows' host names as they change, and the policy made of them. */
import { lookup } from 'node:dns/promises'
import { networkInterfaces } from 'node:os'
import { type Machine, MachineWatch, readMachine } from '../access/machine.ts'
import { hostNamesIn } from '../access/name-answer.ts'
import type { NameFacts } from '../access/name-facts.ts'
import { parseClient } from '../access/network.ts'
import { compilePolicy, isLocalNetwork, type Policy } from '../access/policy.ts'
import { literalOf } from '../mail/literal.ts'
import type { Settings } from '../settings/settings.ts'
import { HostNames } from './host-names.ts'

/** Milliseconds between looks at the machine's interfaces and gateways. */
const EVERY = 15_000

export class Surroundings {
  readonly #watch: MachineWatch
  readonly #names: HostNames
  #machine: Machine
  #settings: Settings
  #policy: Policy

  /** `read` and `every` (milliseconds) are how the machine's networks are found, and how often. */
  static async open(
    settings: Settings,
    read = readMachine,
    every = EVERY,
    names = new HostNames(),
  ): Promise<Surroundings> {
    return new Surroundings(settings, await read(), names, changed => new MachineWatch(read, every, changed))
  }

  private constructor(
    settings: Settings,
    machine: Machine,
    names: HostNames,
    watch: (changed: (machine: Machine) => void) => MachineWatch,
  ) {
    this.#settings = settings
    this.#machine = machine
    this.#names = names
    this.#want(settings)
    this.#policy = this.policyFor(settings)
    names.onChange(() => {
      this.#policy = this.policyFor(this.#settings)
    })
    this.#watch = watch(changed => {
      this.#machine = changed
      this.#policy = this.policyFor(this.#settings)
      // Another network may have another DNS, and the name other addresses.
      void names.look()
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
    return policyOf(settings, { ...this.#machine, names: this.#names.addresses })
  }

  /** What the rows' host names stand for, and since when. */
  get names(): readonly NameFacts[] {
    return this.#names.facts(this.#policy.machine.names)
  }

  /** Resolves when all of them are looked up, well or badly. */
  lookUpNames(): Promise<void> {
    return this.#names.look()
  }

  /** Takes settings into force; all that was decided before stays decided. */
  apply(settings: Settings): void {
    this.#policy = this.policyFor(settings)
    this.#settings = settings
    this.#want(settings)
  }

  /** Follows the machine from network to network, and the names from address to address. */
  async follow(): Promise<void> {
    this.#machine = await this.#watch.start()
    this.#policy = this.policyFor(this.#settings)
    this.#names.start()
  }

  async stop(): Promise<void> {
    this.#watch.stop()
    await this.#names.stop()
  }

  #want(settings: Settings): void {
    this.#names.want(hostNamesIn(settings), settings.delivery.dnsServers)
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
