/** The relay decision: what the server answers to one recipient of one client. */
import type { Address } from '../mail/address.ts'
import { type Reply, reply } from '../mail/reply.ts'
import type { Decision } from './decision.ts'
import type { Client } from './network.ts'
import type { Policy } from './policy.ts'
import { type Reason, type Ruling, ruleOnGreeting, ruleOnRecipient } from './ruling.ts'
import { asksInVain, type Question, stepsOf } from './steps.ts'

/** Connecting is refused, whatever the reason. */
export const NOT_ACCEPTED = reply(554, '5.7.1', 'Connections from your IP address are not accepted')

/** Logging on is named only where it would help. */
const REPLIES: Readonly<Record<Reason, Reply>> = {
  admitted: reply(220, '', 'Connection accepted'),
  'not-admitted': NOT_ACCEPTED,
  'always-blocked': NOT_ACCEPTED,
  'unknown-recipient': reply(550, '5.1.1', 'No such mailbox here'),
  'malformed-recipient': reply(
    550,
    '5.1.3',
    'Addresses with %, ! or @ in their local part are not accepted here',
  ),
  internal: reply(250, '2.1.5', 'Recipient accepted'),
  'internal-waived': reply(250, '2.1.5', 'Recipient accepted'),
  'internal-log-on': reply(530, '5.7.0', 'Log on first, then send to this recipient'),
  'no-relay': reply(550, '5.7.1', 'Relaying is not permitted from your IP address'),
  'relay-log-on': reply(530, '5.7.0', 'Log on first, then send to this recipient'),
  'other-user': reply(550, '5.7.1', 'This account is not among those allowed to relay from your IP address'),
  nobody: reply(550, '5.7.1', 'Relaying is not permitted from your IP address'),
  relay: reply(250, '2.1.5', 'Recipient accepted'),
}

/** The same: a map finds a key that changes from call to call in a third of the time. */
const BY_REASON: ReadonlyMap<string, Reply> = new Map(Object.entries(REPLIES))

/** Where 530 would not be true. */
const NO_LOG_ON = reply(
  550,
  '5.7.1',
  'Sending to this recipient needs a log-on, and logging on is not possible on this unencrypted port',
)

/**
 * Pure. `user` is the account that logged on in this session; `canLogOn`: whether this client is offered AUTH where it
 * is connected, now or after STARTTLS. The decision's steps are worked out when they are first
 * read; copy it with `explained`.
 */
export function decide(
  policy: Policy,
  client: Client,
  user: string | undefined,
  to: Address | 'postmaster',
  canLogOn = true,
): Decision {
  const ruling = ruleOnRecipient(policy, client, user, policy.directory.resolve(to).kind)
  return new LazyDecision({ policy, client, user, to, canLogOn }, ruling)
}

/** Pure: who may connect at all, as the greeting needs it. */
export function admit(policy: Policy, client: Client): Decision {
  const question = { policy, client, user: undefined, to: undefined, canLogOn: true }
  return new LazyDecision(question, ruleOnGreeting(policy, client))
}

/** A plain object with the steps worked out, for JSON and for other processes. */
export function explained({ verdict, reply, list, row, steps }: Decision): Decision {
  return { verdict, reply, list, row, steps }
}

class LazyDecision implements Decision {
  readonly verdict: Decision['verdict']
  readonly reply: Reply
  readonly list: Decision['list']
  readonly row: number | null
  readonly #question: Question
  readonly #ruling: Ruling
  #steps: readonly string[] | undefined

  constructor(question: Question, ruling: Ruling) {
    const { by, reason } = ruling
    const reply = asksInVain(question, ruling) ? NO_LOG_ON : (BY_REASON.get(reason) ?? REPLIES[reason])
    this.reply = reply
    this.verdict = reply.code < 400 ? 'accept' : 'refuse'
    this.list = by ? by.list.name : null
    this.row = by && by.number > 0 ? by.number : null
    this.#question = question
    this.#ruling = ruling
  }

  get steps(): readonly string[] {
    this.#steps ??= stepsOf(this.#question, this.#ruling, this.reply)
    return this.#steps
  }

  toJSON(): Decision {
    return explained(this)
  }
}
