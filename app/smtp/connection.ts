/** A connection, as the library smtp-server runs it and we correct it; the only file that knows smtp-server. */
/*
 * The library runs the session, STARTTLS and SASL; lines and content are taken apart by our `Input`. It is corrected where it
 * delays the greeting, reads addresses loosely, lets AUTH into a transaction, takes bare LF for a line end, runs
 * a line that was cut off, or decodes bad base64. test/unit/smtp/library.test.ts notices when it changes there.
 */
import type { Socket } from 'node:net'
import { SMTPServer as LibraryServer } from 'smtp-server'
import { SMTPConnection } from 'smtp-server/lib/smtp-connection.js'
import { SMTPStream } from 'smtp-server/lib/smtp-stream.js'
import { type Reply, reply } from '../mail/reply.ts'
import type { ListenerEncryption } from '../settings/settings.ts'
import { BYE, CLOSING, GO_AHEAD, HELP, NOT_VERIFIED, TROUBLE, textOf, wireLines } from './answer.ts'
import type { Doing } from './connections.ts'
import { Deadlines, type Overdue, type TimeLimits } from './deadlines.ts'
import { factsOf } from './facts.ts'
import { Input } from './input.ts'
import { lineProblem } from './line.ts'
import { LineEnds } from './line-ends.ts'
import type { Arrival, Dialogue, Reception } from './protocol.ts'
import { reworded } from './rewording.ts'

type Done = () => void
type Handler = (line: Buffer, done: Done) => void

const PRINTABLE = /^[ -~]*$/
type Next = (error?: Error | null) => void

/** What the parser hands to its connection. */
interface ParserEvents {
  command(text: Buffer, next: Next): void
  lineBegun(): void
  /** The bytes as they are to be read; undefined for what nobody reads. */
  received(chunk: Buffer): Buffer | undefined
  /** The client sends nothing more, and all that it sent is answered. */
  ended(): void
}

/** Where the library reads lines and content by itself, ours does; the library only pipes into it. */
class Parser extends SMTPStream {
  readonly input: Input
  bareLf = false
  /** Nothing came with the line. */
  alone = false
  readonly #events: ParserEvents

  constructor(events: ParserEvents) {
    super()
    this.#events = events
    this.input = new Input({
      command: ({ text, bareLf }, alone, next) => {
        this.bareLf = bareLf
        this.alone = alone
        events.command(text, next)
      },
      lineBegun: () => events.lineBegun(),
      isClosed: () => this.isClosed,
    })
  }

  /** A line that the connection's end cut off is no command, nor is content a message. */
  override _flushData(): void {
    this.input.abort()
    this.#events.ended()
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding | 'buffer', next: Next): void {
    const bytes = this.#events.received(chunk)
    if (bytes) this.input.take(bytes, next)
    else next()
  }
}

/** Our server, as far as a connection knows it. */
interface Serving extends LibraryServer {
  readonly encryption: ListenerEncryption
  /** What it listens on; each connection would need a system call to find its own. */
  readonly own: { readonly localAddress: string; readonly localPort: number } | undefined
  /** For connections that begin now. */
  readonly limits: TimeLimits
}

/** An answer that our side takes its time for. */
export type Question = (dialogue: Dialogue) => Promise<Reply>

export { LibraryServer }

export class Connection extends SMTPConnection {
  readonly #encryption: ListenerEncryption
  readonly dialogue: Dialogue
  readonly #isRefused: boolean
  readonly #deadlines: Deadlines
  readonly #lineEnds = new LineEnds()
  #greeting: NodeJS.Timeout | undefined
  /** What ends the connection as soon as nothing is left to be answered. */
  #farewell: Reply | undefined
  #takesContent = false
  #talkedEarly = false

