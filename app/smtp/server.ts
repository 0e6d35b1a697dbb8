/** The server behind one listener: opens it, and ends its connections when it must. */
import type { AddressInfo } from 'node:net'
import type { ListenerEncryption } from '../settings/settings.ts'
import { ConnectionServer } from './connection-server.ts'
import type { Failure } from './failure.ts'
import type { ProtocolOptions, Reception } from './protocol.ts'

/** How long a connection that must end may go on, milliseconds. */
export interface Grace {
  /** While a message is coming in. */
  readonly receiving: number
  /** Beyond that, while a message that is in is written to the disk. */
  readonly answering: number
}

export class Server {
  readonly #library: ConnectionServer
  #empty: (() => void) | undefined

  constructor(encryption: ListenerEncryption, options: ProtocolOptions, reception: Reception) {
    this.#library = new ConnectionServer(encryption, options, {
      enter: (client, host) => reception.enter(client, host),
      begin: (facts, refusal) => reception.begin(facts, refusal),
      leave: id => {
        reception.leave(id)
        if (this.#library.running.size === 0) this.#empty?.()
      },
    })
  }

  /** Rejects with the system's error; `failed` is told of what goes wrong later. */
  listen(port: number, address: string, failed: (failure: Failure) => void): Promise<AddressInfo> {
    return new Promise((resolve, reject) => {
      this.#library.once('error', reject)
      this.#library.listen(port, address, () => {
        this.#library.off('error', reject)
        this.#library.on('error', failed)
        const info = this.#library.server.address()
        if (info !== null && typeof info === 'object') resolve(info)
        else reject(new Error('the system named no address'))
      })
    })
  }

  /** For sessions that begin from now on; a running one keeps its name and its patience. */
  update(options: ProtocolOptions): void {
    this.#library.update(options)
  }

  /** Takes no more connections; the running ones go on. */
  async stopListening(): Promise<void> {
    this.#library.stop()
    // The port is free when the system has been told.
    await new Promise(resolve => setImmediate(resolve))
  }

  /** Calls when no connection is left; at once when there is none. */
  onceEmpty(empty: () => void): void {
    if (this.#library.running.size === 0) empty()
    else this.#empty = empty
  }

  /** Stops listening, lets what is under way end within these times, then ends every connection. */
  async finish({ receiving, answering }: Grace): Promise<void> {
    await this.stopListening()
    for (const connection of this.#library.running.values()) connection.dismiss()
    await this.#emptied(receiving)
    // Whose message is in already learns what became of it, else he would send it once more.
    for (const connection of this.#library.running.values()) if (!connection.isAnswering) connection.cut()
    await this.#emptied(answering)
    for (const connection of this.#library.running.values()) connection.cut()
  }

  /** Resolves when no connection is left, at the latest after `grace` milliseconds. */
  #emptied(grace: number): Promise<void> {
    return new Promise<void>(resolve => {
      const timer = setTimeout(resolve, grace)
      this.onceEmpty(() => {
        clearTimeout(timer)
        resolve()
      })
    })
  }
}
