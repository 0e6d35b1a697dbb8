/** A connection, as the library runs it and we correct it: its beginning, its content, and its end. */
import type { Socket } from 'node:net'
import { type Reply, reply } from '../mail/reply.ts'
import type { ListenerEncryption } from '../settings/settings.ts'
import { BYE, CLOSING, GO_AHEAD, TROUBLE, textOf } from './answer.ts'
import { CommandingConnection } from './commanding.ts'
import type { Doing } from './connections.ts'
import { Deadlines, farewellOf, type Overdue, type TimeLimits } from './deadlines.ts'
import { factsOf } from './facts.ts'
import { Greeting } from './greeting.ts'
import type { LibraryConnection, LibraryServer, LibraryStream } from './library.ts'
import { LineEnds } from './line-ends.ts'
import { Parser } from './parser.ts'
import type { Arrival, Dialogue, Reception } from './protocol.ts'
import { answerAfterItsEnd } from './speaking.ts'
import type { TurnedAway } from './turned-away.ts'

/** Our server, as far as a connection knows it. */
interface Serving extends LibraryServer {
  readonly encryption: ListenerEncryption
  /** What it listens on; each connection would need a system call to find its own. */
  readonly own: { readonly localAddress: string; readonly localPort: number } | undefined
  /** For connections that begin now. */
  readonly limits: TimeLimits
  readonly turnedAway: Pick<TurnedAway, 'add'>
}

/** An answer that our side takes its time for. */
export type Question = (dialogue: Dialogue) => Promise<Reply>

export class Connection extends CommandingConnection {
  protected readonly encryption: ListenerEncryption
  readonly dialogue: Dialogue
  readonly #isRefused: boolean
  readonly #deadlines: Deadlines
  readonly #lineEnds = new LineEnds()
  readonly #greeting = new Greeting()
  readonly #turnedAway: Serving['turnedAway']
  /** What ends the connection as soon as nothing is left to be answered. */
  #farewell: Reply | undefined
  #takesContent = false

  constructor(server: Serving, reception: Reception, socket: Socket, arrival: Arrival) {
    super(server, socket, { id: arrival.id, ...server.own })
    this.encryption = server.encryption
    this.#isRefused = arrival.refusal !== undefined
    this.#turnedAway = server.turnedAway
    this.#deadlines = new Deadlines(server.limits, what => this.#overdue(what))
    const port = server.own?.localPort
    this.dialogue = reception.begin(() => factsOf(this, this.encryption, port), arrival.refusal)
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
    const input = this.parser?.input
    const farewell = farewellOf(what)
    if (what === 'session' || what === 'command') this.dialogue.turnedDown(farewell)
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
    if (this.#takesContent) return this.isAnswering ? 'answering' : 'receiving'
    return this._handlerPending || this.dialogue.inTransaction ? 'busy' : 'idle'
  }

  /** Says goodbye in the middle of whatever it is. */
  cut(answered = CLOSING): void {
    this.send(answered.code, textOf(answered))
    this._socket.destroy()
  }

  override init(): void {
    answerAfterItsEnd(this._socket)
    this._setListeners(() => {
      const delay = this.#isRefused ? undefined : this.dialogue.greetingDelay()
      this.#greeting.begin(delay, () => this.connectionReady())
    })
  }

  /** What it is welcomed or refused with. */
  greet(): Reply {
    const answered = this.dialogue.greet()
    if (answered.code !== 220) this.#turnedAway.add(this._socket)
    return answered
  }

  /** A chunk as it came over the line, or out of TLS. */
  #received(chunk: Buffer): Buffer | undefined {
    if (!this._ready) {
      this.#refuseHaste()
      return undefined
    }
    return this.#lineEnds.take(chunk, this.dialogue)
  }

  #refuseHaste(): void {
    if (this._closing) return
    this.say(this.dialogue.refuseHaste())
    this.close()
    this.#turnedAway.add(this._socket)
  }

  override _createParser(): LibraryStream {
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

  /** Whoever ends his side in the handshake is gone. */
  override upgrade(...given: Parameters<LibraryConnection['upgrade']>): void {
    this._socket.allowHalfOpen = false
    this.#deadlines.lineBegun()
    super.upgrade(...given)
  }

  override _resetSession(): void {
    super._resetSession()
    this.dialogue.reset()
  }

  override handler_DATA(line: Buffer, done: () => void): void {
    const bare = line.toString().trim().length === 4
    const refused = bare ? this.dialogue.refuseData() : reply(501, '5.5.4', 'DATA takes no parameter')
    if (refused) this.answer(refused, done)
    else {
      void this.#takeContent()
      this.say(GO_AHEAD)
      done()
    }
  }

  /** From the 354 to the answer behind the final dot. Meanwhile the client may be idle only while the content comes. */
  async #takeContent(): Promise<void> {
    const input = this.parser?.input
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
    this.say(answered)
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
  override handler_QUIT(_line: Buffer, done: () => void): void {
    this.say(BYE)
    this.close()
    done()
    if (this.parser?.alone && !this.secure && this._socket.writableLength === 0) this._socket.destroy()
  }

  /** Content that was coming in won't be complete. */
  override _onClose(): void {
    this.#greeting.close()
    this.#deadlines.close()
    this.parser?.input.abort()
    this.dialogue.reset()
    super._onClose()
  }
}
