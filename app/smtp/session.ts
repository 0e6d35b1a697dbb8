/** A session: one client's dialogue with us, its decisions taken by the policy in force at that moment. */
import type { Readable } from 'node:stream'
import { admit, decide } from '../access/decide.ts'
import { type Client, parseClient } from '../access/network.ts'
import { isLocalNetwork, type Policy } from '../access/policy.ts'
import type { Emit } from '../log/event.ts'
import { formatAddress } from '../mail/address.ts'
import type { Envelope, Recipient } from '../mail/envelope.ts'
import { receivedField } from '../mail/header.ts'
import type { MailCommand, RcptCommand } from '../mail/path.ts'
import { type Reply, reply } from '../mail/reply.ts'
import type { Queue } from '../queue/queue.ts'
import type { Spool } from '../queue/spool.ts'
import type { Settings } from '../settings/settings.ts'
import type { PasswordVerifier } from '../settings/verifier.ts'
import { authenticate } from './authenticate.ts'
import type { Connections } from './connections.ts'
import type { Dialogue, Offer, SessionFacts } from './protocol.ts'
import { diskRefusal, receive } from './receive.ts'

/** What all sessions share; settings and policy are asked for each time, as they change while running. */
export interface SessionContext {
  readonly settings: () => Settings
  readonly policy: () => Policy
  readonly connections: Connections
  readonly verifier: PasswordVerifier
  readonly queue: Queue
  readonly spool: Spool
  readonly emit: Emit
  readonly now: () => number
}

/** Wrong passwords in one session, before it ends. */
const MAX_LOGON_FAILURES = 5

type Transaction = MailCommand & { readonly recipients: Recipient[]; readonly accepted: string[] }

export class Session implements Dialogue {
  readonly #context: SessionContext
  readonly #facts: () => SessionFacts
  readonly #id: string
  readonly #client: Client
  #counted = false
  #user: string | undefined
  #failures = 0
  #transaction: Transaction | undefined

  constructor(context: SessionContext, facts: () => SessionFacts) {
    this.#context = context
    this.#facts = facts
    const { id, client } = facts()
    this.#id = id
    this.#client = parseClient(client) ?? NOBODY
  }

