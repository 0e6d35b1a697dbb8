/** The transport: one connection to a next hop, over which messages go out. */
import type { Socket } from 'node:net'
import type { Readable } from 'node:stream'
import type { Notify } from '../mail/envelope.ts'
import { type Reply, reply } from '../mail/reply.ts'
import { type Answers, answersOf, readAnswer, UNWRITABLE } from './answers.ts'
import { Client, listIn } from './client.ts'
import { openSocket } from './connect.ts'
import { daneProblem } from './dane.ts'
import { Failure, failureOf, type LibraryError, tlsFailure, unsent } from './failure.ts'
import { hostPort, type NextHop } from './next-hop.ts'
import type { Waiting } from './silence.ts'
import { tokenFailure } from './token-failure.ts'

/** What goes out: addresses in canonical form, as they were stored. */
export interface Outgoing {
  readonly reversePath: string
  readonly recipients: readonly string[]
  readonly smtpUtf8: boolean
  readonly eightBit: boolean
  readonly ret?: 'FULL' | 'HDRS'
  readonly envid?: string
  /** The same for all the recipients. */
  readonly notify?: readonly Notify[]
  /** Only with a single recipient. */
  readonly orcpt?: string
  /** The reverse-path isn't the sender's own: what the next hop reports doesn't come to the sender. */
  readonly isOther?: boolean
  /** Bytes of `content`. */
  readonly size: number
  readonly content: Buffer | Readable
}

/** Milliseconds that a next hop has to take our leave. */
const LEAVE = 2000

/** The outcome of a request to the library. */
interface Asked<T> {
  readonly error?: LibraryError | undefined
  readonly value?: T | undefined
}

type Done<T> = (error?: LibraryError | null, value?: T) => void

export class Transport {
  readonly hop: NextHop
  readonly #connection: Client
  /** Why the connection ended. */
  #fault: LibraryError = { message: 'it was closed', code: 'ECONNECTION' }
  #messages = 0

  /**
   * Connects, or goes on with the socket that is `connected` already, starts TLS and logs on, as the hop asks; rejects with a `Failure` that is always transient. Once
   * `signal` is aborted, it is broken off and rejects.
   */
  static async open(hop: NextHop, signal: AbortSignal, connected?: Socket): Promise<Transport> {
    const socket =
      connected ??
      (await openSocket(hop.address ?? hop.host, hop.port, hop.patience.connect, signal).catch(error => {
        throw failureOf(error, hop, 'opening')
      }))
    const transport = new Transport(hop, socket)
    const breakOff = () => transport.close()
    signal.addEventListener('abort', breakOff)
    try {
      await transport.#request('opening', done => transport.#connection.connect(done))
      transport.#checkPublished()
      await transport.#logOn()
      return transport
    } catch (error) {
      transport.close()
      throw transport.#connection.brokeInTls && error instanceof Failure && error.kind !== 'tls'
        ? tlsFailure(transport.name, error.reply.text)
        : error
    } finally {
      signal.removeEventListener('abort', breakOff)
    }
  }

