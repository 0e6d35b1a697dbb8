/** The lanes: one to each next hop, and those of watched messages, which share theirs with no other. */
import type { Route } from '../settings/settings.ts'
import type { Lane } from './lane.ts'

/** Hears of each line of a dialogue. */
export type Trace = (line: string) => void

export class Lanes {
  readonly #create: (route: Route, trace?: Trace) => Lane
  #lanes = new Map<string, Lane>()
  readonly #watched = new Map<string, Map<string, Lane>>()
  readonly #leaving = new Map<Lane, Promise<void>>()
  readonly #names = new WeakMap<Route, string>()

  constructor(create: (route: Route, trace?: Trace) => Lane) {
    this.#create = create
  }

  to(route: Route): Lane {
    return this.#laneIn(this.#lanes, route)
  }

  /** The lane of message `id`, whose dialogue `trace` hears. */
  watched(id: string, route: Route, trace: Trace): Lane {
    const lanes = this.#watched.get(id) ?? new Map<string, Lane>()
    this.#watched.set(id, lanes)
    return this.#laneIn(lanes, route, trace)
  }

  /** The watch is over: its lanes close as soon as they are done. */
  endWatch(id: string, grace: number): void {
    for (const lane of this.#watched.get(id)?.values() ?? []) this.#leave(lane, grace)
    this.#watched.delete(id)
  }

  /** From now on there are new lanes; the old ones give back what waits and end. */
  renew(grace: number): void {
    for (const lane of this.#all()) this.#leave(lane, grace)
    this.#lanes = new Map()
    this.#watched.clear()
  }

  /** Resolves when all are closed, those that were already leaving, too; after `grace` ms they are broken off. */
  async close(grace: number): Promise<void> {
    await Promise.all([...this.#all(), ...this.#leaving.keys()].map(lane => lane.close(grace)))
  }

  /** Routes that differ only in whom they are for lead to the same next hop. */
  #laneIn(lanes: Map<string, Lane>, route: Route, trace?: Trace): Lane {
    const name = this.#names.get(route) ?? JSON.stringify({ ...route, to: [] })
    this.#names.set(route, name)
    const lane = lanes.get(name) ?? this.#create(route, trace)
    lanes.set(name, lane)
    return lane
  }

  #all(): Lane[] {
    return [this.#lanes, ...this.#watched.values()].flatMap(lanes => [...lanes.values()])
  }

  #leave(lane: Lane, grace: number): void {
    const left = lane.close(grace).finally(() => this.#leaving.delete(lane))
    this.#leaving.set(lane, left)
  }
}
