/** One connection to the scripted next hop. */
import type { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import { type SinkScript, type Stage, type Transaction, usualExtensions } from './sink-script.ts'

export interface SinkRecord {
  script(): SinkScript
  received(transaction: Transaction): void
  said(line: string): void
}

const drop = 'drop'
const verbs: Readonly<Record<string, Stage>> = {
  EHLO: 'ehlo',
  HELO: 'helo',
  STARTTLS: 'starttls',
  AUTH: 'auth',
  MAIL: 'mail',
  RCPT: 'rcpt',
  DATA: 'data',
  RSET: 'rset',
  QUIT: 'quit',
}

export class SinkSession {
  readonly #number: number
  readonly #record: SinkRecord
  #socket: Socket
  #input = Buffer.alloc(0)
  #busy = true
  #inContent = false
  #user: string | undefined
  #transaction: Transaction
  /** Takes the next line instead of a command: what AUTH asked for. */
  #answer: ((line: string) => Promise<void>) | undefined

  constructor(socket: Socket, number: number, record: SinkRecord) {
    this.#socket = socket
    this.#number = number
    this.#record = record
    this.#transaction = this.#fresh()
  }

  start(): void {
    const { tls } = this.#record.script()
    if (tls?.implicit) this.#secure()
    else this.#listen(this.#socket)
    void this.#ask('connect', '', () => '220 sink.example ESMTP').then(() => this.#pump(true))
  }

  #listen(socket: Socket): void {
    socket.on('data', chunk => {
      this.#input = Buffer.concat([this.#input, chunk])
      void this.#pump()
    })
    // A client may go at any time; the test looks at what was recorded.
    socket.on('error', () => socket.destroy())
  }

  #secure(): void {
    const { tls } = this.#record.script()
    const plain = this.#socket
    plain.removeAllListeners('data')
    this.#input = Buffer.alloc(0)
    this.#socket = new TLSSocket(plain, { isServer: true, key: tls?.key, cert: tls?.cert })
    this.#listen(this.#socket)
  }

  /** Takes one line or content after another, each only when the one before is answered. */
  async #pump(first = false): Promise<void> {
    if (this.#busy && !first) return
    this.#busy = true
    for (let turn = this.#next(); turn && !this.#socket.destroyed; turn = this.#next()) await turn()
    this.#busy = false
  }

  #next(): (() => Promise<void>) | undefined {
    if (this.#inContent) return this.#nextContent()
    const end = this.#input.indexOf('\r\n')
    if (end < 0) return undefined
    const line = this.#input.subarray(0, end).toString()
    this.#input = this.#input.subarray(end + 2)
    this.#record.said(`${this.#number} C: ${line}`)
    const answer = this.#answer
    this.#answer = undefined
    return () => (answer ? answer(line) : this.#command(line))
  }

  #nextContent(): (() => Promise<void>) | undefined {
    const empty = this.#input.subarray(0, 3).equals(Buffer.from('.\r\n'))
    const end = empty ? 0 : this.#input.indexOf('\r\n.\r\n')
    if (end < 0) return undefined
    const wire = this.#input.subarray(0, empty ? 0 : end + 2).toString('latin1')
    this.#input = this.#input.subarray(end + (empty ? 3 : 5))
    this.#inContent = false
    const content = Buffer.from(wire.replace(/(^|\r\n)\./g, '$1'), 'latin1')
    return () => this.#content(content)
  }

  async #command(line: string): Promise<void> {
    const stage = verbs[line.split(' ')[0]?.toUpperCase() ?? ''] ?? 'other'
    const reply = await this.#ask(stage, line, () => this.#usual(stage, line))
    const positive = reply.startsWith('2')
    if (stage === 'mail' && positive) this.#transaction = { ...this.#fresh(), mail: line }
    if (stage === 'rcpt') this.#note(positive ? 'recipients' : 'refused', line)
    if (stage === 'rset' || stage === 'ehlo') this.#transaction = this.#fresh()
    if (stage === 'starttls' && positive) this.#secure()
    if (stage === 'quit') this.#socket.end()
  }

  /** What it says where the script says nothing. */
  #usual(stage: Stage, line: string): string {
    const { users, tls } = this.#record.script()
    if (stage === 'ehlo') return this.#greeting()
    if (stage === 'auth') return this.#auth(line)
    if (stage === 'starttls') return tls ? '220 2.0.0 Go ahead' : '502 5.5.1 Not offered'
    if (stage === 'mail' && users && this.#user === undefined) return '530 5.7.0 Log on first'
    if (stage === 'rcpt' && this.#transaction.mail === '') return '503 5.5.1 MAIL first'
    if (stage === 'data') {
      const { recipients } = this.#transaction
      return recipients.length > 0 ? '354 Go ahead' : '554 5.5.1 No valid recipients'
    }
    if (stage === 'quit') return '221 2.0.0 Bye'
    if (stage === 'other' && !/^NOOP\b/i.test(line)) return '500 5.5.2 What?'
    return '250 2.0.0 Ok'
  }

  #greeting(): string {
    const { extensions = usualExtensions, tls, users } = this.#record.script()
    const offered = [
      'sink.example',
      ...extensions,
      ...(tls && !this.#isSecure() ? ['STARTTLS'] : []),
      ...(users ? ['AUTH PLAIN LOGIN'] : []),
    ]
    return offered.map((word, i) => `250${i === offered.length - 1 ? ' ' : '-'}${word}`).join('\n')
  }

  /** AUTH PLAIN with or without initial response, AUTH LOGIN (RFC 4954). */
  #auth(line: string): string {
    const [, mechanism = '', initial] = line.split(' ')
    if (mechanism.toUpperCase() === 'PLAIN') {
      if (initial !== undefined) return this.#logOn(plain(initial))
      this.#answer = async response => this.#say(this.#logOn(plain(response)))
      return '334 '
    }
    const takePassword = (user: string) => {
      this.#answer = async response => this.#say(this.#logOn([user, decode(response)]))
      return '334 UGFzc3dvcmQ6'
    }
    if (initial !== undefined) return takePassword(decode(initial))
    this.#answer = async response => this.#say(takePassword(decode(response)))
    return '334 VXNlcm5hbWU6'
  }

  #logOn([user, password]: readonly [string, string]): string {
    if (this.#record.script().users?.[user] !== password) return '535 5.7.8 Wrong name or password'
    this.#user = user
    return '235 2.7.0 Welcome'
  }

  async #content(content: Buffer): Promise<void> {
    this.#transaction = { ...this.#transaction, content }
    const reply = await this.#ask('content', '', () => '250 2.0.0 Taken')
    if (reply.startsWith('2')) this.#record.received(this.#transaction)
    this.#transaction = this.#fresh()
  }

  /** Asks the script, answers, and returns the answer. */
  async #ask(stage: Stage, line: string, usual: () => string): Promise<string> {
    const moment = {
      stage,
      line,
      connection: this.#number,
      secure: this.#isSecure(),
      transaction: this.#transaction,
    }
    const reply = (await this.#record.script().reply?.(moment)) ?? usual()
    // Before the answer goes out: the client may send the content at once.
    if (stage === 'data' && reply.startsWith('3')) this.#inContent = true
    this.#say(reply)
    return reply
  }

  #say(reply: string): void {
    if (reply === drop) this.#socket.destroy()
    if (this.#socket.destroyed) return
    const lines = reply.split('\n')
    for (const line of lines) this.#record.said(`${this.#number} S: ${line}`)
    this.#socket.write(lines.map(line => `${line}\r\n`).join(''))
  }

  #note(list: 'recipients' | 'refused', line: string): void {
    this.#transaction = { ...this.#transaction, [list]: [...this.#transaction[list], line] }
  }

  #fresh(): Transaction {
    return {
      connection: this.#number,
      secure: this.#isSecure(),
      user: this.#user,
      mail: '',
      recipients: [],
      refused: [],
      content: Buffer.alloc(0),
    }
  }

  #isSecure(): boolean {
    return this.#socket instanceof TLSSocket
  }
}

function decode(text: string): string {
  return Buffer.from(text, 'base64').toString()
}

function plain(text: string): readonly [string, string] {
  const [, user = '', password = ''] = decode(text).split('\0')
  return [user, password]
}
