/** A next hop whose every reply a test can choose, byte for byte, and that remembers every byte it was told. */
import { once } from 'node:events'
import { createServer, type Server, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { createSecureContext, type SecureVersion, TLSSocket } from 'node:tls'
import { atEnd, type Ending } from './ending.ts'

/** Ends the connection at once. */
export const DROP = Symbol('drop')
/** The same, by a TCP reset, below TLS where there is some. */
export const RESET = Symbol('reset')
/** A TLS record that nobody can decrypt; without TLS it is only nonsense. */
export const GARBAGE = Symbol('garbage')
/** Says nothing, ever. */
export const SILENCE = Symbol('silence')

/** Takes responsibility for the content and is gone without a word, so that the client can't tell. */
export const TAKEN = Symbol('taken')
/** The same, by a TCP reset, or a TLS record that nobody can decrypt. */
export const TAKEN_RESET = Symbol('taken, reset')
export const TAKEN_GARBAGE = Symbol('taken, garbage')
/** Takes responsibility for the content and says nothing, ever. */
export const KEPT = Symbol('kept')

/** A reply said a few bytes at a time. */
export interface Drip {
  readonly drip: string
  /** Milliseconds between them. */
  readonly every: number
}

/** Whole replies with their line ends left out: the hop puts CR LF behind. */
export type HopAnswer = string | Drip | typeof SILENCE | typeof KEPT | Break

/** How a connection ends, and whether the content was taken before. */
export type Break =
  | typeof DROP
  | typeof RESET
  | typeof GARBAGE
  | typeof TAKEN
  | typeof TAKEN_RESET
  | typeof TAKEN_GARBAGE

export interface HopMoment {
  /** Counted from 1. */
  readonly connection: number
  readonly secure: boolean
  /** The content so far; whole at `.`. */
  readonly content: string
}

export interface HopScript {
  /** Asked at the greeting (`command` is empty), for each command and at the final dot (`.`). */
  readonly answer?: (
    command: string,
    moment: HopMoment,
  ) => HopAnswer | undefined | Promise<HopAnswer | undefined>
  /** Asked at each line of a content; `length` is what came of it so far. */
  readonly midContent?: (length: number) => Break | undefined
  readonly extensions?: readonly string[]
  /** PEM; offers STARTTLS, or is there from the start with `implicit`. */
  readonly tls?: {
    readonly key: string
    readonly cert: string
    readonly implicit?: boolean
    /** In OpenSSL's form; and the versions it knows. */
    readonly ciphers?: string
    readonly minVersion?: SecureVersion
    readonly maxVersion?: SecureVersion
  }
  /** `PLAIN LOGIN` where absent but `password` is there. */
  readonly auth?: string
  /** What user `office` logs on with. */
  readonly password?: string
  /** Whether a token (XOAUTH2, OAUTHBEARER) is good for a user; asked at the log-on and at each MAIL. */
  readonly token?: (user: string, token: string) => Promise<boolean>
}

export interface Taken {
  readonly connection: number
  readonly secure: boolean
  readonly loggedOn: boolean
  /** Without `MAIL FROM:`, parameters included. */
  readonly from: string
  readonly to: readonly string[]
  /** Dots undone. */
  readonly content: string
  /** Milliseconds since 1970. */
  readonly at: number
  /** False where the client may not have understood that it was taken. */
  readonly isTold: boolean
}

const UNTOLD = '250 nothing'
/** RFC 5321 section 4.5.3.1.5: nobody has to understand a longer reply line. */
const LONGEST_TOLD = 510
/** RFC 5321 section 4.2.1: all lines of a reply have the same code. */
const CONTRADICTING = /^(\d{3})-.*\r\n(?!\1)/

/** Application data of TLS 1.2 or 1.3, as it looks from outside (RFC 8446 section 5.2). */
const UNREADABLE = Buffer.concat([Buffer.from([23, 3, 3, 0, 64]), Buffer.alloc(64, 0xa5)])

const EXTENSIONS = ['PIPELINING', 'SIZE 50000000', '8BITMIME', 'SMTPUTF8', 'DSN', 'ENHANCEDSTATUSCODES']

export class NextHop {
  readonly taken: Taken[] = []
  /** `1 MAIL FROM:<a@b>`: the connection, then the line; latin1. */
  readonly heard: string[] = []
  connections = 0
  /** The most connections there were at a time. */
  most = 0
  script: HopScript
  readonly sockets = new Set<Socket>()
  #server: Server | undefined
  #port = 0
  readonly #waiters = new Set<() => void>()

  constructor(script: HopScript) {
    this.script = script
  }

  get port(): number {
    return this.#port
  }

  /** Again on the same port; does nothing while it listens. */
  async start(): Promise<void> {
    if (this.#server) return
    this.#server = createServer({ noDelay: true }, socket => this.#accept(socket))
    this.#server.listen(this.#port, '127.0.0.1')
    await once(this.#server, 'listening')
    const address = this.#server.address()
    if (typeof address === 'object' && address) this.#port = address.port
  }

  async stop(): Promise<void> {
    if (!this.#server) return
    const closed = once(this.#server, 'close')
    this.#server.close()
    this.#server = undefined
    this.dropAll()
    await closed
  }

  dropAll(): void {
    for (const socket of this.sockets) socket.destroy()
  }

  /** Resolves as soon as `holds` does; looked at whenever something happens here. */
  until(holds: () => boolean): Promise<void> {
    return new Promise(resolve => {
      const look = () => {
        if (!holds()) return
        this.#waiters.delete(look)
        resolve()
      }
      this.#waiters.add(look)
      look()
    })
  }

  happened(): void {
    for (const look of [...this.#waiters]) look()
  }

  #accept(socket: Socket): void {
    this.connections += 1
    this.sockets.add(socket)
    this.most = Math.max(this.most, this.sockets.size)
    socket.on('error', () => socket.destroy())
    socket.on('close', () => {
      this.sockets.delete(socket)
      this.happened()
    })
    new HopSession(this, socket, this.connections)
    this.happened()
  }
}

class HopSession {
  readonly #hop: NextHop
  readonly #connection: number
  /** Below TLS, where there is some. */
  readonly #raw: Socket
  #socket: Socket
  #input = ''
  #working = false
  /** It broke the connection: what came before that and wasn't read yet is heard no more. */
  #broken = false
  #inContent = false
  #content = ''
  #from = ''
  #to: string[] = []
  #loggedOn = false
  #asked: 'plain' | 'user' | 'secret' | 'bearer' | 'refused' | undefined
  #bearer: readonly [user: string, token: string] | undefined

  constructor(hop: NextHop, socket: Socket, connection: number) {
    this.#hop = hop
    this.#socket = socket
    this.#raw = socket
    this.#connection = connection
    if (hop.script.tls?.implicit) this.#secure()
    else this.#listen()
    void this.#reply('', '220 hop.example ESMTP')
  }

  #listen(): void {
    this.#socket.on('data', chunk => {
      this.#input += chunk.toString('latin1')
      void this.#work()
    })
    this.#socket.on('error', () => this.#socket.destroy())
  }

  #secure(): void {
    this.#socket.removeAllListeners('data')
    const secureContext = createSecureContext({ ...this.#hop.script.tls, dhparam: 'auto' })
    this.#socket = new TLSSocket(this.#socket, { isServer: true, secureContext })
    this.#listen()
  }

  async #work(): Promise<void> {
    if (this.#working) return
    this.#working = true
    for (let line = this.#line(); line !== undefined; line = this.#line()) await this.#take(line)
    this.#working = false
  }

  #line(): string | undefined {
    const end = this.#input.indexOf('\r\n')
    if (end < 0 || this.#broken || this.#socket.destroyed) return undefined
    const line = this.#input.slice(0, end)
    this.#input = this.#input.slice(end + 2)
    return line
  }

  async #take(line: string): Promise<void> {
    if (!this.#inContent) return this.#command(line)
    if (line !== '.') {
      this.#content += `${line.replace(/^\./, '')}\r\n`
      const broken = this.#hop.script.midContent?.(this.#content.length)
      if (broken) this.#break(broken)
      this.#hop.happened()
      return
    }
    this.#inContent = false
    const [connection, secure] = [this.#connection, this.#isSecure]
    const said = await this.#reply('.', '250 2.0.0 taken')
    const facts = { connection, secure, loggedOn: this.#loggedOn, from: this.#from, to: this.#to }
    if (said && /^2\d\d/.test(said)) {
      const isTold = said !== UNTOLD && said.length <= LONGEST_TOLD && !CONTRADICTING.test(said)
      this.#hop.taken.push({ ...facts, content: this.#content, at: Date.now(), isTold })
    }
    this.#clear()
    this.#hop.happened()
  }

  async #command(line: string): Promise<void> {
    this.#hop.heard.push(`${this.#connection} ${line}`)
    this.#hop.happened()
    if (/^(EHLO|LHLO|HELO|RSET)/.test(line)) this.#clear()
    const said = await this.#reply(line, await this.#usual(line))
    if (!said) return
    if (said.startsWith('2') && line.startsWith('MAIL')) this.#from = line.slice('MAIL FROM:'.length)
    if (said.startsWith('2') && line.startsWith('RCPT')) this.#to.push(line.slice('RCPT TO:'.length))
    if (said.startsWith('220') && line === 'STARTTLS') this.#secure()
    if (line === 'QUIT') this.#socket.end()
  }

  async #usual(line: string): Promise<string> {
    if (this.#asked) return this.#logOn(line)
    const { tls } = this.#hop.script
    const verb = line.split(' ')[0]
    switch (verb) {
      case 'EHLO':
      case 'LHLO':
        return this.#greeting()
      case 'STARTTLS':
        return tls ? '220 2.0.0 go on' : '502 5.5.1 not here'
      case 'AUTH':
        return this.#auth(line)
      case 'MAIL':
        return this.#mail()
      case 'RCPT':
        return this.#from === '' ? '503 5.5.1 MAIL first' : '250 2.1.5 ok'
      case 'DATA':
        return this.#to.length > 0 ? '354 go on' : '554 5.5.1 no recipients'
      case 'QUIT':
        return '221 2.0.0 bye'
      default:
        return '250 2.0.0 ok'
    }
  }

  #greeting(): string {
    const { extensions = EXTENSIONS, tls, password, token } = this.#hop.script
    const { auth = (password && 'PLAIN LOGIN') || (token && 'LOGIN XOAUTH2') } = this.#hop.script
    const offers = [
      'hop.example',
      ...extensions,
      ...(tls && !this.#isSecure ? ['STARTTLS'] : []),
      ...(auth ? [`AUTH ${auth}`] : []),
    ]
    return offers.map((word, i) => `250${i + 1 === offers.length ? ' ' : '-'}${word}`).join('\r\n')
  }

  async #mail(): Promise<string> {
    const { token } = this.#hop.script
    if (!token || (this.#bearer && (await token(...this.#bearer)))) return '250 2.1.0 ok'
    return '530 5.7.57 Client not authenticated to send mail.'
  }

  async #auth(line: string): Promise<string> {
    const [, method, initial] = line.split(' ')
    if (method === 'XOAUTH2' || method === 'OAUTHBEARER') this.#asked = 'bearer'
    else this.#asked = method === 'LOGIN' ? 'user' : 'plain'
    if (initial !== undefined) return this.#logOn(initial)
    return method === 'LOGIN' ? '334 VXNlcm5hbWU6' : '334 '
  }

  /** RFC 7628 section 3.2: why it failed comes as a challenge, and the refusal after whatever answers it. */
  async #logOnWithToken(text: string): Promise<string> {
    const user = /(?:^user=|a=)([^\x01,]*)/.exec(text)?.[1] ?? ''
    const token = /\x01auth=Bearer ([^\x01]*)\x01/.exec(text)?.[1] ?? ''
    this.#loggedOn = (await this.#hop.script.token?.(user, token)) ?? false
    this.#asked = this.#loggedOn ? undefined : 'refused'
    this.#bearer = this.#loggedOn ? [user, token] : undefined
    if (this.#loggedOn) return '235 2.7.0 welcome'
    const why = { status: '401', schemes: 'Bearer', scope: 'https://mail.example/' }
    return `334 ${Buffer.from(JSON.stringify(why)).toString('base64')}`
  }

  async #logOn(line: string): Promise<string> {
    const text = Buffer.from(line, 'base64').toString()
    if (this.#asked === 'bearer') return this.#logOnWithToken(text)
    if (this.#asked === 'refused') {
      this.#asked = undefined
      return '535 5.7.3 Authentication unsuccessful'
    }
    if (this.#asked === 'user') {
      this.#asked = 'secret'
      return '334 UGFzc3dvcmQ6'
    }
    const password = this.#asked === 'plain' ? text.split('\0')[2] : text
    this.#asked = undefined
    this.#loggedOn = password === this.#hop.script.password
    return this.#loggedOn ? '235 2.7.0 welcome' : '535 5.7.8 wrong password'
  }

  /** What was said, if anything. */
  async #reply(command: string, usual: string): Promise<string | undefined> {
    const moment = { connection: this.#connection, secure: this.#isSecure, content: this.#content }
    const said = (await this.#hop.script.answer?.(command, moment)) ?? usual
    if (said === SILENCE) return undefined
    if (said === KEPT) return UNTOLD
    if (typeof said === 'symbol') return this.#break(said)
    if (typeof said === 'object') return this.#drip(said)
    if (command === 'DATA' && said.startsWith('3')) this.#inContent = true
    this.#socket.write(`${said}\r\n`, 'latin1')
    return said
  }

  /** What it counts as having said. */
  #break(how: Break): string | undefined {
    this.#broken = true
    if (how === RESET || how === TAKEN_RESET) this.#raw.resetAndDestroy()
    else if (how === GARBAGE || how === TAKEN_GARBAGE) this.#raw.end(UNREADABLE)
    else this.#socket.destroy()
    return how === TAKEN || how === TAKEN_RESET || how === TAKEN_GARBAGE ? UNTOLD : undefined
  }

  /** Never for DATA, whose content might come before the last of it. */
  async #drip({ drip, every }: Drip): Promise<string | undefined> {
    const bytes = `${drip}\r\n`
    for (let at = 0; at < bytes.length; at += 3) {
      await sleep(every)
      // Who is told the last of it may be gone at once.
      if (this.#socket.destroyed) return undefined
      this.#socket.write(bytes.slice(at, at + 3), 'latin1')
    }
    return drip
  }

  get #isSecure(): boolean {
    return this.#socket instanceof TLSSocket
  }

  #clear(): void {
    this.#from = ''
    this.#to = []
    this.#content = ''
  }
}

/** Stopped at the end of the test. */
export async function startNextHop(test: Ending, script: HopScript = {}): Promise<NextHop> {
  const hop = new NextHop(script)
  await hop.start()
  atEnd(test, () => hop.stop())
  return hop
}
