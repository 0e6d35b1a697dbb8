/** The surroundings: the machine's networks and the rows' host names as they change, and the policy made of them. */
import { lookup } from 'node:dns/promises'
import { type Machine, MachineWatch, readMachine } from '../access/machine.ts'
import { hostNamesIn } from '../access/name-answer.ts'
import type { NameFacts } from '../access/name-facts.ts'
import { parseClient } from '../access/network.ts'
import { isLocalNetwork, type Policy } from '../access/policy.ts'
import type { Settings } from '../settings/settings.ts'
import { HostNames } from './host-names.ts'
import { policyOf } from './policy-of.ts'

/** Milliseconds between looks at the machine's interfaces and gateways. */
const EVERY = 15_000

/** The policy of settings with the host names of their rows, for the machine as it was then. */
export interface Prepared {
  readonly policy: Policy
  readonly names: readonly string[]
  readonly machine: Machine
}

/** Makes that elsewhere where the lists are too long to do it at once; undefined where they aren't. */
export type Preparing = (settings: Settings) => Promise<Prepared | undefined>

export class Surroundings {
  readonly #watch: MachineWatch
  readonly #names: HostNames
  #prepare: Preparing = async () => undefined
  #machine: Machine
  #settings: Settings
  #policy: Policy
  /** Counts changes of what the policy is made from. */
  #turn = 0

  /**
   * `read` and `every` (milliseconds) are how the machine's networks are found, and how often; `prepared` is for these
   * settings, where it is there already.
   */
  static async open(
    settings: Settings,
    read = readMachine,
    every = EVERY,
    names = new HostNames(),
    prepare?: (place: Machine) => Promise<Prepared | undefined>,
  ): Promise<Surroundings> {
    const machine = await read()
    const prepared = await prepare?.({ ...machine, names: names.addresses })
    const watch = (changed: (machine: Machine) => void) => new MachineWatch(read, every, changed)
    return new Surroundings(settings, machine, names, watch, prepared)
  }

  private constructor(
    settings: Settings,
    machine: Machine,
    names: HostNames,
    watch: (changed: (machine: Machine) => void) => MachineWatch,
    prepared: Prepared | undefined,
  ) {
    this.#settings = settings
    this.#machine = machine
    this.#names = names
    this.#want(settings, prepared)
    this.#policy = prepared?.policy ?? this.policyFor(settings)
    names.onChange(() => void this.#renew())
    this.#watch = watch(changed => {
      this.#machine = changed
      void this.#renew()
      // Another network may have another DNS, and the name other addresses.
      void names.look()
    })
  }

  /** Who prepares settings with long lists; at most one. */
  preparing(prepare: Preparing): void {
    this.#prepare = prepare
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

  /** The machine as it was found last, with what the rows' host names stand for. */
  get place(): Machine {
    return { ...this.#machine, names: this.#names.addresses }
  }

  /** Takes settings into force; all that was decided before stays decided. */
  apply(settings: Settings, prepared?: Prepared): void {
    this.#turn++
    this.#policy = prepared?.policy ?? this.policyFor(settings)
    this.#settings = settings
    this.#want(settings, prepared)
  }

  /** Follows the machine from network to network, and the names from address to address. */
  async follow(): Promise<void> {
    this.#machine = await this.#watch.start()
    await this.#renew()
    this.#names.start()
  }

  /** What is in force stays so until the new policy is there. */
  async #renew(): Promise<void> {
    const turn = ++this.#turn
    const settings = this.#settings
    try {
      const prepared = await this.#prepare(settings)
      if (turn === this.#turn) this.#policy = prepared?.policy ?? this.policyFor(settings)
    } catch {
      // The next change of machine or settings makes it anew.
    }
  }

  async stop(): Promise<void> {
    this.#watch.stop()
    await this.#names.stop()
  }

  #want(settings: Settings, prepared: Prepared | undefined): void {
    this.#names.want(prepared?.names ?? hostNamesIn(settings), settings.delivery.dnsServers)
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
