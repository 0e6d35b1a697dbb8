/** The speaking side of a connection: replies in our words, on the wire at once, and counted where they refuse. */
import type { Socket } from 'node:net'
import type { Reply } from '../mail/reply.ts'
import { CLOSING, textOf, wireLines } from './answer.ts'
import { LibraryConnection } from './library.ts'
import type { Dialogue } from './protocol.ts'
import { reworded } from './rewording.ts'

const PRINTABLE = /^[ -~]*$/

export abstract class SpeakingConnection extends LibraryConnection {
  abstract readonly dialogue: Dialogue

  /** What is fit for the wire needs none of the library's care. */
  protected say(answered: Reply): void {
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

  /** What no mail program says ends the session. */
  #turnDown(answered: Reply): void {
    this.dialogue.turnedDown(answered)
    this.dialogue.misbehaved('protocolError')
  }

  protected answer(answered: Reply, done: () => void): void {
    this.say(answered)
    done()
  }

  /** Replies of ours carry their own enhanced status code; many of the library's become ours. */
  override send(code: number, data?: string | string[] | null, context?: string | false): void {
    this.#note(code)
    const ours = typeof data === 'string' ? reworded(code, data) : undefined
    if (ours) {
      if (ours.status === '4.7.0') this.#turnDown(ours)
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
}

/** A client may end its side and wait for what is left to be said; Node would end ours with it. */
export function answerAfterItsEnd(socket: Socket): void {
  socket.allowHalfOpen = true
}
