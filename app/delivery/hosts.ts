/** The hosts of a route, in turn: one that failed is passed over by the others until its own time comes. */
import { waitAfter } from '../queue/schedule.ts'
import type { SmartHost } from '../settings/settings.ts'
import type { HopClock } from './hop.ts'
import { hostPort } from './next-hop.ts'

/** One host's turn; exactly one of its ends comes to pass, or none where it is broken off. */
export interface Turn {
  readonly host: SmartHost
  opened(): void
  failed(): void
}

interface Failed {
  readonly failures: number
  /** Milliseconds since the epoch. */
  readonly next: number
}

export class Hosts {
  readonly #retry: readonly number[]
  readonly #clock: HopClock
  readonly #failed = new Map<string, Failed>()

  /** `retry`: milliseconds after the 1st, 2nd, … failure. */
  constructor(retry: readonly number[], clock: HopClock) {
    this.#retry = retry
    this.#clock = clock
  }

  /** In their order, those that are good or due; all of them where `all` is asked for, or none is. */
  inTurn(hosts: readonly SmartHost[], all: boolean): readonly Turn[] {
    const now = this.#clock.now()
    const good = hosts.filter(host => (this.#failed.get(nameOf(host))?.next ?? 0) <= now)
    return (all || good.length === 0 ? hosts : good).map(host => this.#turn(host))
  }

  #turn(host: SmartHost): Turn {
    const name = nameOf(host)
    const before = this.#failed.get(name)
    const wait = (failures: number) => {
      const { now, random } = this.#clock
      this.#failed.set(name, { failures, next: now() + waitAfter(this.#retry, failures, random()) })
    }
    // Whoever comes meanwhile passes it over: it is tried by one alone.
    if (before) wait(before.failures)
    return {
      host,
      opened: () => this.#failed.delete(name),
      // Several that began together fail together, which counts once.
      failed: () => wait((before?.failures ?? 0) + 1),
    }
  }
}

function nameOf({ host, port }: SmartHost): string {
  return hostPort(host, port)
}