  greet(): Reply {
    const { connections, settings, policy } = this.#context
    const full = connections.enter(this.#client.text, settings().smtp)
    if (full) return this.#refuseConnection(full)
    this.#counted = true
    const decision = admit(policy(), this.#client)
    return decision.verdict === 'refuse' ? this.#refuseConnection(decision.reply) : WELCOME
  }

  authentication(): Offer {
    const { authentication, plaintextAuthentication } = this.#context.settings().smtp
    if (authentication === 'disabled') return 'not-offered'
    if (this.#facts().tls !== undefined || plaintextAuthentication === 'always') return 'offered'
    const local =
      plaintextAuthentication === 'local-networks' && isLocalNetwork(this.#context.policy(), this.#client)
    return local ? 'offered' : 'after-tls'
  }

  async logOn(name: string, password: string): Promise<Reply> {
    const outcome = await authenticate(this.#context.settings().users, this.#context.verifier, name, password)
    switch (outcome.kind) {
      case 'account':
        this.#user = outcome.name
        this.#context.emit({ kind: 'logged-on', user: outcome.name, ...this.#who })
        return reply(235, '2.7.0', 'Logged on')
      case 'busy':
        return reply(454, '4.7.0', 'Too many log-ons at once - try again later')
      case 'wrong':
        return this.#refuseLogOn(name)
    }
  }

  mail(command: MailCommand): Reply {
    this.#transaction = { ...command, recipients: [], accepted: [] }
    return reply(250, '2.1.0', 'Sender ok')
  }

  recipient(command: RcptCommand): Reply {
    const transaction = this.#transaction
    if (!transaction) return reply(503, '5.5.1', 'MAIL comes first')
    if (transaction.accepted.length >= this.#context.settings().smtp.maxRecipients)
      return reply(452, '4.5.3', 'Too many recipients in one message: send the others in another')
    const { forwardPath } = command
    const policy = this.#context.policy()
    const decision = decide(policy, this.#client, this.#user, forwardPath)
    const to = forwardPath === 'postmaster' ? forwardPath : formatAddress(forwardPath)
    if (decision.verdict === 'refuse') {
      const { reply, list, row } = decision
      const user = this.#user !== undefined && { user: this.#user }
      const from = senderOf(transaction)
      this.#context.emit({ kind: 'recipient-refused', ...user, from, to, reply, list, row, ...this.#who })
      return reply
    }
    transaction.accepted.push(to)
    const resolution = policy.directory.resolve(forwardPath)
    const recipients = resolution.kind === 'internal' ? resolution.recipients : [{ address: to }]
    for (const recipient of recipients) addRecipient(transaction.recipients, withDsn(recipient, command))
    return decision.reply
  }

  async data(stream: Readable): Promise<Reply> {
    const transaction = this.#transaction
    if (!transaction) return reply(503, '5.5.1', 'MAIL comes first')
    const answered = await this.#receive(transaction, stream)
    if (answered.code >= 300) {
      const from = senderOf(transaction)
      this.#context.emit({ kind: 'message-refused', from, reply: answered, ...this.#who })
    }
    return answered
  }

  secured(): void {
    this.#user = undefined
  }

  reset(): void {
    this.#transaction = undefined
  }

  closed(): void {
    if (this.#counted) this.#context.connections.leave(this.#client.text)
    this.#counted = false
  }

  async #receive(transaction: Transaction, stream: Readable): Promise<Reply> {
    const { queue, spool, settings } = this.#context
    const id = queue.newId()
    const incoming = spool.receive(id)
    incoming.write(Buffer.from(this.#receivedField(id, transaction)))
    const received = await receive(stream, incoming, settings().smtp.maxMessageSize)
    if (received === undefined || 'code' in received) {
      await incoming.discard()
      return received ?? reply(421, '4.4.2', 'The connection was lost')
    }
    try {
      const origin = { client: this.#client.text, ...(this.#user !== undefined && { user: this.#user }) }
      const message = await queue.add(id, envelopeOf(transaction, received.eightBit), origin, incoming)
      const facts = { from: senderOf(transaction), to: transaction.accepted, size: message.size }
      this.#context.emit({ kind: 'accepted', id, ...facts, ...origin, session: this.#id })
      return reply(250, '2.0.0', `Ok: queued as ${id}`)
    } catch (error) {
      await incoming.discard()
      return diskRefusal(error)
    }
  }

  #receivedField(id: string, { accepted }: Transaction): string {
    const { helo, protocol, tls } = this.#facts()
    const single = accepted.length === 1 ? accepted[0] : undefined
    return receivedField({
      helo,
      client: this.#client.text,
      hostname: this.#context.settings().hostname,
      protocol,
      id,
      ...(tls !== undefined && { tls }),
      ...(single !== undefined && { recipient: single }),
      time: this.#context.now(),
    })
  }

  #refuseConnection(answered: Reply): Reply {
    this.#context.emit({ kind: 'connection-refused', reply: answered, ...this.#who })
    return answered
  }

  #refuseLogOn(name: string): Reply {
    this.#failures++
    const last = this.#failures >= MAX_LOGON_FAILURES
    const answered = last
      ? reply(421, '4.7.0', 'Too many failed log-ons; closing the connection')
      : reply(535, '5.7.8', 'User name or password is wrong')
    this.#context.emit({ kind: 'logon-failed', user: name, reply: answered, ...this.#who })
    return answered
  }

  get #who() {
    return { session: this.#id, client: this.#client.text }
  }
}

const WELCOME = reply(220, '', 'welcome')

/** A client without an address, as when it is gone already: no list lets it relay. */
const NOBODY: Client = { text: 'unknown', family: 6, value: 0n, v4: 0 }

function senderOf({ reversePath }: MailCommand): string {
  return reversePath === null ? '' : formatAddress(reversePath)
}

function withDsn(recipient: Recipient, { notify, orcpt }: RcptCommand): Recipient {
  return { ...recipient, ...(notify && { notify }), ...(orcpt !== undefined && { orcpt }) }
}

/** A mailbox or an address that is named twice, or twice by aliases, gets the message once. */
function addRecipient(recipients: Recipient[], recipient: Recipient): void {
  const same = (other: Recipient) =>
    recipient.mailbox === undefined
      ? other.mailbox === undefined && other.address === recipient.address
      : other.mailbox === recipient.mailbox
  if (!recipients.some(same)) recipients.push(recipient)
}

function envelopeOf(transaction: Transaction, eightBit: boolean): Envelope {
  const { recipients, body, smtpUtf8, ret, envid } = transaction
  return {
    reversePath: senderOf(transaction),
    recipients,
    body: eightBit ? '8bitmime' : body,
    smtpUtf8,
    ...(ret && { ret }),
    ...(envid !== undefined && { envid }),
  }
}
