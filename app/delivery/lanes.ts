/** The lanes: one to each next hop, and those of watched messages, which share theirs with no other. */
import type { Route } from '../settings/settings.ts'
import type { Lane } from './lane.ts'
import type { Way } from './route.ts'

/** Hears of each line of a dialogue. */
export type Trace = (line: string) => void

/** So many lanes are kept before those that are idle are forgotten. */
const MOST_KEPT = 200

export class Lanes {
  readonly #create: (way: Way, trace?: Trace) => Lane
  #lanes = new Map<string, Lane>()
  readonly #watched = new Map<string, Map<string, Lane>>()
  readonly #leaving = new Map<Lane, Promise<void>>()
  readonly #names = new WeakMap<Route, string>()

  constructor(create: (way: Way, trace?: Trace) => Lane) {
    this.#create = create
  }

  to(way: Way): Lane {
    if (this.#lanes.size >= MOST_KEPT) this.#forgetIdle()
    return this.#laneIn(this.#lanes, way)
  }

  /** The lane of message `id`, whose dialogue `trace` hears. */
  watched(id: string, way: Way, trace: Trace): Lane {
    const lanes = this.#watched.get(id) ?? new Map<string, Lane>()
    this.#watched.set(id, lanes)
    return this.#laneIn(lanes, way, trace)
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

  /** Routes that differ only in whose mail they are for lead to the same next hop. */
  #laneIn(lanes: Map<string, Lane>, way: Way, trace?: Trace): Lane {
    const { route, domain } = way
    const alike = this.#names.get(route) ?? JSON.stringify({ ...route, to: [], senders: [], users: [] })
    this.#names.set(route, alike)
    const name = domain === undefined ? alike : `${domain} ${alike}`
    const lane = lanes.get(name) ?? this.#create(way, trace)
    lanes.set(name, lane)
    return lane
  }

  /** Mail goes to ever new domains; a lane without work is made again as cheaply. */
  #forgetIdle(): void {
    for (const [name, lane] of this.#lanes) if (lane.isIdle) this.#lanes.delete(name)
  }

  /** Those to next hops, but for watched messages' own. */
  common(): Iterable<Lane> {
    return this.#lanes.values()
  }

  #all(): Lane[] {
    return [this.#lanes, ...this.#watched.values()].flatMap(lanes => [...lanes.values()])
  }

  #leave(lane: Lane, grace: number): void {
    const left = lane.close(grace).finally(() => this.#leaving.delete(lane))
    this.#leaving.set(lane, left)
  }
}
