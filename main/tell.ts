/** What the window is told: events in batches, the status as it changes, settings when they were applied. */
import type { StatusWatch } from '../app/control/status-watch.ts'
import { Batch } from '../app/log/batch.ts'
import type { Told } from './bridge.ts'
import type { RelayHost } from './relay-host.ts'

/** Milliseconds between batches, and events in one: in a burst the window shows the newest. */
const EVERY = 100
const MOST = 500

export class Teller {
  readonly #host: RelayHost
  readonly #send: (batch: readonly Told[]) => void
  readonly #batch: Batch<Told>
  readonly #ends: readonly (() => void)[]

  constructor(host: RelayHost, watch: StatusWatch, send: (batch: readonly Told[]) => void) {
    this.#host = host
    this.#send = send
    this.#batch = new Batch(send, EVERY, MOST)
    this.#ends = [
      host.relay.subscribe(event => {
        this.#batch.add({ kind: 'event', event })
        if (event.kind === 'settings-applied') void this.#tellSettings()
      }),
      watch.subscribe(status => this.tell({ kind: 'status', status })),
    ]
  }

  /** After the events that came before it. */
  tell(told: Told): void {
    this.#batch.flush()
    this.#send([told])
  }

  /** Drops the events that wait: a snapshot has them. */
  forget(): void {
    this.#batch.clear()
  }

  close(): void {
    for (const end of this.#ends) end()
    this.#batch.clear()
  }

  async #tellSettings(): Promise<void> {
    const users = await this.#host.relay.control.listUsers()
    this.tell({ kind: 'settings', users, ...this.#host.relay.drafts.base() })
  }
}
