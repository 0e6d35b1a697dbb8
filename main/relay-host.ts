/** The host of the relay: opens and starts it in this process, and has words for what keeps it from running. */
import type { Status, Warning } from '../app/control/control.ts'
import { sentenceOf } from '../app/control/sentence.ts'
import { RecentEvents } from '../app/log/recent.ts'
import type { RelayOptions } from '../app/relay/opening.ts'
import { Relay } from '../app/relay.ts'

export class RelayHost {
  readonly relay: Relay
  readonly recent: RecentEvents
  /** Why it doesn't run, in a sentence. */
  #problem: string | undefined
  #starting: Promise<void> | undefined

  /** Rejects with a sentence where the folder can't be used. */
  static async open(folder: string, options: RelayOptions): Promise<RelayHost> {
    return new RelayHost(await Relay.open(folder, options))
  }

  private constructor(relay: Relay) {
    this.relay = relay
    this.recent = new RecentEvents(
      listener => relay.subscribe(listener),
      limit => relay.control.readLog({ limit }),
    )
    // What kept it from starting may have been mended.
    relay.subscribe(event => {
      if (event.kind === 'settings-applied' && this.#problem !== undefined) void this.start()
    })
  }

  /** Never rejects: where it can't start, the status says why, and the next change of settings tries again. */
  start(): Promise<void> {
    this.#starting ??= this.#tryStart().finally(() => {
      this.#starting = undefined
    })
    return this.#starting
  }

  async #tryStart(): Promise<void> {
    try {
      await this.relay.start()
      this.#problem = undefined
    } catch (error) {
      this.#problem = sentenceOf(error)
    }
  }

  async status(): Promise<Status> {
    const status = await this.relay.control.status()
    return this.#problem === undefined
      ? status
      : { ...status, warnings: [this.#warning(this.#problem), ...status.warnings] }
  }

  #warning(problem: string): Warning {
    return { kind: 'not-running', text: `Postern doesn't take mail: ${problem}` }
  }

  /** To resume one that never started is to start it. */
  async pause(paused: boolean): Promise<void> {
    if (paused || this.#problem === undefined) return this.relay.pause(paused)
    await this.start()
    if (this.#problem !== undefined) throw new Error(this.#problem)
  }

  async stop(): Promise<void> {
    await this.#starting
    this.recent.close()
    await this.relay.stop()
  }
}
