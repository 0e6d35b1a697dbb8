/** The commanded side of a connection: each line looked at first, and answered by our dialogue or left to the library. */
import type { Reply } from '../mail/reply.ts'
import type { ListenerEncryption } from '../settings/settings.ts'
import { HELP, NOT_VERIFIED, textOf } from './answer.ts'
import { BARE_LF, lineProblem } from './line.ts'
import { Parser } from './parser.ts'
import { SpeakingConnection } from './speaking.ts'

type Done = () => void
type Handler = (line: Buffer, done: Done) => void

export abstract class CommandingConnection extends SpeakingConnection {
  protected abstract readonly encryption: ListenerEncryption
  #talkedEarly = false

  /** Ours; the library lets go of it at the end. */
  protected get parser(): Parser | undefined {
    return this._parser instanceof Parser ? this._parser : undefined
  }

  override _onCommand(line: Buffer, next: Done = () => {}): void {
    this.#noteEarly()
    // Else the library neither offers AUTH again nor takes it.
    if (this.session.user && !this.dialogue.staysLoggedOn()) this.session.user = undefined
    const isTalking = this._ready && !this._upgrading
    const problem = isTalking ? (this.dialogue.tooMuch(line) ?? this.#problem(line)) : undefined
    if (!problem) {
      const own = this.#isInDialogue ? this.#ownHandler(line) : undefined
      if (own) this.#handle(own, line, next)
      else super._onCommand(line, next)
      return
    }
    // A bad line ends an AUTH exchange that it was part of (RFC 4954 section 4).
    this._nextHandler = false
    if (problem === BARE_LF) this.dialogue.turnedDown(problem)
    this.send(problem.code, textOf(problem))
    this._whenWritable(next)
  }

  override _isSupported(command: string): boolean {
    if (command.toUpperCase() === 'AUTH' && this.dialogue.authentication() !== 'offered') return false
    return super._isSupported(command)
  }

  override handler_MAIL(line: Buffer, done: Done): void {
    const answered = this.dialogue.mail(line.toString())
    if (answered.code < 300) this.session.envelope.mailFrom = KEPT_BY_THE_SESSION
    this.answer(answered, done)
  }

  override handler_RCPT(line: Buffer, done: Done): void {
    const answered = this.dialogue.recipient(line.toString())
    if (answered.code < 300) this.session.envelope.rcptTo = [KEPT_BY_THE_SESSION]
    this.answer(answered, done)
  }

  override handler_VRFY(_line: Buffer, done: Done): void {
    this.answer(NOT_VERIFIED, done)
  }

  override handler_HELP(_line: Buffer, done: Done): void {
    this.answer(HELP, done)
  }

  #problem(line: Buffer): Reply | undefined {
    return lineProblem(line, {
      bareLf: this.parser?.bareLf ?? false,
      inAuthentication: this._nextHandler !== false,
      inTransaction: this.dialogue.inTransaction,
      loggedOn: Boolean(this.session.user),
      needsTls: this.encryption === 'starttls-required' && !this.secure,
      authentication: () => this.dialogue.authentication(),
    })
  }

  /** RFC 2920 section 3.1: commands come together only when the client was told that they may. */
  #noteEarly(): void {
    const isAlone = this.parser?.alone ?? true
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
}

/** The library counts senders and recipients only. */
const KEPT_BY_THE_SESSION = { address: '', args: false } as const
