/** The relay's end of the control socket. */
import { chmod, lstat, unlink } from 'node:fs/promises'
import { createServer, type Server, type Socket } from 'node:net'
import { createBirpc } from 'birpc'
import type { Event } from '../log/event.ts'
import { dial } from './client.ts'
import type { Control } from './control.ts'
import type { IntakeLimits } from './intake.ts'
import { answer, isRequest } from './requests.ts'
import { Subscriber } from './subscriber.ts'
import { type AskingEnd, callFrame, openWire } from './wire.ts'

/** Calls the listener for every event until the function it returns is called. */
export type OnEvent = (listener: (event: Event) => void) => () => void

/** Milliseconds that a connection has at the stop to take what was already sent to it. */
const farewell = 500

/** A peer that asks for more than it reads is read no further, and one question of any length finds a place. */
const CALLS: IntakeLimits = { lines: 32, bytes: 1024 * 1024 }

export class ControlServer {
  readonly #control: Control
  readonly #onEvent: OnEvent
  readonly #server: Server
  readonly #sockets = new Set<Socket>()

  constructor(control: Control, onEvent: OnEvent) {
    this.#control = control
    this.#onEvent = onEvent
    this.#server = createServer(socket => this.#accept(socket))
  }

  /** Listens at a path or a named pipe. Throws a sentence where another relay answers there. */
  async listen(address: string): Promise<void> {
    const isFile = !address.startsWith('\\\\')
    if (isFile) await removeStale(address)
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen(address, () => {
        this.#server.off('error', reject)
        // A connection that can't be accepted, for want of files say, costs that connection only.
        this.#server.on('error', () => undefined)
        resolve()
      })
    })
    if (isFile) await chmod(address, 0o600)
  }

  /** Closes every connection; the socket file is gone afterwards. */
  async close(): Promise<void> {
    const closed = new Promise<void>(resolve => this.#server.close(() => resolve()))
    for (const socket of this.#sockets) socket.destroySoon()
    const timer = setTimeout(() => {
      for (const socket of this.#sockets) socket.destroy()
    }, farewell)
    await closed
    clearTimeout(timer)
  }

  #accept(socket: Socket): void {
    this.#sockets.add(socket)
    let unsubscribe: (() => void) | undefined
    const subscriber = new Subscriber(socket)
    const subscribe = async () => {
      unsubscribe ??= this.#onEvent(event => subscriber.send(event))
    }
    const rpc = createBirpc<AskingEnd>(
      {},
      {
        ...openWire(socket, callFrame, CALLS),
        timeout: -1,
        resolver: name => (name === 'subscribe' ? subscribe : this.#handler(name)),
        // An answer that can't be sent is answered with the reason instead.
        onGeneralError: () => true,
      },
    )
    socket.on('error', () => socket.destroy())
    socket.on('close', () => {
      unsubscribe?.()
      this.#sockets.delete(socket)
      rpc.$close()
    })
  }

  #handler(name: string): (...args: unknown[]) => Promise<unknown> {
    return async (...args) => {
      if (!isRequest(name)) throw new Error(`The relay knows no request ${JSON.stringify(name)}.`)
      return answer(this.#control, name, args)
    }
  }
}

/** Removes the socket file that a relay left when it was killed. */
async function removeStale(path: string): Promise<void> {
  const found = await lstat(path).catch(() => undefined)
  if (!found) return
  if (!found.isSocket()) throw new Error(`${path} is in the way of the control socket; move it elsewhere.`)
  const socket = await dial(path)
  socket?.destroy()
  if (socket) throw new Error(`Another relay answers at ${path}; stop it first.`)
  await unlink(path)
}
