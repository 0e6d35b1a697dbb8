/** The transport: one connection to a next hop, over which messages go out. The only file that knows nodemailer. */
import { isIP } from 'node:net'
import type { Readable } from 'node:stream'
import { rootCertificates } from 'node:tls'
import SMTPConnection, { type SMTPConnectionOptions } from 'nodemailer/lib/smtp-connection'
import type { Notify } from '../mail/envelope.ts'
import { parseReply, type Reply, reply } from '../mail/reply.ts'
import { Failure, failureOf } from './failure.ts'
import { hostPort, type NextHop } from './next-hop.ts'

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
  /** Bytes of `content`. */
  readonly size: number
  readonly content: Buffer | Readable
}

/** The next hop's answer for each of the recipients, in their order, and whether it promised DSNs itself. */
export interface Answers {
  readonly replies: readonly Reply[]
  readonly dsn: boolean
}

const CONNECT = 30_000
/** RFC 5321 section 4.5.3.2: five minutes for the greeting and most commands. */
const ANSWER = 300_000

export class Transport {
  readonly hop: NextHop
  readonly #connection: SMTPConnection

  /** Connects, starts TLS and logs on, as the hop asks; rejects with a `Failure` that is always transient. */
  static async open(hop: NextHop): Promise<Transport> {
    const connection = new SMTPConnection(connectionOptions(hop))
    const transport = new Transport(hop, connection)
    try {
      await transport.#connect()
      await transport.#logOn()
      return transport
    } catch (error) {
      connection.close()
      throw error
    }
  }

  private constructor(hop: NextHop, connection: SMTPConnection) {
    this.hop = hop
    this.#connection = connection
  }

  /** False once the connection has ended, from whichever side. */
  get usable(): boolean {
    return !this.#connection.destroyed
  }

  /**
   * Sends one message. Every recipient gets an answer of its own (nodemailer resolves when some were refused).
   * Rejects with a `Failure` when it failed for all of them alike.
   */
  send(outgoing: Outgoing): Promise<Answers> {
    if (outgoing.smtpUtf8 && !this.#offers('SMTPUTF8'))
      return Promise.reject(new Failure(NO_SMTPUTF8, 'refused'))
    const dsn = this.#offers('DSN')
    const envelope = {
      from: outgoing.reversePath,
      to: [...outgoing.recipients],
      size: outgoing.size,
      use8BitMime: outgoing.eightBit,
      ...(dsn && { dsn: dsnOf(outgoing) }),
    }
    return new Promise((resolve, reject) => {
      this.#connection.send(envelope, outgoing.content, (error, info) => {
        if (error) {
          const answered = answersOf(outgoing.recipients, error.rejectedErrors, undefined)
          if (answered) resolve({ replies: answered, dsn })
          else reject(failureOf(error, this.hop, 'sending'))
          return
        }
        const final = parseReply(info?.response ?? '') ?? reply(250, '2.0.0', 'accepted')
        const replies = answersOf(outgoing.recipients, info?.rejectedErrors, final)
        if (replies) resolve({ replies, dsn })
        else reject(new Failure(reply(451, '4.5.0', 'the next hop answered for other recipients'), 'broken'))
      })
    })
  }

  /** Ends what is left of a refused message, so that the next one can go; rejects when the connection is spent. */
  reset(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#connection.reset(error => (error ? reject(failureOf(error, this.hop, 'sending')) : resolve()))
    })
  }

  /** Takes leave; never rejects. */
  quit(): void {
    if (this.usable) this.#connection.quit()
  }

  /** Breaks the connection off. */
  close(): void {
    this.#connection.close()
  }

  #connect(): Promise<void> {
    return new Promise((resolve, reject) => {
      // The first of the two tells; later ones belong to messages, which hear of them in their own way.
      this.#connection.on('error', error => reject(failureOf(error, this.hop, 'opening')))
      this.#connection.connect(error => (error ? reject(failureOf(error, this.hop, 'opening')) : resolve()))
    })
  }

  async #logOn(): Promise<void> {
    const { login } = this.hop
    if (!login) return
    if (!this.#connection.secure && !login.plaintext)
      throw new Failure(
        reply(454, '4.7.0', `${this.#name} offers no TLS, and a password is not sent without it`),
        'log-on',
      )
    const credentials = { user: login.user, pass: login.password }
    await new Promise<void>((resolve, reject) => {
      this.#connection.login({ ...credentials, credentials }, error =>
        error ? reject(failureOf(error, this.hop, 'opening')) : resolve(),
      )
    })
  }

  get #name(): string {
    return hostPort(this.hop.host, this.hop.port)
  }

  /** The library keeps what EHLO offered to itself; a test notices when that changes. */
  #offers(extension: string): boolean {
    const offered: unknown = Reflect.get(this.#connection, '_supportedExtensions')
    return Array.isArray(offered) && offered.includes(extension)
  }
}

const NO_SMTPUTF8 = reply(
  553,
  '5.6.7',
  'the next hop takes no addresses with characters beyond ASCII (SMTPUTF8)',
)

function connectionOptions(hop: NextHop): SMTPConnectionOptions {
  const verify = hop.login !== undefined || hop.encryption === 'tls' || hop.encryption === 'starttls-required'
  return {
    host: hop.host,
    port: hop.port,
    name: hop.hostname,
    lmtp: hop.lmtp,
    secure: hop.encryption === 'tls',
    requireTLS: hop.encryption === 'starttls-required',
    ignoreTLS: hop.encryption === 'none',
    opportunisticTLS: hop.encryption === 'starttls-if-offered' && !verify,
    allowInternalNetworkInterfaces: true,
    connectionTimeout: CONNECT,
    greetingTimeout: ANSWER,
    socketTimeout: ANSWER,
    tls: {
      rejectUnauthorized: verify,
      minVersion: 'TLSv1.2',
      ...(hop.trust !== undefined && { ca: [...rootCertificates, hop.trust] }),
      ...(!isIP(hop.host) && { servername: hop.host }),
    },
    ...(hop.trace && { transactionLog: true, logger: traceLogger(hop.trace) }),
  }
}

function dsnOf({ ret, envid, notify, orcpt }: Outgoing) {
  return {
    ...(ret && { ret }),
    ...(envid !== undefined && { envid }),
    ...(notify && { notify: [...notify] }),
    ...(orcpt !== undefined && { orcpt }),
  }
}

interface Refused {
  readonly recipient?: unknown
  readonly response?: unknown
}

/** Undefined when some recipient has no answer. */
function answersOf(
  recipients: readonly string[],
  refused: readonly Refused[] | undefined,
  accepted: Reply | undefined,
): Reply[] | undefined {
  const refusals = new Map(
    refused?.map(({ recipient, response }) => [recipient, parseReply(String(response))]),
  )
  const replies = recipients.map(recipient => (refusals.has(recipient) ? refusals.get(recipient) : accepted))
  const known = replies.filter(answer => answer !== undefined)
  return known.length === recipients.length ? known : undefined
}

function traceLogger(trace: (line: string) => void) {
  const take = (entry: unknown, text?: unknown) => {
    const tnx: unknown = typeof entry === 'object' && entry !== null ? Reflect.get(entry, 'tnx') : undefined
    if (tnx !== 'client' && tnx !== 'server') return
    for (const line of String(text).split('\n')) trace(`${tnx === 'client' ? 'C' : 'S'}: ${line}`)
  }
  const nothing = () => {}
  return { level: nothing, trace: take, debug: take, info: take, warn: take, error: take, fatal: take }
}
