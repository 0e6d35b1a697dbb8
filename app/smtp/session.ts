/** A session: one client's dialogue with us, its decisions taken by the policy in force at that moment. */
import { admit } from '../access/decide.ts'
import { type Client, parseClient } from '../access/network.ts'
import { isLocalNetwork, type Policy } from '../access/policy.ts'
import { mendsLineEnds } from '../access/ruling.ts'
import type { Guard } from '../guard/guard.ts'
import type { OffenceKind } from '../guard/offence.ts'
import type { Emit, EventBody, Who } from '../log/event.ts'
import { parseMail, parseRcpt } from '../mail/path.ts'
import { type Reply, reply } from '../mail/reply.ts'
import type { Queue } from '../queue/queue.ts'
import type { Spool } from '../queue/spool.ts'
import type { Settings } from '../settings/settings.ts'
import type { PasswordVerifier } from '../settings/verifier.ts'
import { Errands } from './errands.ts'
import { LoggedOn } from './logged-on.ts'
import { offerOf } from './offer.ts'
import type { ContentSource, Dialogue, Offer, SessionFacts } from './protocol.ts'
import { tooLarge } from './receive.ts'
import { type Naming, nameRecipient, refuseOrphans } from './recipients.ts'
import { storeMessage } from './storing.ts'
import { Transaction } from './transaction.ts'

/** What all sessions share; settings and policy are asked for each time, as they change while running. */
export interface SessionContext {
  readonly settings: () => Settings
  readonly policy: () => Policy
  readonly verifier: PasswordVerifier
  readonly guard: Pick<
    Guard,
    'greet' | 'standing' | 'offend' | 'turn' | 'mayRecognise' | 'recognised' | 'isKnown'
  >
  readonly queue: Queue
  readonly spool: Spool
  readonly emit: Emit
  readonly now: () => number
}

/** Milliseconds. Programs that only pour out spam don't wait; machines of the office are no strangers. */
const GREETING_DELAY = 100

export class Session implements Dialogue {
  readonly #context: SessionContext
  readonly #facts: () => SessionFacts
  readonly #refusal: Reply | undefined
  readonly #id: string
  readonly #at: { readonly port?: number }
  readonly #client: Client
  readonly #loggedOn: LoggedOn
  readonly #errands = new Errands()
  #isMended = false
  /** What was told of it, by the reply's words. */
  readonly #turnedDown = new Set<string>()
  #mends: { readonly policy: Policy; readonly answer: boolean } | undefined
  #transaction: Transaction | undefined

  /** `refusal`: why there is no place for this client, already told to the log; `trust`: somebody logged on here. */
  constructor(
    context: SessionContext,
    facts: () => SessionFacts,
    refusal: Reply | undefined,
    trust: (id: string) => void,
  ) {
    this.#context = context
    this.#facts = facts
    this.#refusal = refusal
    const { id, client, port } = facts()
    this.#id = id
    this.#at = port === undefined ? {} : { port }
    this.#client = parseClient(client) ?? NOBODY
    this.#loggedOn = new LoggedOn(context, this.#who, this.#client, trust)
  }