  private constructor(hop: NextHop, socket: Socket) {
    this.hop = hop
    this.#connection = new Client(hop, socket)
    this.#connection.on('error', error => {
      this.#fault = error
    })
  }

  /** False once the connection has ended, from whichever side. */
  get usable(): boolean {
    return !this.#connection.destroyed
  }

  /** For which answer, if any. */
  get waiting(): Waiting | undefined {
    return this.usable ? this.#connection.waiting : undefined
  }

  /** Why it would not do where TLS with a certificate that holds must be. */
  get unproved(): string | undefined {
    return this.#connection.unproved
  }

  get name(): string {
    return hostPort(this.hop.host, this.hop.port)
  }

  /**
   * Sends one message. Every recipient gets an answer of its own (nodemailer resolves when some were refused).
   * Rejects with a `Failure` when it failed for all of them alike.
   */
  async send(outgoing: Outgoing): Promise<Answers> {
    const used = this.#messages++ > 0
    try {
      return await this.#transact(outgoing, used)
    } finally {
      // The library leaves it open where it sent nothing of it.
      if (!Buffer.isBuffer(outgoing.content)) outgoing.content.destroy()
    }
  }

  /** Ends what is left of a refused message, so that the next one can go; rejects when the connection is spent. */
  reset(): Promise<void> {
    return this.#request('sending', done => this.#connection.reset(done))
  }

  /** Takes leave; never rejects. */
  quit(): void {
    if (!this.usable) return
    this.#connection.quit()
    setTimeout(() => this.close(), LEAVE).unref()
  }

  /** Breaks the connection off; what is under way over it fails. */
  close(): void {
    this.#connection.close()
  }

  async #transact(outgoing: Outgoing, used: boolean): Promise<Answers> {
    const { reversePath, recipients, content, smtpUtf8 } = outgoing
    if (smtpUtf8 && !this.#connection.offers('SMTPUTF8')) throw new Failure(NO_SMTPUTF8, 'refused')
    const writable = recipients.filter(isWritable)
    if (!isWritable(reversePath) || writable.length === 0) throw new Failure(UNWRITABLE, 'refused')
    const dsn = this.#connection.offers('DSN')
    const envelope = envelopeOf(outgoing, writable, dsn)
    const { error, value } = await this.#ask<{ response: string }>(done =>
      this.#connection.send(envelope, content, done),
    )
    // The library keeps count in the envelope it was given; a test notices when that changes.
    const refused = listIn(envelope, 'rejectedErrors')
    const untouched = used && refused.length === 0 && listIn(envelope, 'accepted').length === 0
    const taken = recipients.some(recipient => this.#connection.takenBy(recipient) !== undefined)
    if (error && used && this.#isLoggedOff(error)) throw unsent(this.name)
    const rest = error ? this.#refusal(error, untouched, taken) : acceptance(value?.response)
    const replies = answersOf(recipients, refused, rest).map(
      (answer, at) => readAnswer(this.#connection.takenBy(recipients[at] ?? '')) ?? answer,
    )
    return {
      replies: replies.map((answer, at) => (isWritable(recipients[at] ?? '') ? answer : UNWRITABLE)),
      dsn: dsn && !outgoing.isOther,
    }
  }

  /** What those get who were not refused by name; throws where all fare alike. */
  #refusal(error: LibraryError, untouched: boolean, taken: boolean): Reply {
    const failure = failureOf(error, this.hop, 'sending')
    const left = failure.kind === 'broken' || failure.reply.code === 421
    if (untouched && left) throw unsent(this.name)
    if (failure.kind === 'refused' && (error.command === 'DATA' || error.command === 'RCPT TO'))
      return failure.reply
    // Some have it already: only the others fare as the connection did.
    if (taken) return failure.reply
    throw failure
  }

  /** A token's time can be over while the connection stands (RFC 4954 section 6): another connection gets another. */
  #isLoggedOff({ command, response }: LibraryError): boolean {
    const { login } = this.hop
    const mayExpire = login !== undefined && 'token' in login
    return mayExpire && command === 'MAIL FROM' && /^53[05]/.test(response ?? '')
  }

  /** DANE: before anything but EHLO is said. */
  #checkPublished(): void {
    const { dane } = this.hop
    const { peer } = this.#connection
    const problem = dane && (peer ? daneProblem(dane, peer) : 'it has no TLS')
    if (problem !== undefined) throw tlsFailure(this.name, `${problem} (DANE)`)
  }

  async #logOn(): Promise<void> {
    const { login } = this.hop
    if (!login) return
    if (!this.#connection.secure && !login.plaintext)
      throw new Failure(
        reply(454, '4.7.0', `${this.name} offers no TLS, and a password is not sent without it`),
        'log-on',
      )
    if ('token' in login) return this.#logOnWithToken(login)
    const credentials = { user: login.user, pass: login.password }
    await this.#request('opening', done => this.#connection.login({ ...credentials, credentials }, done))
  }

  async #logOnWithToken({ user, token }: { readonly user: string; readonly token: string }): Promise<void> {
    const bearer = { user, token, host: this.hop.host, port: this.hop.port }
    const { error } = await this.#ask(done => this.#connection.logOnWith(bearer, done))
    if (error) throw tokenFailure(error, this.hop, user)
  }

  async #request(phase: 'opening' | 'sending', start: (done: Done<unknown>) => void): Promise<void> {
    const { error } = await this.#ask(start)
    if (error) throw failureOf(error, this.hop, phase)
  }

  /** When the connection ends meanwhile, the library forgets whom it had to tell: so that is listened for as well. */
  #ask<T>(start: (done: Done<T>) => void): Promise<Asked<T>> {
    return new Promise(resolve => {
      // Later than what the library itself has to say to it.
      const ended = () => setImmediate(() => done(this.#fault))
      const done: Done<T> = (error, value) => {
        this.#connection.removeListener('end', ended)
        resolve(error ? { error } : { value })
      }
      this.#connection.once('end', ended)
      start(done)
    })
  }
}

const NO_SMTPUTF8 = reply(
  553,
  '5.6.7',
  'the next hop takes no addresses with characters beyond ASCII (SMTPUTF8)',
)

/** The library refuses these two characters, also where they are quoted. */
function isWritable(address: string): boolean {
  return !/[<>]/.test(address)
}

function envelopeOf(outgoing: Outgoing, to: string[], dsn: boolean) {
  const { reversePath, size, eightBit } = outgoing
  return { from: reversePath, to, size, use8BitMime: eightBit, ...(dsn && { dsn: dsnOf(outgoing) }) }
}

function dsnOf({ ret, envid, notify, orcpt }: Outgoing) {
  return {
    ...(ret && { ret }),
    ...(envid !== undefined && { envid }),
    ...(notify && { notify: [...notify] }),
    ...(orcpt !== undefined && { orcpt }),
  }
}

/** The answer to the content; LMTP's is the last recipient's, who may have been refused. */
function acceptance(response: string | undefined): Reply {
  const answer = readAnswer(response)
  return answer && answer.code < 300 ? answer : reply(250, '2.0.0', 'accepted')
}
