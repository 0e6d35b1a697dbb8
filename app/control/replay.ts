/** A replay: decisions that were taken, taken again by other settings. */
import { admit, decide } from '../access/decide.ts'
import { findAccount } from '../access/log-on.ts'
import { isOfferedLogOn } from '../access/log-on-offer.ts'
import { type Client, parseClient } from '../access/network.ts'
import type { Policy } from '../access/policy.ts'
import type { Event } from '../log/event.ts'
import type { JournalQuery } from '../log/journal.ts'
import { parseAddress } from '../mail/address.ts'
import { formatReply } from '../mail/reply.ts'
import type { User } from '../settings/settings.ts'
import type { Flip, Replay } from './proof.ts'

/** The newest so many are tried. */
export const REPLAYED = 1000

/** The events that tell of decisions, but not of clients whom no list refused: those may come in floods. */
export const DECISIONS: JournalQuery = {
  kinds: ['accepted', 'recipient-refused', 'abandoned', 'message-refused', 'connection-refused'],
  except: /"kind":"connection-refused"(?!.*"list":"(?:service|global)")/,
  limit: REPLAYED,
}

/** One of the two settings. */
export interface Judge {
  readonly policy: Policy
  readonly users: readonly User[]
}

interface Decided {
  readonly client: string
  readonly user?: string
  /** Absent at the greeting. */
  readonly to?: string
  readonly time: number
}

type Verdict = Pick<Flip, 'verdict' | 'reply'>

/** Nobody is there who could answer. */
const OFF: Verdict = { verdict: 'refuse', reply: 'no connection: the SMTP service is off' }

/** `events` oldest first. Told are those on which the two disagree, whatever was said then: settings change. */
export function replay(events: readonly Event[], before: Judge, after: Judge): Replay {
  const decided = events.flatMap(decisionsOf).slice(-REPLAYED)
  const flips = new Map<string, Flip>()
  for (const one of decided) {
    const [was, becomes] = [judge(one, before), judge(one, after)]
    if (!was || !becomes || was.verdict === becomes.verdict) continue
    const { time, ...who } = one
    const key = JSON.stringify([who.client, who.user, who.to])
    flips.set(key, { ...who, ...becomes, count: (flips.get(key)?.count ?? 0) + 1, last: time })
  }
  return { tried: decided.length, flips: [...flips.values()].sort((a, b) => b.last - a.last) }
}

function decisionsOf(event: Event): readonly Decided[] {
  switch (event.kind) {
    case 'connection-refused': {
      const { client, time, list } = event
      return list === undefined ? [] : [{ client, time }]
    }
    case 'recipient-refused':
      return recipientsOf(event, [event.to])
    case 'accepted':
    case 'abandoned':
    case 'message-refused':
      return recipientsOf(event, event.to ?? [])
    default:
      return []
  }
}

function recipientsOf(
  { client, user, time }: Omit<Decided, 'to'>,
  recipients: readonly string[],
): readonly Decided[] {
  return recipients.map(to => ({ client, ...(user !== undefined && { user }), to, time }))
}

/** Undefined where the log's line can't be read as a case. */
function judge({ client, user, to }: Decided, { policy, users }: Judge): Verdict | undefined {
  const address = parseClient(client)
  if (!address) return undefined
  if (to === undefined) return policy.enabled ? verdictOf(admit(policy, address)) : OFF
  const recipient = to === 'postmaster' ? to : readAddress(to)
  if (!recipient) return undefined
  if (!policy.enabled) return OFF
  return verdictOf(decide(policy, address, accountAt(policy, users, address, user), recipient))
}

function verdictOf({ verdict, reply }: ReturnType<typeof decide>): Verdict {
  return { verdict, reply: formatReply(reply) }
}

function readAddress(text: string) {
  const parsed = parseAddress(text)
  return parsed.ok ? parsed.address : undefined
}

/** Who was logged on, if he still could. */
function accountAt(
  policy: Policy,
  users: readonly User[],
  client: Client,
  name: string | undefined,
): string | undefined {
  if (name === undefined || !isOfferedLogOn(policy, client)) return undefined
  const named = findAccount(users, name)
  return named.kind === 'account' || named.kind === 'no-password' ? named.user.name : undefined
}
