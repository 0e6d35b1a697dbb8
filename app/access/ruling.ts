/** A ruling: why a client is accepted or refused, from the answers of the lists that count. */
import { accountKey } from './account.ts'
import type { Resolution } from './directory.ts'
import type { Client } from './network.ts'
import { firstRow, type Match, matchAt, type Policy } from './policy.ts'

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
  const service = matchAt(policy.service, firstRow(policy.service, client))
  if (!policy.global) return service
  return [...service, ...matchAt(policy.global, firstRow(policy.global, client))]
}

function greet(answers: readonly Match[]): Ruling {
  const shut = answers.find(({ allows }) => !allows)
  return shut ? { reason: 'not-admitted', by: shut } : ADMITTED
}

function ruleOnInternal(policy: Policy, answers: readonly Match[], account: string | undefined): Ruling {
  const { authentication, internalMailWithoutAuthentication } = policy
  if (authentication !== 'required' || internalMailWithoutAuthentication || account !== undefined) {
    return INTERNAL
  }
  const asking = answers.find(({ waives }) => !waives)
  return asking ? { reason: 'internal-log-on', by: asking } : { reason: 'internal-waived', by: answers[0] }
}

/** Both lists must permit: any refusal for good comes before the log-on, for `530` must be true. */
function ruleOnRelaying(policy: Policy, answers: readonly Match[], account: string | undefined): Ruling {
  let logOn: Match | undefined
  for (const by of answers) {
    const reason = relayingBy(policy, by, account)
    if (reason === 'relay-log-on') logOn ??= by
    else if (reason !== 'relay') return { reason, by }
  }
  if (!logOn) return { reason: 'relay', by: answers[0] }
  return nobodyIsInAll(answers) ? { reason: 'nobody', by: answers[0] } : { reason: 'relay-log-on', by: logOn }
}

/** What one list says of relaying. */
function relayingBy(policy: Policy, { allows, users, waives }: Match, account: string | undefined): Reason {
  if (!allows) return 'no-relay'
  const mustLogOn = users !== undefined || policy.antiRelay === 'authenticated-users'
  if (policy.authentication === 'disabled') return mustLogOn ? 'nobody' : 'relay'
  if (account !== undefined) return users && !users.has(account) ? 'other-user' : 'relay'
  const required = policy.authentication === 'required' && !waives
  return mustLogOn || required ? 'relay-log-on' : 'relay'
}

/** Whether two rows name users and no account stands in both. */
function nobodyIsInAll(answers: readonly Match[]): boolean {
  const [one, other] = [answers[0]?.users, answers[1]?.users]
  return one !== undefined && other !== undefined && ![...one].some(user => other.has(user))
}
