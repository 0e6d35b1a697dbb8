/** The library's server behind one listener, with connections of ours; `Server` opens and ends it. */
import type { Socket } from 'node:net'
import type { Reply } from '../mail/reply.ts'
import type { ListenerEncryption } from '../settings/settings.ts'
import { asError, CLOSING } from './answer.ts'
import { Connection } from './connection.ts'
import type { TimeLimits } from './deadlines.ts'
import { LibraryServer } from './library.ts'
import { changingOptions, fixedOptions } from './options.ts'
import type { Arrival, ProtocolOptions, Reception } from './protocol.ts'
import { answerAfterItsEnd } from './speaking.ts'
import { TurnedAway } from './turned-away.ts'

export class ConnectionServer extends LibraryServer {
  readonly encryption: ListenerEncryption
  /** What it listens on; each connection would need a system call to find its own. */
  own: { readonly localAddress: string; readonly localPort: number } | undefined
  /** By id, until the socket is closed. */
  readonly running = new Map<string, Connection>()
  readonly turnedAway = new TurnedAway()
  readonly #reception: Reception
  limits: TimeLimits
  /** TLS handshakes that come before a session, by the connection's id. */
  readonly #handshakes = new Map<string, NodeJS.Timeout>()

  constructor(encryption: ListenerEncryption, options: ProtocolOptions, reception: Reception) {
    super({
      ...fixedOptions(encryption),
      ...changingOptions(options),
      onConnect: ({ id }, done) => done(asError(this.running.get(id)?.greet() ?? CLOSING, 220)),
      onSecure: (socket, { id }, done) => {
        answerAfterItsEnd(socket)
        this.running.get(id)?.secured()
        done(null)
      },
      onAuth: ({ username = '', password, authzid = '' }, { id }, done) => {
        void this.#logOn(id, username, password ?? '', authzid).then(answered => {
          const error = asError(answered, 235)
          if (error) done(error)
          else done(null, { user: username })
          this.running.get(id)?.answered()
        })
      },
      onClose: ({ id }) => {
        this.running.delete(id)
        this.#reception.leave(id)
      },
    })
    this.encryption = encryption
    this.limits = options
    this.#reception = reception
    this.server.once('listening', () => {
      const address = this.server.address()
      if (address && typeof address === 'object')
        this.own = { localAddress: address.address, localPort: address.port }
    })
  }

  /** For sessions that begin from now on. */
  update(options: ProtocolOptions): void {
    Object.assign(this.options, changingOptions(options))
    this.limits = options
    this.updateSecureContext()
  }

  /** Listens no more; what hasn't become a session yet is gone. */
  stop(): void {
    this.server.close()
    // Not the sockets below: Node can't stand that in the middle of a handshake.
    for (const socket of this._pendingSockets.values()) socket.destroy()
  }

  /** Where the library would wait for a proxy, we count the connection in: a TLS handshake takes its place too. */
  override _handleProxy(socket: Socket, callback: (error: Error | null, arrival: Arrival) => void): void {
    const arrival = this.#reception.enter(socket.remoteAddress ?? '', {
      doing: id => this.running.get(id)?.doing ?? 'idle',
      dismiss: (id, answered) => {
        const connection = this.running.get(id)
        if (connection) connection.cut(answered)
        else socket.destroy()
      },
    })
    // After STARTTLS the socket's own close is not heard any more; the library's is.
    socket.once('close', () => {
      this.#handshaken(arrival.id)
      this.#reception.leave(arrival.id)
    })
    if (arrival.refusal && this.encryption === 'tls') socket.destroy()
    else {
      if (this.encryption === 'tls') this.#awaitHandshake(arrival.id, socket)
      callback(null, arrival)
    }
  }

  /** The library lets it go on for as long as bytes trickle in. */
  #awaitHandshake(id: string, socket: Socket): void {
    const end = () => (this._pendingSockets.get(socket) ?? socket).destroy()
    this.#handshakes.set(id, setTimeout(end, this.limits.commandTimeout).unref())
  }

  #handshaken(id: string): void {
    clearTimeout(this.#handshakes.get(id))
    this.#handshakes.delete(id)
  }

  override connect(socket: Socket, arrival: Arrival): void {
    this.#handshaken(arrival.id)
    const connection = new Connection(this, this.#reception, socket, arrival)
    this.running.set(connection.id, connection)
    this.connections.add(connection)
    connection.on('error', error => this.emit('error', Object.assign(error, { session: connection.id })))
    connection.init()
  }

  async #logOn(id: string, user: string, password: string, identity: string): Promise<Reply> {
    return this.running.get(id)?.ask(dialogue => dialogue.logOn(user, password, identity)) ?? CLOSING
  }
}
