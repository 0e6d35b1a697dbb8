/** A connection, as the library smtp-server runs it and we correct it; the only file that knows smtp-server. */
/*
 * The library reads lines, runs STARTTLS and SASL and takes the dots out of DATA. It is corrected where it
 * delays the greeting, reads addresses loosely, lets AUTH into a transaction, takes bare LF for a line end or
 * decodes bad base64. test/unit/smtp/library.test.ts notices when the library changes in these places.
 */
import { randomBytes } from 'node:crypto'
import type { Socket } from 'node:net'
import { SMTPServer } from 'smtp-server'
import { SMTPConnection } from 'smtp-server/lib/smtp-connection.js'
import { SMTPStream } from 'smtp-server/lib/smtp-stream.js'
import { parseMail, parseRcpt } from '../mail/path.ts'
import { type Reply, reply } from '../mail/reply.ts'
import type { ListenerEncryption } from '../settings/settings.ts'
import { lineProblem } from './line.ts'
import type { Dialogue, ProtocolOptions, SessionFacts } from './protocol.ts'

type Done = () => void

/** Lines handled before other connections get their turn. */
const LINES_AT_ONCE = 100

/** Tells, for each command line, whether it ended in LF alone. */
class LineStream extends SMTPStream {
  bareLf = false
  #lastByte = 0

  /** One line at a time, as the library's own reader takes CR LF and LF for the same. */
  override _write(chunk: Buffer, encoding: BufferEncoding, next: (error?: Error | null) => void): void {
    this.#feed(chunk, encoding, 0, next)
  }

  #feed(chunk: Buffer, encoding: BufferEncoding, lines: number, next: (error?: Error | null) => void): void {
    const end = this._dataMode ? -1 : chunk.indexOf(0x0a)
    if (end < 0) {
      this.#lastByte = chunk.at(-1) ?? this.#lastByte
      super._write(chunk, encoding, next)
      return
    }
    this.bareLf = (end === 0 ? this.#lastByte : chunk[end - 1]) !== 0x0d
    this.#lastByte = 0x0a
    const rest = chunk.subarray(end + 1)
    super._write(chunk.subarray(0, end + 1), encoding, error => {
      if (error || rest.length === 0) next(error)
      else if (lines < LINES_AT_ONCE) this.#feed(rest, encoding, lines + 1, next)
      else setImmediate(() => this.#feed(rest, encoding, 0, next))
    })
  }
}

class Connection extends SMTPConnection {
  readonly #encryption: ListenerEncryption
  readonly #maxMessageSize: () => number
  dialogue: Dialogue | undefined

  constructor(server: Server, ...[socket, options]: Parameters<SMTPServer['connect']>) {
    super(server, socket, options)
    this.#encryption = server.encryption
    this.#maxMessageSize = () => server.maxMessageSize
  }

  get facts(): SessionFacts {
    const cipher = this.tlsOptions
    return {
      id: this.id,
      client: this._socket.remoteAddress ?? this.remoteAddress,
      local: this.localAddress,
      helo: this.hostNameAppearsAs || '',
      protocol: this._transmissionType(),
      ...(this.secure && cipher && { tls: `${cipher.version} ${cipher.name}` }),
    }
  }

  /** In the middle of a command or of a message. */
  get busy(): boolean {
    return this._handlerPending || Boolean(this._dataStream)
  }

  /** The library waits 100 ms here, to catch clients that talk first; every honest client would pay for it. */
  override init(): void {
    this._setListeners(() => this.connectionReady())
  }

  /** The reply is whole: the library adds no enhanced status code to it. */
  answer(answered: Reply, done: Done): void {
    this.send(answered.code, text(answered), false)
    done()
  }

  /** Replies of ours that come through the library's callbacks carry their own enhanced status code. */
  override send(code: number, data?: string | string[] | null, context?: string | false): void {
    const own = typeof data === 'string' && /^[245]\.\d{1,3}\.\d{1,3} /.test(data)
    super.send(code, data, own ? false : context)
  }

  override _createParser(): SMTPStream {
    const parser = new LineStream()
    parser.oncommand = (line, next) => this._onCommand(line, next)
    parser.on('error', () => this.send(421, '5.5.6 Command line too long; closing the connection'))
    return parser
  }

  override _onCommand(line: Buffer, next: Done = () => {}): void {
    const problem = this._ready && !this._upgrading ? this.#problem(line) : undefined
    if (!problem) {
      super._onCommand(line, next)
      return
    }
    // A bad line ends an AUTH exchange that it was part of (RFC 4954 section 4).
    this._nextHandler = false
    this.answer(problem, next)
  }

