/** A ruling: why a client is accepted or refused, from the answers of the lists that count. */
import { accountKey } from './account.ts'
import type { Resolution } from './directory.ts'
import type { Client } from './network.ts'
import { firstRow, isBlocked, type Match, matchAt, type Policy } from './policy.ts'

export type Reason =
  /** The address stands in the list of those that are always blocked. */
  | 'always-blocked'
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

/** What each list that counts says. */
export interface Answers {
  readonly service: Match
  readonly global: Match | undefined
}

const BLOCKED: Ruling = { reason: 'always-blocked', by: undefined }
const ADMITTED: Ruling = { reason: 'admitted', by: undefined }
const UNKNOWN: Ruling = { reason: 'unknown-recipient', by: undefined }
const MALFORMED: Ruling = { reason: 'malformed-recipient', by: undefined }
const INTERNAL: Ruling = { reason: 'internal', by: undefined }

/** Who may connect at all. */
export function ruleOnGreeting(policy: Policy, client: Client): Ruling {
  if (isBlocked(policy, client)) return BLOCKED
  return policy.antiRelay === 'authenticated-users' ? greet(answersOf(policy, client)) : ADMITTED
}

export function ruleOnRecipient(
  policy: Policy,
  client: Client,
  user: string | undefined,
  resolution: Resolution['kind'],
): Ruling {
  if (isBlocked(policy, client)) return BLOCKED
  return rule(policy, answersOf(policy, client), user, resolution)
}

/** From what the lists answered: for all clients of whom they say the same. */
export function rule(
  policy: Policy,
  answers: Answers,
  user: string | undefined,
  resolution: Resolution['kind'],
): Ruling {
  if (policy.antiRelay === 'authenticated-users') {
    const greeting = greet(answers)
    if (greeting.reason === 'not-admitted') return greeting
  }
  // Where logging on is switched off, a session that logged on before counts as anybody's.
  const counted = policy.authentication === 'disabled' ? undefined : user
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

/** What the lists that count say of a client. */
export function answersOf(policy: Policy, client: Client): Answers {
  const service = matchAt(policy.service, firstRow(policy.service, client))
  if (!policy.global) return { service, global: undefined }
  return { service, global: matchAt(policy.global, firstRow(policy.global, client)) }
}

/** Whether lines that end in LF alone are taken from the client: every list that counts must say so. */
export function mendsLineEnds(policy: Policy, client: Client): boolean {
  return matches(policy, client).every(({ mends }) => mends)
}

/** The same as a list: the service's first. */
export function matches(policy: Policy, client: Client): readonly Match[] {
  return listed(answersOf(policy, client))
}

/** The service's first. */
export function listed({ service, global }: Answers): readonly Match[] {
  return global ? [service, global] : [service]
}

function greet({ service, global }: Answers): Ruling {
  if (!service.allows) return { reason: 'not-admitted', by: service }
  return global && !global.allows ? { reason: 'not-admitted', by: global } : ADMITTED
}

function ruleOnInternal(policy: Policy, { service, global }: Answers, user: string | undefined): Ruling {
  const { authentication, internalMailWithoutAuthentication } = policy
  if (authentication !== 'required' || internalMailWithoutAuthentication || user !== undefined) {
    return INTERNAL
  }
  if (!service.waives) return { reason: 'internal-log-on', by: service }
  if (global && !global.waives) return { reason: 'internal-log-on', by: global }
  return { reason: 'internal-waived', by: service }
}

/** Both lists must permit: any refusal for good comes before the log-on, for `530` must be true. */
function ruleOnRelaying(policy: Policy, { service, global }: Answers, user: string | undefined): Ruling {
  const reason = relayingBy(policy, service, user)
  if (!global || (reason !== 'relay' && reason !== 'relay-log-on')) return { reason, by: service }
  const second = relayingBy(policy, global, user)
  if (second !== 'relay' && second !== 'relay-log-on') return { reason: second, by: global }
  if (reason === second && reason === 'relay') return { reason, by: service }
  if (nobodyIsInBoth(service, global)) return { reason: 'nobody', by: service }
  return { reason: 'relay-log-on', by: reason === 'relay-log-on' ? service : global }
}

/** What one list says of relaying. */
function relayingBy(policy: Policy, { allows, users, waives }: Match, user: string | undefined): Reason {
  if (!allows) return 'no-relay'
  const mustLogOn = users !== undefined || policy.antiRelay === 'authenticated-users'
  if (policy.authentication === 'disabled') return mustLogOn ? 'nobody' : 'relay'
  if (user !== undefined) return users && !users.has(accountKey(user)) ? 'other-user' : 'relay'
  const required = policy.authentication === 'required' && !waives
  return mustLogOn || required ? 'relay-log-on' : 'relay'
}

/** Whether both rows name users and no account stands in both. */
function nobodyIsInBoth({ users: some }: Match, { users: others }: Match): boolean {
  return some !== undefined && others !== undefined && ![...some].some(user => others.has(user))
}
