/** A client's connection in a dialogue script: sends bytes as told, reads one reply line after another. */
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { connect as connectTls, type TLSSocket } from 'node:tls'

export interface Endpoint {
  readonly host: string
  readonly port: number
}

/** Milliseconds a reply may take. */
const patience = 15_000

export class DialogueConnection {
  #socket: Socket | TLSSocket
  #input = Buffer.alloc(0)
  #ended = false
  #wake: () => void = () => {}

  private constructor(socket: Socket) {
    this.#socket = socket
    this.#attach(socket)
  }

  /** `from` is the client's own address. */
  static async open(
    { host, port }: Endpoint,
    from: string | undefined,
    tls: boolean,
  ): Promise<DialogueConnection> {
    const socket = connect({ host, port, ...(from !== undefined && { localAddress: from }) })
    await once(socket, 'connect', { signal: AbortSignal.timeout(patience) })
    const connection = new DialogueConnection(socket)
    if (tls) await connection.secure()
    return connection
  }

  get #unread(): string {
    return this.#input.toString()
  }

  send(bytes: Buffer): void {
    this.#socket.write(bytes)
  }

  /** Handshakes on the open connection; any certificate will do. */
  async secure(): Promise<void> {
    this.#socket.removeAllListeners()
    this.#socket = connectTls({ socket: this.#socket, rejectUnauthorized: false })
    this.#attach(this.#socket)
    await once(this.#socket, 'secureConnect', { signal: AbortSignal.timeout(patience) })
  }

  /** The next line without its CR LF; a LF alone stays in it. Throws when the server closes or stays silent. */
  async readLine(): Promise<string> {
    for (;;) {
      const end = this.#input.indexOf('\r\n')
      if (end >= 0) {
        const line = this.#input.subarray(0, end).toString()
        this.#input = this.#input.subarray(end + 2)
        return line
      }
      if (this.#ended) throw new Error(`the server closed the connection${this.#rest()}`)
      if (!(await this.#more())) throw new Error(`nothing for ${patience / 1000} s${this.#rest()}`)
    }
  }

  /** Waits until the server closes; throws when it says something more, or doesn't close. */
  async readEnd(): Promise<void> {
    while (!this.#ended && this.#input.length === 0) {
      if (!(await this.#more())) throw new Error(`no close for ${patience / 1000} s`)
    }
    if (this.#input.length > 0)
      throw new Error(`expected the server to close, got ${JSON.stringify(this.#unread)}`)
  }

  /** Says that nothing more comes from here, and waits until the server has said all it had to; what it said. */
  async finish(): Promise<string> {
    this.#socket.end()
    while (!this.#ended && (await this.#more()));
    return this.#unread
  }

  destroy(): void {
    this.#ended = true
    this.#socket.destroy()
  }

  #attach(socket: Socket): void {
    socket.on('data', chunk => {
      this.#input = Buffer.concat([this.#input, chunk])
      this.#wake()
    })
    const end = () => {
      this.#ended = true
      this.#wake()
    }
    socket.on('end', end).on('close', end).on('error', end)
  }

  /** False when nothing came in time. */
  async #more(): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined
    const came = await new Promise<boolean>(resolve => {
      this.#wake = () => resolve(true)
      timer = setTimeout(() => resolve(false), patience)
    })
    clearTimeout(timer)
    return came
  }

  #rest(): string {
    return this.#input.length > 0 ? ` after ${JSON.stringify(this.#unread)}` : ''
  }
}