  constructor(server: Serving, reception: Reception, socket: Socket, arrival: Arrival) {
    super(server, socket, { id: arrival.id, ...server.own })
    this.#encryption = server.encryption
    this.#isRefused = arrival.refusal !== undefined
    this.#deadlines = new Deadlines(server.limits, what => this.#overdue(what))
    const port = server.own?.localPort
    this.dialogue = reception.begin(() => factsOf(this, this.#encryption, port), arrival.refusal)
  }

  /** Says goodbye: now, or when what is coming in is answered. */
  dismiss(farewell = CLOSING): void {
    this.#farewell = farewell
    if (!this._handlerPending && !this.#takesContent) this.send(farewell.code, textOf(farewell))
  }

  /** TLS stands. */
  secured(): void {
    this.#deadlines.lineEnded()
    this.dialogue.secured()
  }

  /** However busily it trickles. */
  #overdue(what: Overdue): void {
    const input = this._parser instanceof Parser ? this._parser.input : undefined
    const farewell = OVERDUE[what]
    if (what === 'session') this.dismiss(farewell)
    else if (what === 'command') this.send(farewell.code, textOf(farewell))
    else input?.abort(farewell)
  }

  /** Asks our side; a failure of ours is an answer, too. Never rejects. */
  async ask(question: Question): Promise<Reply> {
    return question(this.dialogue).catch(error => {
      this._server.emit('error', error)
      return TROUBLE
    })
  }

  /** A message is in, and its client waits for the answer. */
  get isAnswering(): boolean {
    return this.#takesContent && this._handlerPending
  }

  /** Something is answered. */
  answered(): void {
    if (this.#farewell) this.dismiss(this.#farewell)
  }

  get doing(): Doing {
    if (this.#takesContent) return 'receiving'
    return this._handlerPending || this.dialogue.inTransaction ? 'busy' : 'idle'
  }

  /** Says goodbye in the middle of whatever it is. */
  cut(answered = CLOSING): void {
    this.send(answered.code, textOf(answered))
    this._socket.destroy()
  }

  /**
   * The library waits 100 ms here, to catch clients that talk first; every honest client would pay for it. Ours waits
   * where the dialogue says so, and else until what has come already is read.
   */
  override init(): void {
    answerAfterItsEnd(this._socket)
    this._setListeners(() => {
      const ready = () => this.connectionReady()
      const delay = this.#isRefused ? undefined : this.dialogue.greetingDelay()
      if (delay === undefined) ready()
      else if (delay > 0) this.#greeting = setTimeout(ready, delay).unref()
      else setImmediate(() => setImmediate(ready))
    })
  }

  /** A chunk as it came over the line, or out of TLS. */
  #received(chunk: Buffer): Buffer | undefined {
    if (!this._ready) {
      this.#refuseHaste()
      return undefined
    }
    if (!this.dialogue.mendsLineEnds()) {
      this.#lineEnds.pass(chunk)
      return chunk
    }
    const { bytes, isMended } = this.#lineEnds.mend(chunk)
    if (isMended) this.dialogue.mended()
    return bytes
  }

  #refuseHaste(): void {
    if (this._closing) return
    this.#say(this.dialogue.refuseHaste())
    this.close()
  }

  #answer(answered: Reply, done: Done): void {
    this.#say(answered)
    done()
  }

  /** What is fit for the wire needs none of the library's care. */
  #say(answered: Reply): void {
    const text = textOf(answered)
    const plain = answered.code !== CLOSING.code && !this._upgrading && this._socket.readyState === 'open'
    if (plain && PRINTABLE.test(text)) {
      this.#note(answered.code)
      this._socket.write(`${answered.code} ${text}\r\n`)
    } else this.send(answered.code, text)
  }

