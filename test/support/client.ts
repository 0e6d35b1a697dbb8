/** An SMTP client for tests that send bytes as they like and read whole replies. */
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { type ConnectionOptions, connect as connectTls, type TLSSocket } from 'node:tls'
import type { Endpoint } from './dialogue-connection.ts'
import { atEnd, type Ending } from './ending.ts'

export type { Endpoint } from './dialogue-connection.ts'

export interface ClientOptions {
  /** The client's own address. */
  readonly from?: string
  readonly tls?: boolean
}

/** Milliseconds a reply may take. */
const patience = 15_000

export class SmtpClient {
  socket: Socket | TLSSocket
  /** The reply at the beginning. */
  greeting = ''
  #input = ''
  #ended = false
  #wake: () => void = () => {}

  private constructor(socket: Socket) {
    this.socket = socket
    this.#attach(socket)
  }

  /** Connects and reads the greeting. */
  static async open(
    test: Ending,
    endpoint: Endpoint,
    { from, tls }: ClientOptions = {},
  ): Promise<SmtpClient> {
    const client = await SmtpClient.connect(test, endpoint, from)
    if (tls) await client.secure()
    client.greeting = await client.reply()
    return client
  }

  /** Connects only. */
  static async connect(test: Ending, endpoint: Endpoint, from?: string): Promise<SmtpClient> {
    const socket = connect({ ...endpoint, ...(from !== undefined && { localAddress: from }) })
    atEnd(test, () => void socket.destroy())
    await once(socket, 'connect')
    return new SmtpClient(socket)
  }

  /** Whether the server has closed. */
  get ended(): boolean {
    return this.#ended
  }

  send(bytes: string | Buffer): void {
    this.socket.write(bytes)
  }

  /** Sends a line and reads its reply. */
  ask(line: string): Promise<string> {
    this.send(`${line}\r\n`)
    return this.reply()
  }

  /** EHLO, and whatever lines follow; the replies to these. */
  async say(...lines: readonly string[]): Promise<string[]> {
    await this.ask('EHLO client.example')
    const replies: string[] = []
    for (const line of lines) replies.push(await this.ask(line))
    return replies
  }

  /** The next reply, its lines parted by `\n`; throws when the server closes or stays silent. */
  async reply(): Promise<string> {
    for (;;) {
      const [whole] = /^(?:\d{3}-.*\r\n)*\d{3}(?: .*)?\r\n/.exec(this.#input) ?? []
      if (whole !== undefined) {
        this.#input = this.#input.slice(whole.length)
        return whole.trimEnd().replaceAll('\r\n', '\n')
      }
      if (this.#ended) throw new Error(`The server closed after ${JSON.stringify(this.#input)}.`)
      await this.#more()
    }
  }

  /** Handshakes on the open connection; any certificate will do. */
  async secure(options: ConnectionOptions = {}): Promise<TLSSocket> {
    this.socket.removeAllListeners()
    const socket = connectTls({ socket: this.socket, rejectUnauthorized: false, ...options })
    this.socket = socket
    this.#attach(socket)
    await once(socket, 'secureConnect', { signal: AbortSignal.timeout(patience) })
    return socket
  }

  /** Waits until the server closes; what it said before. */
  async end(): Promise<string> {
    while (!this.#ended) await this.#more()
    return this.#input
  }

  /** Says that nothing more comes from here; what the server still said. */
  finish(): Promise<string> {
    this.socket.end()
    return this.end()
  }

  /** Is gone without a word. */
  reset(): void {
    if (this.socket.destroyed) return
    // Node can't reset a socket that has ended its own side, as it does when the server has: its handle would stay.
    if ('encrypted' in this.socket || this.#ended) this.socket.destroy()
    else this.socket.resetAndDestroy()
  }

  #attach(socket: Socket): void {
    socket.on('data', chunk => {
      this.#input += chunk.toString('utf8')
      this.#wake()
    })
    const end = () => {
      this.#ended = true
      this.#wake()
    }
    socket.on('end', end).on('close', end).on('error', end)
  }

  async #more(): Promise<void> {
    let timer: NodeJS.Timeout | undefined
    const came = await new Promise<boolean>(resolve => {
      this.#wake = () => resolve(true)
      timer = setTimeout(() => resolve(false), patience)
    })
    clearTimeout(timer)
    if (!came) throw new Error(`Nothing for ${patience / 1000} s after ${JSON.stringify(this.#input)}.`)
  }
}
