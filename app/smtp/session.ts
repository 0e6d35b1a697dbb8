/** A session: one client's dialogue with us, its decisions taken by the policy in force at that moment. */
import { admit, decide } from '../access/decide.ts'
import type { Resolution } from '../access/directory.ts'
import { isStillThere } from '../access/log-on.ts'
import { type Client, parseClient } from '../access/network.ts'
import { isLocalNetwork, type Policy } from '../access/policy.ts'
import { mendsLineEnds } from '../access/ruling.ts'
import type { Guard } from '../guard/guard.ts'
import type { OffenceKind } from '../guard/offence.ts'
import type { Emit } from '../log/event.ts'
import { formatAddress } from '../mail/address.ts'
import { receivedField } from '../mail/header.ts'
import { parseMail, parseRcpt, type RcptCommand } from '../mail/path.ts'
import { type Reply, reply } from '../mail/reply.ts'
import type { Queue } from '../queue/queue.ts'
import type { Spool } from '../queue/spool.ts'
import type { Settings, User } from '../settings/settings.ts'
import type { PasswordVerifier } from '../settings/verifier.ts'
import { markForwarded } from './forwarding.ts'
import { logOn } from './log-on.ts'
import type { ContentSource, Dialogue, Offer, SessionFacts } from './protocol.ts'
import { diskRefusal, receive, tooLarge } from './receive.ts'
import { Transaction } from './transaction.ts'

/** What all sessions share; settings and policy are asked for each time, as they change while running. */
export interface SessionContext {
  readonly settings: () => Settings
  readonly policy: () => Policy
  readonly verifier: PasswordVerifier
  readonly guard: Pick<Guard, 'greet' | 'standing' | 'offend' | 'turn' | 'recognised' | 'isKnown'>
  readonly queue: Queue
  readonly spool: Spool
  readonly emit: Emit
  readonly now: () => number
}

/** Wrong passwords in one session, before it ends. */
const MAX_LOGON_FAILURES = 5
/** Milliseconds. Programs that only pour out spam don't wait; machines of the office are no strangers. */
const GREETING_DELAY = 100

export class Session implements Dialogue {
  readonly #context: SessionContext
  readonly #facts: () => SessionFacts
  readonly #refusal: Reply | undefined
  /** Somebody logged on here. */
  readonly #trust: (id: string) => void
  readonly #id: string
  readonly #at: { readonly port?: number }
  readonly #client: Client
  #loggedOn: User | undefined
  #failures = 0
  #isMended = false
  #mends: { readonly policy: Policy; readonly answer: boolean } | undefined
  #transaction: Transaction | undefined

