/** Whoever is turned away: how long his connection may still stand, so that he reads why, and how many such may. */
import type { Socket } from 'node:net'

/** Milliseconds in which the reply arrives on any line. */
const TO_READ = 1_000

/** Beyond so many the one that stood for longest goes. */
const MOST = 100

export class TurnedAway {
  /** In the order in which they came. */
  readonly #sockets = new Map<Socket, NodeJS.Timeout>()

  /** The reply is written, or will be at once. The socket is gone when the other side has closed it, or the time is up. */
  add(socket: Socket): void {
    if (socket.destroyed || this.#sockets.has(socket)) return
    const timer = setTimeout(() => socket.destroy(), TO_READ).unref()
    this.#sockets.set(socket, timer)
    socket.once('close', () => this.#forget(socket))
    const [oldest] = this.#sockets.keys()
    if (this.#sockets.size <= MOST || !oldest) return
    this.#forget(oldest)
    oldest.destroy()
  }

  #forget(socket: Socket): void {
    clearTimeout(this.#sockets.get(socket))
    this.#sockets.delete(socket)
  }
}
