/** A scripted SMTP next hop on a real socket: takes everything, unless its script says otherwise, and records it. */
import { once } from 'node:events'
import { createServer, type Server, type Socket } from 'node:net'
import { atEnd, type Ending } from './ending.ts'
import type { SinkScript, Transaction } from './sink-script.ts'
import { SinkSession } from './sink-session.ts'
import { waitFor } from './wait.ts'

export class Sink {
  readonly host = '127.0.0.1'
  /** Transactions it took responsibility for, oldest first. */
  readonly received: Transaction[] = []
  /** All that was said, over all connections, `1 C: …` and `1 S: …`. */
  readonly dialogue: string[] = []
  /** How many connections there were. */
  connections = 0
  #script: SinkScript
  #server: Server | undefined
  #port: number
  readonly #sockets = new Set<Socket>()

  /** Use `startSink`. */
  constructor(script: SinkScript) {
    this.#script = script
    this.#port = script.port ?? 0
  }

  get port(): number {
    return this.#port
  }

  /** `127.0.0.1:PORT`, as settings name a smart host. */
  get address(): string {
    return `${this.host}:${this.#port}`
  }

  /** Connections open now. */
  get open(): number {
    return this.#sockets.size
  }

  /** Changes what it answers from the next line on. */
  set reply(reply: NonNullable<SinkScript['reply']>) {
    this.#script = { ...this.#script, reply }
  }

  /** Listens, the second time on the same port. */
  async start(): Promise<void> {
    const server = createServer(socket => this.#accept(socket))
    this.#server = server
    server.listen(this.#port, this.host)
    await once(server, 'listening')
    const address = server.address()
    if (address !== null && typeof address !== 'string') this.#port = address.port
  }

  /** Drops every connection and listens no longer. */
  async stop(): Promise<void> {
    const server = this.#server
    this.#server = undefined
    if (!server) return
    const closed = once(server, 'close')
    server.close()
    for (const socket of this.#sockets) socket.destroy()
    await closed
  }

  /** Waits until at least `count` transactions are received. */
  waitForMail(count: number, timeout?: number): Promise<readonly Transaction[]> {
    const enough = () => (this.received.length >= count ? this.received : undefined)
    return waitFor(`${count} messages at the sink; it has ${this.received.length}`, enough, timeout)
  }

  #accept(socket: Socket): void {
    this.connections += 1
    this.#sockets.add(socket)
    socket.on('close', () => this.#sockets.delete(socket))
    const session = new SinkSession(socket, this.connections, {
      script: () => this.#script,
      received: transaction => this.received.push(transaction),
      said: line => this.dialogue.push(line),
    })
    session.start()
  }
}

export async function startSink(test: Ending, script: SinkScript = {}): Promise<Sink> {
  const sink = new Sink(script)
  await sink.start()
  atEnd(test, () => sink.stop())
  return sink
}
