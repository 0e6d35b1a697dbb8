/** A client of SMTP or LMTP, as nodemailer runs it and we correct it; the only file that knows nodemailer. */
/*
 * The library speaks the dialogue. It is corrected where it looks at every byte of content that we know already, and
 * asked about what it keeps to itself. test/unit/delivery/library.test.ts notices when that changes there.
 */
import type { Socket } from 'node:net'
import { type DetailedPeerCertificate, TLSSocket } from 'node:tls'
import SMTPConnection, {
  type SMTPConnectionCustomAuthContext,
  type SMTPConnectionOptions,
} from 'nodemailer/lib/smtp-connection'
import { isRefusal, sensible } from './answers.ts'
import {
  afterChallenge,
  type Bearer,
  type BearerMethod,
  bearerMethod,
  challengeWords,
  initialResponse,
} from './bearer.ts'
import { dialogueLogger } from './dialogue.ts'
import { dotStuffed } from './dot-stuffing.ts'
import { withoutEcho } from './echo.ts'
import type { HopLogin, NextHop } from './next-hop.ts'
import { THE_MESSAGE, type Waiting } from './silence.ts'
import { isOpportunistic, tlsOptions } from './tls.ts'

/** Bytes of one reply, however many lines it has. */
const LONGEST_REPLY = 64 * 1024

/** A message and the answer to it may take so many times as long as the answer to a command. */
const LONGEST_MESSAGE = 6

/** What the library calls the stream it writes content to; it reads nothing of it but the count. */
interface ContentWriter {
  outByteCount: number
  write(content: Buffer): void
  end(): void
}

type Sent = (error: Error | null, response?: string) => void
type OnReply = (reply: string) => void

export class Client extends SMTPConnection {
  readonly #lmtp: boolean
  readonly #trace: NextHop['trace']
  readonly #secret: string
  #whole = false
  /** What LMTP's final answers said to those it took the message for (RFC 2033 section 4.2). */
  #taken = new Map<string, string>()
  #waiting: Waiting | undefined
  /** Of the library's patience, which begins anew with each byte that comes. */
  readonly #patience: number
  #limit: NodeJS.Timeout | undefined

  constructor(hop: NextHop, socket: Socket) {
    super(connectionOptions(hop, socket))
    this.#lmtp = hop.lmtp
    this.#patience = hop.patience.answer
    this.#trace = hop.trace
    this.#secret = hop.login ? secretOf(hop.login) : ''
  }

  /** Whether EHLO offered it. */
  offers(extension: string): boolean {
    return listIn(this, '_supportedExtensions').includes(extension)
  }