  /** Replies to what is no command, or not in its place (RFC 5321 section 4.2.2). */
  #note(code: number): void {
    if (code >= 500 && code <= 504) this.dialogue.misbehaved('protocolError')
  }

  /** RFC 2920 section 3.1: commands come together only when the client was told that they may. */
  #noteEarly(): void {
    const isAlone = !(this._parser instanceof Parser) || this._parser.alone
    if (this.#talkedEarly || isAlone || this.hostNameAppearsAs || this._upgrading) return
    this.#talkedEarly = true
    this.dialogue.misbehaved('earlyTalker')
  }

  /** Greeted, introduced, and not in the middle of AUTH or STARTTLS. */
  get #isInDialogue(): boolean {
    return this._ready && !this._upgrading && this._nextHandler === false && Boolean(this.hostNameAppearsAs)
  }

  /** Of the commands that come with every message, for which the library has nothing to check any more. */
  #ownHandler(line: Buffer): Handler | undefined {
    switch (line.toString('latin1', 0, 5).toUpperCase()) {
      case 'MAIL ':
        return this.handler_MAIL
      case 'RCPT ':
        return this.handler_RCPT
      case 'DATA':
        return this.handler_DATA
      case 'QUIT':
        return this.handler_QUIT
    }
    return undefined
  }

  #handle(handler: Handler, line: Buffer, next: Done): void {
    this._handlerPending = true
    handler.call(this, line, () => {
      this._handlerPending = false
      this._whenWritable(next)
    })
  }

  /** Replies of ours carry their own enhanced status code; many of the library's become ours. */
  override send(code: number, data?: string | string[] | null, context?: string | false): void {
    this.#note(code)
    const ours = typeof data === 'string' ? reworded(code, data) : undefined
    if (ours) {
      this.#deliver(ours.code, textOf(ours), false)
      return
    }
    const own = typeof data === 'string' && /^[245]\.\d{1,3}\.\d{1,3} /.test(data)
    // For a command that it doesn't know the library gives the name as context: for LHLO it would leave out the code.
    const status = own || context === false ? false : undefined
    this.#deliver(code, data, status)
  }

  #deliver(code: number, data: string | string[] | null | undefined, context: false | undefined): void {
    if (this._socket.readyState === 'writeOnly') this.#sendAfterItsEnd(code, data ?? '', context)
    else super.send(code, data, context)
  }

  /** The library says nothing to a client that ended its side. */
  #sendAfterItsEnd(code: number, data: string | string[], context: false | undefined): void {
    this._socket.write(wireLines(code, this._getEnhancedStatusCode(code, context), data))
    if (code === CLOSING.code) this.close()
  }

  override _createParser(): SMTPStream {
    const parser = new Parser({
      command: (line, next) => {
        this.#deadlines.lineEnded()
        this._onCommand(line, next)
      },
      lineBegun: () => this.#deadlines.lineBegun(),
      received: chunk => this.#received(chunk),
      ended: () => this.close(),
    })
    parser.on('error', () => this.close())
    return parser
  }

  override _onCommand(line: Buffer, next: Done = () => {}): void {
    this.#noteEarly()
    // Else the library neither offers AUTH again nor takes it.
    if (this.session.user && !this.dialogue.staysLoggedOn()) this.session.user = undefined
    const problem = this._ready && !this._upgrading ? this.#problem(line) : undefined
    if (!problem) {
      const own = this.#isInDialogue ? this.#ownHandler(line) : undefined
      if (own) this.#handle(own, line, next)
      else super._onCommand(line, next)
      return
    }
    // A bad line ends an AUTH exchange that it was part of (RFC 4954 section 4).
    this._nextHandler = false
    this.send(problem.code, textOf(problem))
    this._whenWritable(next)
  }

  /** Whoever ends his side in the handshake is gone. */
  override upgrade(...given: Parameters<SMTPConnection['upgrade']>): void {
    this._socket.allowHalfOpen = false
    this.#deadlines.lineBegun()
    super.upgrade(...given)
  }

  override _isSupported(command: string): boolean {
    if (command.toUpperCase() === 'AUTH' && this.dialogue.authentication() !== 'offered') return false
    return super._isSupported(command)
  }

  override _resetSession(): void {
    super._resetSession()
    this.dialogue.reset()
  }

  override handler_MAIL(line: Buffer, done: Done): void {
    const answered = this.dialogue.mail(line.toString())
    if (answered.code < 300) this.session.envelope.mailFrom = KEPT_BY_THE_SESSION
    this.#answer(answered, done)
  }

  override handler_RCPT(line: Buffer, done: Done): void {
    const answered = this.dialogue.recipient(line.toString())
    if (answered.code < 300) this.session.envelope.rcptTo = [KEPT_BY_THE_SESSION]
    this.#answer(answered, done)
  }

  override handler_DATA(line: Buffer, done: Done): void {
    const bare = line.toString().trim().length === 4
    const refused = bare ? this.dialogue.refuseData() : reply(501, '5.5.4', 'DATA takes no parameter')
    if (refused) this.#answer(refused, done)
    else {
      void this.#takeContent()
      this.#say(GO_AHEAD)
      done()
    }
  }

  /** From the 354 to the answer behind the final dot. Meanwhile the client may be idle only while the content comes. */
  async #takeContent(): Promise<void> {
    const input = this._parser instanceof Parser ? this._parser.input : undefined
    if (!input) return
    this.#takesContent = true
    const content = input.beginContent(() => {
      this._handlerPending = true
      this.#deadlines.contentEnded()
    })
    this.#deadlines.contentBegun(() => content.progress)
    const answered = await this.ask(dialogue => dialogue.data(content))
    await content.drain()
    this.#deadlines.contentEnded()
    this._handlerPending = false
    this.#takesContent = false
    this._transactionCounter++
    this._unrecognizedCommands = 0
    this.#say(answered)
    this._resetSession()
    // What is left of the content is no command.
    if (content.isBroken) this.close()
    input.continue()
    this.answered()
  }

  /**
   * A client that waited for each reply has all but this one: the socket can go at once, without the library's wait for
   * the other side. Closed over unread bytes it would take back replies that are still on their way.
   */
  override handler_QUIT(_line: Buffer, done: Done): void {
    this.#say(BYE)
    this.close()
    done()
    const alone = this._parser instanceof Parser && this._parser.alone
    if (alone && !this.secure && this._socket.writableLength === 0) this._socket.destroy()
  }

  /** Content that was coming in won't be complete. */
  override _onClose(): void {
    clearTimeout(this.#greeting)
    this.#deadlines.close()
    if (this._parser instanceof Parser) this._parser.input.abort()
    this.dialogue.reset()
    super._onClose()
  }

  override handler_VRFY(_line: Buffer, done: Done): void {
    this.#answer(NOT_VERIFIED, done)
  }

  override handler_HELP(_line: Buffer, done: Done): void {
    this.#answer(HELP, done)
  }

  #problem(line: Buffer): Reply | undefined {
    return lineProblem(line, {
      bareLf: this._parser instanceof Parser && this._parser.bareLf,
      inAuthentication: this._nextHandler !== false,
      inTransaction: this.dialogue.inTransaction,
      loggedOn: Boolean(this.session.user),
      needsTls: this.#encryption === 'starttls-required' && !this.secure,
      authentication: () => this.dialogue.authentication(),
    })
  }
}

/** A client may end its side and wait for what is left to be said; Node would end ours with it. */
export function answerAfterItsEnd(socket: Socket): void {
  socket.allowHalfOpen = true
}

const OVERDUE: Readonly<Record<Overdue, Reply>> = {
  session: reply(421, '4.4.2', 'The session has lasted too long; closing the connection'),
  command: reply(421, '4.4.2', 'The command took too long to come; closing the connection'),
  content: reply(421, '4.4.2', 'The message took too long to come; closing the connection'),
  'slow-content': reply(421, '4.4.2', 'The message comes too slowly; closing the connection'),
}

/** The library counts senders and recipients only. */
const KEPT_BY_THE_SESSION = { address: '', args: false } as const
