/** A session read along: which bytes are commands and which content, a reply for each, and what was said yes to. */
import assert from 'node:assert/strict'
import { endOfContent, repliesIn, unstuffed } from './smtp-bytes.ts'

export interface Said {
  readonly line: string
  readonly reply: string
  /** Who was logged on. */
  readonly user: string | undefined
  /** Recipients that were accepted before it in the same transaction. */
  readonly before: number
  readonly smtpUtf8: boolean
}

export interface Accepted {
  readonly id: string
  readonly sender: string
  readonly user: string | undefined
  /** The paths of RCPT that got a 250, without their brackets. */
  readonly recipients: readonly string[]
  /** The dots of DATA taken out. */
  readonly content: Buffer
}

export interface Told {
  readonly greeting: string
  readonly recipients: readonly Said[]
  readonly messages: readonly Accepted[]
}

/** RFC 2034 section 4; EHLO, HELO, 220, 334 and 354 have no status. */
const WITH_STATUS = /^([245])\d\d \1\.\d{1,3}\.\d{1,3} [ -~]+$/
const WITHOUT = /^(?:220|250|334|354|501)(?:[ -][ -~]*)?$/

/** One side of STARTTLS, or a session without it. */
export interface Phase {
  readonly sent: Buffer
  readonly said: string
  readonly isTls: boolean
}

/** Throws where the relay said too little, too much, or the wrong thing. `secured`: what followed STARTTLS. */
export function follow(first: Phase, secured: Phase | undefined, mostBytes: number): Told {
  const reader = new Reader(first, mostBytes)
  return reader.read(secured)
}

interface Transaction {
  readonly sender: string
  readonly smtpUtf8: boolean
  readonly recipients: string[]
}

class Reader {
  #sent: Buffer
  #replies: string[]
  #isTls: boolean
  readonly #mostBytes: number
  readonly #recipients: Said[] = []
  readonly #messages: Accepted[] = []
  #at = 0
  #user: string | undefined
  #transaction: Transaction | undefined
  #isGreeted = false
  #isOver = false
  /** STARTTLS was answered with 220. */
  #hasStarted = false
  #last = 'nothing'
  #refused = 0
  /** Lines of an exchange of AUTH so far. */
  #exchange: string[] | undefined

  constructor({ sent, said, isTls }: Phase, mostBytes: number) {
    this.#sent = sent
    this.#replies = repliesIn(said)
    this.#isTls = isTls
    this.#mostBytes = mostBytes
  }

  read(secured: Phase | undefined): Told {
    const greeting = this.#next('the greeting')
    if (!greeting.startsWith('220')) this.#isOver = true
    this.#readPhase()
    assert.ok(!secured || this.#hasStarted, 'TLS began, and nothing asked for it')
    if (secured) this.#forget(secured)
    if (secured) this.#readPhase()
    return { greeting, recipients: this.#recipients, messages: this.#messages }
  }

  #readPhase(): void {
    for (let line = this.#line(); line !== undefined && !this.#isOver; line = this.#line()) this.#take(line)
    // A line that the end cut off is no command; it has no reply.
    assert.deepEqual(this.#replies, [], 'replies that nothing asked for')
  }

  /** TLS has begun: what was said before counts no more (RFC 3207 section 4.2). */
  #forget({ sent, said, isTls }: Phase): void {
    this.#sent = sent
    this.#replies = repliesIn(said)
    this.#isTls = isTls
    this.#at = 0
    this.#isOver = false
    this.#isGreeted = false
    this.#user = undefined
    this.#transaction = undefined
    this.#exchange = undefined
  }

  #next(to: string): string {
    const reply = this.#replies.shift()
    assert.ok(reply !== undefined, `no reply to ${JSON.stringify(to.slice(0, 100))}, after ${this.#last}`)
    this.#last = reply
    const isBare = /^(?:EHLO|HELO) ?/i.test(to) || /^(?:220|334|354)/.test(reply)
    for (const line of reply.split('\n')) assert.match(line, isBare ? WITHOUT : WITH_STATUS, to)
    return reply
  }

  /** Without its end; undefined where the rest has none. */
  #line(): string | undefined {
    const end = this.#sent.indexOf(0x0a, this.#at)
    if (end < 0) return undefined
    const line = this.#sent.toString('latin1', this.#at, end + 1)
    this.#at = end + 1
    return line
  }

  #take(line: string): void {
    const reply = this.#next(line)
    const [code, isOdd] = [
      reply.slice(0, 3),
      /[^\r]\n$|^\n$|[\0-\x08\x0b-\x0c\x0e-\x1f\x7f]|\r[^\n]/.test(line),
    ]
    if (isOdd) assert.match(reply, /^(?:500|421) /, `a line that must be refused: ${JSON.stringify(line)}`)
    if (code >= '500') this.#refused++
    if (code === '421') {
      // Five wrong log-ons or ten unknown commands, or what a browser says.
      assert.ok(this.#refused >= 4 || /^(?:GET|POST|HEAD) /i.test(line), `closed too soon: ${reply}`)
      this.#isOver = true
      return
    }
    const wasExchange = this.#exchange
    // It is no command, whatever it looks like.
    if (isOdd) {
      this.#exchange = undefined
      return
    }
    this.#exchange = undefined
    if (wasExchange || /^AUTH(?: |\r)/i.test(line)) this.#logOn([...(wasExchange ?? []), line.trim()], code)
    else this.#obey(line, code, reply)
  }