  /** With a token; `done` gets the library's error, with the reply, and what the server said about the token. */
  logOnWith(bearer: Bearer, done: (error: Error | null) => void): void {
    const method = bearerMethod(this.#methods())
    if (!method) {
      done(new Error(NO_BEARER))
      return
    }
    const logOn = (asked: SMTPConnectionCustomAuthContext) => converse(method, bearer, asked, this.#trace)
    this.customAuth.set(OURS, logOn)
    this.login({ method: OURS, user: bearer.user, pass: bearer.token }, done)
  }

  /** The library reads of them only those that it knows itself. */
  #methods(): readonly string[] {
    const lines = listIn(this, '_ehloLines').map(String)
    const list = lines.find(line => /^AUTH[ =]/i.test(line)) ?? ''
    return list.slice('AUTH '.length).toUpperCase().split(/[ =]+/)
  }

  /** The certificate that the next hop showed, with those that signed it; undefined without TLS. */
  get peer(): DetailedPeerCertificate | undefined {
    return this._socket instanceof TLSSocket ? this._socket.getPeerCertificate(true) : undefined
  }

  /** Why whoever asks for TLS with a certificate that holds would not go on; undefined where both are there. */
  get unproved(): string | undefined {
    const socket = this._socket
    if (!(socket instanceof TLSSocket)) return 'it has no TLS'
    return socket.authorized
      ? undefined
      : `its certificate doesn't hold (${String(socket.authorizationError)})`
  }

  /** It ended while TLS was being set up: from STARTTLS on, whose EHLO the library keeps, to the handshake's end. */
  get brokeInTls(): boolean {
    const asked = typeof inside(this, '_plaintextEhlo') === 'string'
    return !this.secure && (asked || inside(this, 'upgrading') === true)
  }

  override send(...[envelope, content, done]: Parameters<SMTPConnection['send']>): void {
    this.#whole = Buffer.isBuffer(content) && !this.#lmtp
    this.#taken = new Map()
    super.send(envelope, content, done)
  }

  override close(): void {
    clearTimeout(this.#limit)
    super.close()
  }

  /** For the answer to a command, or to the message; since it was asked, or something else was answered. */
  get waiting(): Waiting | undefined {
    return this.#waiting
  }

  _sendCommand(...given: [text: string, logged?: string]): void {
    const to = COMMANDS.exec(given[0])?.[0] ?? this.#waiting?.to ?? 'a command'
    this.#waitFor({ to, since: performance.now() })
    inside(SMTPConnection.prototype, '_sendCommand').apply(this, given)
  }

  /** A reply that comes a byte at a time must come to its end; a message may take its time to go out first. */
  #waitFor(waiting: Waiting | undefined): void {
    this.#waiting = waiting
    clearTimeout(this.#limit)
    if (!waiting) return
    const most = waiting.to === THE_MESSAGE ? LONGEST_MESSAGE * this.#patience : this.#patience
    this.#limit = setTimeout(() => inside(this, '_onTimeout').call(this), most).unref()
  }

  /** Whether it is waited for another answer, after one was read. */
  #answered(next: unknown, before: Waiting | undefined): void {
    const [later] = listIn(this, '_responseActions')
    if (later === undefined && !inside(this, '_currentDataStream')) this.#waitFor(undefined)
    else if (later !== next && this.#waiting === before && before)
      this.#waitFor({ ...before, since: performance.now() })
  }

  /** The answer that took the message for this recipient over LMTP; also after the connection broke off. */
  takenBy(recipient: string): string | undefined {
    return this.#taken.get(recipient)
  }

  /** Each whole reply, before anything is read or told of it. */
  _processResponse(): unknown {
    const [first, ...rest] = listIn(this, '_responseQueue')
    if (typeof first === 'string')
      Reflect.set(this, '_responseQueue', [sensible(withoutEcho(first, this.#secret)), ...rest])
    const [next] = listIn(this, '_responseActions')
    const before = this.#waiting
    const result: unknown = inside(SMTPConnection.prototype, '_processResponse').call(this)
    this.#answered(next, before)
    return result
  }

  /** The library takes 2xx here for a go-ahead: content would then be read as commands (RFC 5321 section 4.3.2). */
  _actionDATA(text: string, done: Sent): void {
    const early = listIn(this, '_responseQueue').length > 0
    if (/^2/.test(text) || (/^3/.test(text) && early))
      this.#protocolError(early ? 'answered too early' : text)
    else if (/^3/.test(text) && this.#mayHaveTakenSomebody) {
      done(inside(this, '_envelopeError').call(this, text))
      this.close()
    } else {
      this.#waitFor({ to: THE_MESSAGE, since: performance.now() })
      inside(SMTPConnection.prototype, '_actionDATA').call(this, text, done)
    }
  }

  /**
   * Nobody was taken, as far as we can tell, but not every answer was a refusal. Where DATA went along with RCPT the
   * library ends an empty message here (RFC 2920 section 3.1), and it would reach whoever was taken after all.
   */
  get #mayHaveTakenSomebody(): boolean {
    const envelope: object = inside(this, '_envelope')
    const refused = listIn(envelope, 'rejectedErrors')
    return listIn(envelope, 'accepted').length === 0 && refused.some(one => !isRefusal(one))
  }

  /** An answer that comes while the content is still being written takes nothing. */
  _actionSMTPStream(text: string, done: Sent): void {
    if (/^2/.test(text) && inside(this, '_currentDataStream')) this.#protocolError(text)
    else inside(SMTPConnection.prototype, '_actionSMTPStream').call(this, text, done)
  }

  /** The library forgets the answers that took the message, but for the last one. */
  _actionLMTPStream(recipient: string, final: boolean, text: string, done: Sent): void {
    if (/^2/.test(text)) this.#taken.set(recipient, text)
    inside(SMTPConnection.prototype, '_actionLMTPStream').call(this, recipient, final, text, done)
  }

  /** Content that is whole goes out with one write; the library would take it byte by byte through two streams. */
  _createSendStream(done: Sent): ContentWriter {
    const library: (done: Sent) => ContentWriter = inside(SMTPConnection.prototype, '_createSendStream')
    if (!this.#whole) return library.call(this, done)
    const expected: OnReply[] = inside(this, '_responseActions')
    expected.push(text => this._actionSMTPStream(text, done))
    return { outByteCount: 0, write: content => this.#write(content), end: () => {} }
  }

  #protocolError(text: string): void {
    inside(this, '_onError').call(this, new Error('Unexpected Response'), 'EPROTOCOL', text, 'DATA')
  }

  #write(content: Buffer): void {
    const socket = this._socket
    if (!socket) return
    this.#trace?.(`C: (the message, ${content.length} bytes, and a dot)`)
    socket.cork()
    for (const piece of dotStuffed(content)) socket.write(piece)
    socket.uncork()
  }
}

/** Everything else that is sent is a secret or an answer to a challenge. */
const COMMANDS = /^(?:EHLO|HELO|LHLO|STARTTLS|AUTH|MAIL|RCPT|DATA|RSET|QUIT)\b/

/** No server's: of its own XOAUTH2 the library would make PLAIN, and send the token as a password. */
const OURS = 'BEARER'
const NO_BEARER = 'it offers no log-on with a token (XOAUTH2 or OAUTHBEARER)'

async function converse(
  method: BearerMethod,
  bearer: Bearer,
  { sendCommand }: SMTPConnectionCustomAuthContext,
  trace: NextHop['trace'],
): Promise<void> {
  const answer = await sendCommand(`AUTH ${method} ${initialResponse(method, bearer)}`)
  if (answer.status === 235) return
  if (answer.status !== 334) throw new Error('')
  const why = challengeWords(answer.text ?? '')
  if (why !== undefined) trace?.(`(the server says: ${why})`)
  await sendCommand(afterChallenge(method))
  throw new Error(why ?? '')
}

function secretOf(login: HopLogin): string {
  return 'password' in login ? login.password : login.token
}

/** A list inside an object of the library. */
export function listIn(whole: object, name: string): readonly unknown[] {
  const list: unknown = inside(whole, name)
  return Array.isArray(list) ? list : []
}

function inside(whole: object, name: string) {
  return Reflect.get(whole, name)
}

function connectionOptions(hop: NextHop, socket: Socket): SMTPConnectionOptions {
  const { encryption, patience, trace } = hop
  return {
    connection: socket,
    host: hop.host,
    port: hop.port,
    name: hop.hostname,
    lmtp: hop.lmtp,
    secure: encryption === 'tls',
    requireTLS: encryption === 'starttls-required',
    ignoreTLS: encryption === 'none',
    opportunisticTLS: isOpportunistic(hop),
    connectionTimeout: patience.greeting,
    greetingTimeout: patience.greeting,
    socketTimeout: patience.answer,
    // A hop that never closes its own side would keep the process from ending.
    socketCloseTimeout: 0,
    maxResponseSize: LONGEST_REPLY,
    tls: tlsOptions(hop),
    ...(trace && { transactionLog: true, logger: dialogueLogger(trace) }),
  }
}