  #problem(line: Buffer): Reply | undefined {
    return lineProblem(line, {
      bareLf: this._parser instanceof LineStream && this._parser.bareLf,
      inAuthentication: this._nextHandler !== false,
      inTransaction: Boolean(this.session.envelope?.mailFrom),
      needsTls: this.#encryption === 'starttls-required' && !this.secure,
      authentication: this.session.user ? 'offered' : (this.dialogue?.authentication() ?? 'not-offered'),
    })
  }

  override _isSupported(command: string): boolean {
    if (command.toUpperCase() === 'AUTH' && this.dialogue?.authentication() !== 'offered') return false
    return super._isSupported(command)
  }

  override _resetSession(): void {
    super._resetSession()
    this.dialogue?.reset()
  }

  override handler_MAIL(line: Buffer, done: Done): void {
    if (this.session.envelope.mailFrom) {
      this.answer(reply(503, '5.5.1', 'MAIL was given already: end that message, or RSET'), done)
      return
    }
    const parsed = parseMail(line.toString())
    const answered = parsed.ok ? this.#mail(parsed.command) : parsed.reply
    if (answered.code < 300) this.session.envelope.mailFrom = { address: 'kept by the session', args: false }
    this.answer(answered, done)
  }

  #mail(command: Parameters<Dialogue['mail']>[0]): Reply {
    const limit = this.#maxMessageSize()
    if ((command.size ?? 0) > limit) return tooLarge(limit)
    this.session.envelope.smtpUtf8 = command.smtpUtf8
    return this.dialogue?.mail(command) ?? CLOSING
  }

  override handler_RCPT(line: Buffer, done: Done): void {
    if (!this.session.envelope.mailFrom) {
      this.answer(reply(503, '5.5.1', 'MAIL comes first'), done)
      return
    }
    const parsed = parseRcpt(line.toString(), this.session.envelope.smtpUtf8 === true)
    const answered = parsed.ok ? (this.dialogue?.recipient(parsed.command) ?? CLOSING) : parsed.reply
    if (answered.code < 300)
      this.session.envelope.rcptTo.push({ address: 'kept by the session', args: false })
    this.answer(answered, done)
  }

  override handler_DATA(line: Buffer, done: Done): void {
    if (line.toString().trim().length > 4) this.answer(reply(501, '5.5.4', 'DATA takes no parameter'), done)
    else if (!this.session.envelope.mailFrom) this.answer(reply(503, '5.5.1', 'MAIL comes first'), done)
    else if (this.session.envelope.rcptTo.length === 0)
      this.answer(reply(554, '5.5.1', 'No recipient was accepted'), done)
    else super.handler_DATA(line, done)
  }

  override handler_VRFY(_line: Buffer, done: Done): void {
    this.answer(reply(252, '2.1.5', 'Addresses are not verified; send the message'), done)
  }

  override handler_HELP(_line: Buffer, done: Done): void {
    this.answer(reply(214, '2.0.0', 'Postern speaks SMTP as in RFC 5321'), done)
  }
}

/** Commands that are old jokes, or would let a client say who it is. */
const DISABLED = ['WIZ', 'SHELL', 'KILL', 'XCLIENT', 'XFORWARD']

/** Tells the sessions of one run from those of another, in the log. */
const RUN = randomBytes(3).toString('hex')

const CLOSING = reply(421, '4.3.2', 'The server is shutting down')

export class Server extends SMTPServer {
  readonly encryption: ListenerEncryption
  readonly #dialogue: (facts: () => SessionFacts) => Dialogue
  readonly #byId = new Map<string, Connection>()
  #empty: (() => void) | undefined
  #finishing = false
  #count = 0