  /** `refusal`: why there is no place for this client, already told to the log. */
  constructor(
    context: SessionContext,
    facts: () => SessionFacts,
    refusal: Reply | undefined,
    trust: (id: string) => void,
  ) {
    this.#trust = trust
    this.#context = context
    this.#facts = facts
    this.#refusal = refusal
    const { id, client, port } = facts()
    this.#id = id
    this.#at = port === undefined ? {} : { port }
    this.#client = parseClient(client) ?? NOBODY
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

  authentication(): Offer {
    const { authentication, plaintextAuthentication } = this.#context.settings().smtp
    const { tls, encryption } = this.#facts()
    if (authentication === 'disabled') return 'not-offered'
    if (tls !== undefined) return 'offered'
    if (encryption === 'starttls-required') return 'after-tls'
    if (plaintextAuthentication === 'always' || (plaintextAuthentication !== 'never' && this.#isLocal))
      return 'offered'
    return encryption === 'starttls' ? 'after-tls' : 'not-offered'
  }

  async logOn(name: string, password: string): Promise<Reply> {
    const outcome = await logOn(this.#context, this.#client, name, password)
    if (outcome.kind === 'busy') return outcome.reply
    if (outcome.kind === 'wrong') return this.#refuseLogOn(name, outcome.reply)
    this.#loggedOn = outcome.user
    this.#trust(this.#id)
    this.#context.emit({ kind: 'logged-on', user: outcome.user.name, ...this.#who })
    return reply(235, '2.7.0', 'Authentication successful')
  }

  staysLoggedOn(): boolean {
    if (this.#user === undefined) this.#loggedOn = undefined
    return this.#loggedOn !== undefined
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
    if ((parsed.command.size ?? 0) > limit) return tooLarge(limit)
    this.#transaction = new Transaction(parsed.command)
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
    return this.#decide(transaction, parsed.command)
  }

  refuseData(): Reply | undefined {
    if (!this.#transaction) return reply(503, '5.5.1', 'MAIL comes first')
    if (this.#transaction.accepted.length > 0) return this.#refuseOrphans(this.#transaction)
    return reply(554, '5.5.1', 'No recipient was accepted')
  }

  async data(content: ContentSource): Promise<Reply> {
    const transaction = this.#transaction
    if (!transaction) return reply(503, '5.5.1', 'MAIL comes first')
    // From here on it is told what becomes of it, also when the connection ends meanwhile.
    this.#transaction = undefined
    const user = this.#user
    const answered = await this.#receive(transaction, content).catch(error => {
      this.#tellAbandoned(transaction)
      throw error
    })
    if (answered.code >= 300)
      this.#context.emit({
        kind: 'message-refused',
        ...(user !== undefined && { user }),
        from: transaction.sender,
        to: transaction.accepted,
        reply: answered,
        ...this.#who,
      })
    return answered
  }

  misbehaved(kind: 'protocolError' | 'earlyTalker'): void {
    this.#offend(kind)
  }

  secured(): void {
    this.#loggedOn = undefined
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

  #decide(transaction: Transaction, command: RcptCommand): Reply {
    const { forwardPath } = command
    const [policy, user] = [this.#context.policy(), this.#user]
    const decision = decide(policy, this.#client, user, forwardPath, this.#canLogOn)
    const to = forwardPath === 'postmaster' ? forwardPath : formatAddress(forwardPath)
    const resolution = policy.directory.resolve(forwardPath)
    if (decision.verdict === 'refuse') {
      const { reply, list, row } = decision
      const who = { ...(user !== undefined && { user }), from: transaction.sender, to }
      this.#context.emit({ kind: 'recipient-refused', ...who, reply, list, row, ...this.#who })
      this.#tellRefused(resolution.kind, to)
      return reply
    }
    transaction.accept(
      to,
      resolution.kind === 'internal'
        ? markForwarded(resolution.recipients, policy, this.#client, user)
        : [{ address: to }],
      command,
      user,
    )
    return decision.reply
  }

  /** Recipients accepted for an account that is gone since are decided again: for nobody logged on. */
  #refuseOrphans(transaction: Transaction): Reply | undefined {
    const user = this.#user
    const decisions = transaction
      .acceptedForOthers(user)
      .map(to => decide(this.#context.policy(), this.#client, user, to, this.#canLogOn))
    const refused = decisions.find(({ verdict }) => verdict === 'refuse')?.reply
    if (refused)
      this.#context.emit({ kind: 'message-refused', from: transaction.sender, reply: refused, ...this.#who })
    return refused
  }

  async #receive(transaction: Transaction, content: ContentSource): Promise<Reply> {
    const { queue, spool, settings } = this.#context
    const [id, user] = [queue.newId(), this.#user]
    const incoming = spool.receive(id)
    incoming.write(Buffer.from(this.#receivedField(id, transaction)))
    const received = await receive(content, incoming, settings().smtp.maxMessageSize)
    if ('code' in received) {
      await incoming.discard()
      return received
    }
    try {
      const origin = { client: this.#client.text, ...(user !== undefined && { user }) }
      const facts = { from: transaction.sender, to: transaction.accepted, ...origin, session: this.#id }
      const mended = this.#isMended && { mended: true as const }
      await queue.add(id, transaction.envelope(received.eightBit), origin, incoming, ({ size }) =>
        this.#context.emit({ kind: 'accepted', id, ...facts, ...mended, size }),
      )
      return reply(250, '2.0.0', `Ok: queued as ${id}`)
    } catch (error) {
      await incoming.discard()
      return diskRefusal(error)
    }
  }

  #receivedField(id: string, { accepted, smtpUtf8 }: Transaction): string {
    const { helo, protocol, tls } = this.#facts()
    const single = accepted.length === 1 ? accepted[0] : undefined
    return receivedField({
      helo,
      client: this.#client.text,
      hostname: this.#context.settings().hostname,
      // RFC 6531 section 4.3.
      protocol: smtpUtf8 ? protocol.replace(/^E?/, 'UTF8') : protocol,
      id,
      ...(tls !== undefined && { tls }),
      ...(single !== undefined && { recipient: single }),
      time: this.#context.now(),
    })
  }

  /** `answered`: what the guard says, in place of the usual. */
  #refuseLogOn(name: string, answered: Reply = WRONG): Reply {
    this.#failures++
    const isLast = this.#failures >= MAX_LOGON_FAILURES && answered.code !== 421
    const told = isLast ? LAST_WRONG : answered
    this.#context.emit({ kind: 'logon-failed', user: name.slice(0, 100), reply: told, ...this.#who })
    return told
  }

  /** The reply to whoever is blocked meanwhile, and isn't logged on. */
  #blocked(): Reply | undefined {
    if (this.#user !== undefined) return undefined
    const standing = this.#context.guard.standing(this.#client)
    return standing.kind === 'free' ? undefined : standing.reply
  }

  #tellRefused(resolution: Resolution['kind'], to: string): void {
    if (resolution === 'external') this.#offend('relayDenied', to)
    if (resolution === 'unknown' || resolution === 'malformed') this.#offend('unknownRecipient', to)
  }

  /** Who logged on is known, and may err. */
  #offend(kind: OffenceKind, who?: string): void {
    if (this.#user === undefined && this.#client !== NOBODY)
      this.#context.guard.offend(this.#client, kind, who)
  }

  /** Who logged on, while the account is still there, enabled and with the same password. */
  get #user(): string | undefined {
    const user = this.#loggedOn
    return user && isStillThere(this.#context.settings().users, user) ? user.name : undefined
  }

  get #canLogOn(): boolean {
    return this.authentication() !== 'not-offered'
  }

  get #isLocal(): boolean {
    return isLocalNetwork(this.#context.policy(), this.#client)
  }

  get #who() {
    return { session: this.#id, client: this.#client.text, ...this.#at }
  }
}

const WRONG = reply(535, '5.7.8', 'User name or password is wrong')
const LAST_WRONG = reply(421, '4.7.0', 'Too many failed log-ons; closing the connection')

const WELCOME = reply(220, '', 'welcome')

/** A client without an address, as when it is gone already: no list lets it relay. */
export const NOBODY: Client = { text: 'unknown', family: 6, value: 0n, words: new Uint32Array(4) }
