/** Reroutes: what a change of the settings does to queued mail, told when it is made. */
import { MOST_TOLD, reroutingOf } from '../delivery/rerouting.ts'
import type { Emit } from '../log/event.ts'
import type { Queue } from '../queue/queue.ts'
import type { Rerouting, Settings } from '../settings/settings.ts'

/** Recipients that go elsewhere, each with a line of its own in the log. */
const MOST_LOGGED = 1000
const NONE: Rerouting = { recipients: 0, messages: 0, list: [] }

export class Reroutes {
  readonly #queue: Queue
  readonly #emit: Emit
  /** Of the change under way. */
  #found = NONE

  constructor(queue: Queue, emit: Emit) {
    this.#queue = queue
    this.#emit = emit
  }

  /** What a change would do; the first `most` by name. */
  of({ delivery: before }: Settings, { delivery: after }: Settings, most?: number): Promise<Rerouting> {
    return reroutingOf(this.#queue, before.routes, after.routes, most)
  }

  /** Before it is made: what waits is looked at by the old routes as well. */
  async look(before: Settings, after: Settings): Promise<void> {
    this.#found = NONE
    this.#found = await this.of(before, after, MOST_LOGGED)
  }

  /** Once it is made: the log, and whoever made it, hear of it. Undefined where nothing goes elsewhere. */
  tell(): Rerouting | undefined {
    const { recipients, messages, list } = this.#found
    this.#found = NONE
    if (recipients === 0) return undefined
    for (const { id, to, before, after } of list) this.#emit({ kind: 'rerouted', id, to, before, after })
    if (recipients > list.length) this.#emit({ kind: 'rerouted-all', recipients, messages })
    return { recipients, messages, list: list.slice(0, MOST_TOLD) }
  }
}