  constructor(
    encryption: ListenerEncryption,
    options: ProtocolOptions,
    dialogue: (facts: () => SessionFacts) => Dialogue,
  ) {
    super({
      ...libraryOptions(options),
      secure: encryption === 'tls',
      hideSTARTTLS: encryption === 'none',
      disabledCommands: encryption === 'none' ? [...DISABLED, 'STARTTLS'] : DISABLED,
      onConnect: (session, done) => done(asError(this.#greet(session.id), 220)),
      onSecure: (_socket, session, done) => {
        this.#byId.get(session.id)?.dialogue?.secured()
        done(null)
      },
      onAuth: (auth, session, done) => void this.#logOn(session.id, auth, done),
      onData: (stream, session, done) => void this.#data(session.id, stream, done),
      onClose: session => this.#closed(session.id),
    })
    this.encryption = encryption
    this.#dialogue = dialogue
  }

  get maxMessageSize(): number {
    return Number(this.options.size)
  }

  /** For sessions that begin from now on; a running one keeps its name. */
  update(options: ProtocolOptions): void {
    const { name, size, socketTimeout, key, cert } = libraryOptions(options)
    Object.assign(this.options, { name, size, socketTimeout })
    this.updateSecureContext({ key, cert })
  }

  /** Takes no more connections; the running ones go on. */
  stopListening(): Promise<void> {
    return new Promise(resolve => {
      // The callback of close waits for the connections too; listening ends at once.
      this.server.close()
      setImmediate(resolve)
    })
  }

  /** Calls when no connection is left; at once when there is none. */
  onceEmpty(empty: () => void): void {
    if (this.#byId.size === 0) empty()
    else this.#empty = empty
  }

  /** Stops listening, lets messages that are coming in end for at most `grace` ms, then ends every connection. */
  async finish(grace: number): Promise<void> {
    await this.stopListening()
    this.#dismiss(connection => !connection.busy)
    await new Promise<void>(resolve => {
      const timer = setTimeout(resolve, grace)
      this.onceEmpty(() => {
        clearTimeout(timer)
        resolve()
      })
    })
    this.#dismiss(() => true)
    for (const connection of this.#byId.values()) connection._socket.destroy()
  }

  #dismiss(which: (connection: Connection) => boolean): void {
    this.#finishing = true
    for (const connection of this.#byId.values()) if (which(connection)) connection.answer(CLOSING, () => {})
  }

  /** There is no proxy to wait for, and a count tells sessions apart as well as random bytes do. */
  override _handleProxy(
    _socket: Socket,
    callback: (error: Error | null, options: { id: string }) => void,
  ): void {
    callback(null, { id: `${RUN}${(++this.#count).toString(36).padStart(5, '0')}` })
  }

  override connect(...[socket, options]: Parameters<SMTPServer['connect']>): void {
    const connection = new Connection(this, socket, options)
    connection.dialogue = this.#dialogue(() => connection.facts)
    this.#byId.set(connection.id, connection)
    this.connections.add(connection)
    connection.on('error', error => this.emit('error', error))
    connection.init()
  }

  #greet(id: string): Reply {
    return this.#byId.get(id)?.dialogue?.greet() ?? CLOSING
  }

  async #logOn(id: string, auth: LogOn, done: LogOnDone): Promise<void> {
    const username = auth.username ?? ''
    const answered = (await this.#byId.get(id)?.dialogue?.logOn(username, auth.password ?? '')) ?? CLOSING
    const error = asError(answered, 235)
    if (error) done(error)
    else done(null, { user: username })
  }

  async #data(id: string, stream: Content, done: DataDone): Promise<void> {
    const answered = (await this.#byId.get(id)?.dialogue?.data(stream)) ?? CLOSING
    const error = asError(answered, 250)
    if (error) done(error)
    else done(null, text(answered))
    if (this.#finishing) this.#dismiss(connection => connection.id === id)
  }

  #closed(id: string): void {
    const connection = this.#byId.get(id)
    this.#byId.delete(id)
    connection?.dialogue?.closed()
    if (this.#byId.size === 0) this.#empty?.()
  }
}

type LogOn = Parameters<SMTPServer['onAuth']>[0]
type LogOnDone = Parameters<SMTPServer['onAuth']>[2]
type Content = Parameters<SMTPServer['onData']>[0]
type DataDone = Parameters<SMTPServer['onData']>[2]

function libraryOptions({ hostname, maxMessageSize, idleTimeout, tls }: ProtocolOptions) {
  return {
    name: hostname,
    banner: 'Postern',
    heloResponse: '%s',
    size: maxMessageSize,
    socketTimeout: idleTimeout,
    key: tls.key,
    cert: tls.cert,
    minVersion: 'TLSv1.2' as const,
    logger: false,
    disableReverseLookup: true,
    authOptional: true,
    allowInsecureAuth: true,
    authMethods: ['PLAIN', 'LOGIN'],
    hideENHANCEDSTATUSCODES: false,
    hideDSN: false,
  }
}

function tooLarge(limit: number): Reply {
  return reply(552, '5.3.4', `The message is larger than the ${limit} bytes this server takes`)
}

function text({ status, text }: Reply): string {
  return status === '' ? text : `${status} ${text}`
}

/** The library wants a refusal as an error; null for the one code that says yes. */
function asError(answered: Reply, yes: number): (Error & { responseCode?: number }) | null {
  return answered.code === yes
    ? null
    : Object.assign(new Error(text(answered)), { responseCode: answered.code })
}