  #obey(line: string, code: string, reply: string): void {
    const yes = code === '250'
    const verb = line.trimEnd().split(' ')[0]?.toUpperCase()
    if (yes) assert.match(verb ?? '', /^(?:EHLO|HELO|MAIL|RCPT|NOOP|RSET)$/, `yes to ${JSON.stringify(line)}`)
    switch (verb) {
      case 'EHLO':
      case 'HELO':
        if (yes) [this.#isGreeted, this.#transaction] = [true, undefined]
        if (this.#isTls) assert.doesNotMatch(reply, /STARTTLS/, 'STARTTLS offered within TLS')
        break
      case 'MAIL':
        if (yes) this.#begin(line)
        break
      case 'RCPT':
        this.#name(line, reply)
        break
      case 'RSET':
        if (yes) this.#transaction = undefined
        break
      case 'DATA':
        if (code === '354') this.#content(line)
        break
      case 'QUIT':
        this.#isOver = code === '221'
        break
      case 'STARTTLS':
        // What came with it in plain text is no command (RFC 3207 section 4.2).
        assert.ok(code !== '220' || !this.#isTls, 'TLS within TLS')
        this.#isOver = code === '220'
        this.#hasStarted = code === '220'
        break
    }
  }

  #logOn(exchange: readonly string[], code: string): void {
    if (code === '334') this.#exchange = [...exchange]
    if (code !== '235') return
    assert.ok(this.#isGreeted, 'logged on before EHLO')
    assert.equal(this.#transaction, undefined, 'logged on in a transaction')
    assert.equal(this.#user, undefined, 'logged on twice')
    const { user, identity } = namesIn(exchange)
    // RFC 4616 section 2: nobody here may act as another.
    assert.ok(isOf(user, identity), `${user} was let act as ${identity}`)
    this.#user = user
  }

  #begin(line: string): void {
    assert.ok(this.#isGreeted, 'MAIL was taken before EHLO')
    assert.equal(this.#transaction, undefined, 'MAIL was taken twice')
    const sender = /^MAIL FROM: *<(.*?)>(?: |\r|$)/is.exec(line)?.[1] ?? ''
    this.#transaction = { sender, smtpUtf8: /\bSMTPUTF8\b/.test(line), recipients: [] }
  }

  #name(line: string, reply: string): void {
    const transaction = this.#transaction
    const isTaken = reply.startsWith('250')
    if (!transaction) {
      assert.ok(!isTaken, 'RCPT was taken without MAIL')
      return
    }
    const { recipients, smtpUtf8 } = transaction
    this.#recipients.push({ line, reply, user: this.#user, before: recipients.length, smtpUtf8 })
    if (isTaken) recipients.push(/<(.*?)>/.exec(line)?.[1] ?? '')
  }

  #content(line: string): void {
    const transaction = this.#transaction
    assert.ok(transaction && transaction.recipients.length > 0, `354 without a recipient, to ${line}`)
    const start = this.#at
    const end = endOfContent(this.#sent, start)
    this.#transaction = undefined
    if (end === undefined) {
      // It was never ended: nothing was accepted, and nothing of it is a command.
      this.#at = this.#sent.length
      this.#replies.splice(0, this.#replies.length, ...this.#replies.filter(one => !/^4[25]1 /.test(one)))
      return
    }
    this.#at = end.next
    const content = unstuffed(this.#sent.subarray(start, end.last))
    const reply = this.#next('the final dot')
    const isBad = /[^\r]\n|^\n|\r[^\n]|\r$|\0/.test(content.toString('latin1'))
    if (isBad) assert.match(reply, /^5(?:54|52) /, 'content that must be refused')
    else if (content.length > this.#mostBytes) assert.match(reply, /^552 /)
    const id = /^250 2\.0\.0 .*queued as (\w+)$/.exec(reply)?.[1]
    if (id === undefined) assert.match(reply, /^[45]/)
    else this.#messages.push({ id, ...transaction, user: this.#user, content })
  }
}

interface Names {
  readonly user: string
  /** As whom the user wants to act: himself where he says nothing. */
  readonly identity: string
}

/** What PLAIN or LOGIN named, as the client sent it. */
function namesIn(exchange: readonly string[]): Names {
  const [first = '', ...others] = exchange
  const [, method = '', initial] = first.split(' ')
  const words = [...(initial === undefined ? [] : [initial]), ...others]
  const decoded = Buffer.from(words[0] ?? '', 'base64').toString()
  if (method.toUpperCase() !== 'PLAIN') return { user: decoded, identity: decoded }
  const [identity = '', user = ''] = decoded.split('\0')
  return { user: user || identity, identity: identity || user }
}

/** Each account is told by its name or its one address, whatever their case. */
function isOf(user: string, identity: string): boolean {
  const [one, other] = [user, identity].map(name => name.toLowerCase().replace(/@example\.com$/, ''))
  return one === other
}
