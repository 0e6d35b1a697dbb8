/** A ruling: why a client is accepted or refused, from the answers of the lists that count. */
import { accountKey } from './account.ts'
import type { Resolution } from './directory.ts'
import type { Client } from './network.ts'
import { type AccessList, firstRow, type Policy } from './policy.ts'

export type Reason =
  /** Anti-relay method `authenticated-users`: a list doesn't let the client connect. */
  | 'not-admitted'
  | 'admitted'
  | 'unknown-recipient'
  | 'malformed-recipient'
  | 'internal'
  /** Internal, and accepted without a log-on only because the lists waive it. */
  | 'internal-waived'
  | 'internal-log-on'
  /** No row, or a row that blocks. */
  | 'no-relay'
  | 'relay-log-on'
  | 'other-user'
  /** A log-on is needed, and none that is possible would do. */
  | 'nobody'
  | 'relay'

/** What one list says of the client. */
export interface Match {
  readonly list: AccessList
  /** Of the row, counted from 1; 0 where none matches. */
  readonly number: number
}

export interface Ruling {
  readonly reason: Reason
  /** Who decided; undefined where it was no list. */
  readonly by: Match | undefined
}

const ADMITTED: Ruling = { reason: 'admitted', by: undefined }
const UNKNOWN: Ruling = { reason: 'unknown-recipient', by: undefined }
const MALFORMED: Ruling = { reason: 'malformed-recipient', by: undefined }
const INTERNAL: Ruling = { reason: 'internal', by: undefined }

/** Who may connect at all. */
export function ruleOnGreeting(policy: Policy, client: Client): Ruling {
  return policy.antiRelay === 'authenticated-users' ? greet(matches(policy, client)) : ADMITTED
}

export function ruleOnRecipient(
  policy: Policy,
  client: Client,
  user: string | undefined,
  resolution: Resolution['kind'],
): Ruling {
  const account = user === undefined ? undefined : accountKey(user)
  return rule(policy, matches(policy, client), account, resolution)
}

/** From what the lists answered: for all clients of whom they say the same. `account` is an `accountKey`. */
export function rule(
  policy: Policy,
  answers: readonly Match[],
  account: string | undefined,
  resolution: Resolution['kind'],
): Ruling {
  if (policy.antiRelay === 'authenticated-users') {
    const greeting = greet(answers)
    if (greeting.reason === 'not-admitted') return greeting
  }
  // Where logging on is switched off, a session that logged on before counts as anybody's.
  const counted = policy.authentication === 'disabled' ? undefined : account
  switch (resolution) {
    case 'unknown':
      return UNKNOWN
    case 'malformed':
      return MALFORMED
    case 'internal':
      return ruleOnInternal(policy, answers, counted)
    case 'external':
      return ruleOnRelaying(policy, answers, counted)
  }
}

/** The lists that count, each with its first matching row: the service's first. */
export function matches(policy: Policy, client: Client): readonly Match[] {
  const service = { list: policy.service, number: firstRow(policy.service, client) }
  if (!policy.global) return [service]
  return [service, { list: policy.global, number: firstRow(policy.global, client) }]
}

/** Whether the row lets go of the log-on; one that names users needs it always. */
export function isWaived({ list, number }: Match): boolean {
  return list.rows[number - 1]?.withoutAuthentication === true && namedUsers({ list, number }) === undefined
}

/** The `accountKey`s a row names; undefined where it names none. */
export function namedUsers({ list, number }: Match): ReadonlySet<string> | undefined {
  return list.users[number - 1]
}

function isAllowed({ list, number }: Match): boolean {
  return list.rows[number - 1]?.action === 'allow'
}

function greet(answers: readonly Match[]): Ruling {
  const shut = answers.find(match => !isAllowed(match))
  return shut ? { reason: 'not-admitted', by: shut } : ADMITTED
}

function ruleOnInternal(policy: Policy, answers: readonly Match[], account: string | undefined): Ruling {
  const { authentication, internalMailWithoutAuthentication } = policy
  if (authentication !== 'required' || internalMailWithoutAuthentication || account !== undefined) {
    return INTERNAL
  }
  const asking = answers.find(match => !isWaived(match))
  return asking ? { reason: 'internal-log-on', by: asking } : { reason: 'internal-waived', by: answers[0] }
}

/** Both lists must permit: any refusal for good comes before the log-on, for `530` must be true. */
function ruleOnRelaying(policy: Policy, answers: readonly Match[], account: string | undefined): Ruling {
  const rulings = answers.map(by => ({ reason: relayingBy(policy, by, account), by }))
  const refused = rulings.find(({ reason }) => reason !== 'relay' && reason !== 'relay-log-on')
  if (refused) return refused
  const logOn = rulings.find(({ reason }) => reason === 'relay-log-on')
  if (!logOn) return { reason: 'relay', by: answers[0] }
  return nobodyIsInAll(answers) ? { reason: 'nobody', by: answers[0] } : logOn
}

/** What one list says of relaying. */
function relayingBy(policy: Policy, match: Match, account: string | undefined): Reason {
  if (!isAllowed(match)) return 'no-relay'
  const users = namedUsers(match)
  const mustLogOn = users !== undefined || policy.antiRelay === 'authenticated-users'
  if (policy.authentication === 'disabled') return mustLogOn ? 'nobody' : 'relay'
  if (account !== undefined) return users && !users.has(account) ? 'other-user' : 'relay'
  const required = policy.authentication === 'required' && !isWaived(match)
  return mustLogOn || required ? 'relay-log-on' : 'relay'
}

/** Whether two rows name users and no account stands in both. */
function nobodyIsInAll(answers: readonly Match[]): boolean {
  if (answers.length < 2) return false
  const [one, other] = answers.map(namedUsers)
  return one !== undefined && other !== undefined && ![...one].some(user => other.has(user))
}