  greet(): Reply {
    if (this.#refusal) return this.#refusal
    const decision = admit(this.#context.policy(), this.#client)
    if (decision.verdict === 'accept') return WELCOME
    const { reply, list, row } = decision
    this.#context.emit({ kind: 'connection-refused', reply, list, row, ...this.#who })
    return reply
  }

  greetingDelay(): number {
    return this.#isLocal ? 0 : GREETING_DELAY
  }

  refuseHaste(): Reply {
    const answered = reply(554, '5.5.1', 'Wait for the greeting before you talk; closing the connection')
    this.#context.emit({ kind: 'connection-refused', reply: answered, ...this.#who })
    this.#offend('earlyTalker')
    return answered
  }

  mendsLineEnds(): boolean {
    const policy = this.#context.policy()
    if (this.#mends?.policy !== policy) this.#mends = { policy, answer: mendsLineEnds(policy, this.#client) }
    return this.#mends.answer
  }

  mended(): void {
    this.#isMended = true
  }

  tooMuch(line: Buffer): Reply | undefined {
    if (!this.#errands.add(line)) return undefined
    if (this.#user !== undefined || this.#isLocal) {
      this.#errands.forget()
      return undefined
    }
    this.#offend('protocolError')
    this.turnedDown(TOO_MUCH)
    return TOO_MUCH
  }

  authentication(): Offer {
    return offerOf(this.#context.settings().smtp, this.#facts(), this.#isLocal)
  }

  logOn(name: string, password: string, identity: string): Promise<Reply> {
    return this.#loggedOn.try(name, password, identity)
  }

  staysLoggedOn(): boolean {
    return this.#loggedOn.stays()
  }

  get inTransaction(): boolean {
    return this.#transaction !== undefined
  }

  mail(line: string): Reply {
    const blocked = this.#blocked()
    if (blocked) return blocked
    if (this.#transaction) return reply(503, '5.5.1', 'MAIL was given already: end that message, or RSET')
    const parsed = parseMail(line)
    if (!parsed.ok) return parsed.reply
    const limit = this.#context.settings().smtp.maxMessageSize
    const transaction = new Transaction(parsed.command)
    if ((parsed.command.size ?? 0) > limit) return this.#refuseMessage(transaction.sender, tooLarge(limit))
    this.#transaction = transaction
    return reply(250, '2.1.0', 'Sender ok')
  }

  recipient(line: string): Reply {
    const transaction = this.#transaction
    if (!transaction) return reply(503, '5.5.1', 'MAIL comes first')
    const blocked = this.#blocked()
    if (blocked) return blocked
    const parsed = parseRcpt(line, transaction.smtpUtf8)
    if (!parsed.ok) return parsed.reply
    if (transaction.accepted.length >= this.#context.settings().smtp.maxRecipients)
      return reply(452, '4.5.3', 'Too many recipients in one message: send the others in another')
    return nameRecipient(this.#naming, transaction, parsed.command)
  }

  refuseData(): Reply | undefined {
    if (!this.#transaction) return reply(503, '5.5.1', 'MAIL comes first')
    if (this.#transaction.accepted.length > 0) return refuseOrphans(this.#naming, this.#transaction)
    return reply(554, '5.5.1', 'No recipient was accepted')
  }

  async data(content: ContentSource): Promise<Reply> {
    const transaction = this.#transaction
    if (!transaction) return reply(503, '5.5.1', 'MAIL comes first')
    // From here on it is told what becomes of it, also when the connection ends meanwhile.
    this.#transaction = undefined
    const user = this.#user
    const answered = await this.#store(transaction, content).catch(error => {
      this.#tellAbandoned(transaction)
      throw error
    })
    if (answered.code >= 300)
      return this.#refuseMessage(transaction.sender, answered, { to: transaction.accepted }, user)
    this.#errands.forget()
    return answered
  }

  misbehaved(kind: 'protocolError' | 'earlyTalker'): void {
    this.#offend(kind)
  }

  turnedDown(refusal: Reply): void {
    if (this.#turnedDown.has(refusal.text)) return
    this.#turnedDown.add(refusal.text)
    const user = this.#user
    const who = { ...(user !== undefined && { user }), ...this.#who }
    this.#context.emit({ kind: 'session-refused', reply: refusal, ...who })
  }

  secured(): void {
    this.#loggedOn.forget()
  }

  reset(): void {
    const transaction = this.#transaction
    this.#transaction = undefined
    if (transaction) this.#tellAbandoned(transaction)
  }

  /** What was decided stays known, though no message came of it. */
  #tellAbandoned(transaction: Transaction): void {
    for (const { user, to } of transaction.acceptedByUser())
      this.#context.emit({
        kind: 'abandoned',
        ...(user !== undefined && { user }),
        from: transaction.sender,
        to,
        ...this.#who,
      })
  }

  get #naming(): Naming {
    return {
      policy: this.#context.policy(),
      user: this.#user,
      canLogOn: this.authentication() !== 'not-offered',
      emit: this.#context.emit,
      offend: (kind, to) => this.#offend(kind, to),
      who: this.#who,
      client: this.#client,
    }
  }

  #refuseMessage(
    from: string,
    refused: Reply,
    more: Pick<EventBody & { readonly kind: 'message-refused' }, 'to'> = {},
    user = this.#user,
  ): Reply {
    const who = { ...(user !== undefined && { user }), from, ...more }
    this.#context.emit({ kind: 'message-refused', ...who, reply: refused, ...this.#who })
    return refused
  }

  async #store(transaction: Transaction, content: ContentSource): Promise<Reply> {
    const facts = { user: this.#user, facts: this.#facts(), isMended: () => this.#isMended, ...this.#who }
    return storeMessage(this.#context, facts, transaction, content)
  }

  /** The reply to whoever is blocked meanwhile, and isn't logged on. */
  #blocked(): Reply | undefined {
    if (this.#user !== undefined) return undefined
    const standing = this.#context.guard.standing(this.#client)
    return standing.kind === 'free' ? undefined : standing.reply
  }

  /** Who logged on is known, and may err. */
  #offend(kind: OffenceKind, who?: string): void {
    if (this.#user === undefined && this.#client !== NOBODY)
      this.#context.guard.offend(this.#client, kind, who)
  }

  get #user(): string | undefined {
    return this.#loggedOn.user
  }

  get #isLocal(): boolean {
    return isLocalNetwork(this.#context.policy(), this.#client)
  }

  get #who(): Who {
    return { session: this.#id, client: this.#client.text, ...this.#at }
  }
}

const WELCOME = reply(220, '', 'welcome')
const TOO_MUCH = reply(421, '4.7.0', 'Too many commands without a message; closing the connection')

/** A client without an address, as when it is gone already: no list lets it relay. */
export const NOBODY: Client = { text: 'unknown', family: 6, value: 0n, words: new Uint32Array(4) }
