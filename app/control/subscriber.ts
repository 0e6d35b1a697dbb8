/** A peer that asked for events: it gets every one, and is let go when it leaves too many unread. */
import type { Socket } from 'node:net'
import type { Event } from '../log/event.ts'
import { eventLine } from './wire.ts'

/** Bytes of events that may wait for a peer; the log has them all, whoever reads them. */
const MOST_WAITING = 4 * 1024 * 1024

export class Subscriber {
  readonly #socket: Socket
  #waiting = 0

  constructor(socket: Socket) {
    this.#socket = socket
  }

  /** One event of any length finds a place; what else waits there, as a long answer, isn't counted. */
  send(event: Event): void {
    if (this.#waiting > MOST_WAITING) this.#socket.destroy()
    if (this.#socket.destroyed) return
    const line = this.#lineOf(event)
    if (!line) return
    this.#waiting += line.length
    this.#socket.write(line, () => {
      this.#waiting -= line.length
    })
  }

  /** Undefined for one that is too long to be sent at all, which ends the subscription: whoever emits it is not to blame. */
  #lineOf(event: Event): Buffer | undefined {
    try {
      return eventLine(event)
    } catch {
      this.#socket.destroy()
      return undefined
    }
  }
}
