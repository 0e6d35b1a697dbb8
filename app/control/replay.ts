/** A replay: decisions that were taken, taken again by other settings. */
import { decide } from '../access/decide.ts'
import type { Decision } from '../access/decision.ts'
import { findAccount } from '../access/log-on.ts'
import { isOfferedLogOn } from '../access/log-on-offer.ts'
import { parseClient } from '../access/network.ts'
import type { Policy } from '../access/policy.ts'
import type { Event } from '../log/event.ts'
import { parseAddress } from '../mail/address.ts'
import { formatReply } from '../mail/reply.ts'
import type { User } from '../settings/settings.ts'
import type { Flip, Replay } from './proof.ts'

/** The newest so many are tried. */
export const REPLAYED = 1000

/** The events that tell of decisions on recipients. */
export const DECISIONS = ['accepted', 'recipient-refused'] as const

/** One of the two settings. */
export interface Judge {
  readonly policy: Policy
  readonly users: readonly User[]
}

interface Decided {
  readonly client: string
  readonly user?: string
  readonly to: string
  readonly time: number
}

/** `events` oldest first. Told are those on which the two disagree, whatever was said then: settings change. */
export function replay(events: readonly Event[], before: Judge, after: Judge): Replay {
  const decided = events.flatMap(decisionsOf).slice(-REPLAYED)
  const flips = new Map<string, Flip>()
  for (const one of decided) {
    const [was, becomes] = [judge(one, before), judge(one, after)]
    if (!was || !becomes || was.verdict === becomes.verdict) continue
    const { client, user, to, time } = one
    const key = JSON.stringify([client, user, to])
    flips.set(key, {
      ...{ client, to, ...(user !== undefined && { user }) },
      verdict: becomes.verdict,
      reply: formatReply(becomes.reply),
      count: (flips.get(key)?.count ?? 0) + 1,
      last: time,
    })
  }
  return { tried: decided.length, flips: [...flips.values()].sort((a, b) => b.last - a.last) }
}

function decisionsOf(event: Event): readonly Decided[] {
  if (event.kind !== 'accepted' && event.kind !== 'recipient-refused') return []
  const { client, user, time } = event
  const recipients = event.kind === 'accepted' ? event.to : [event.to]
  return recipients.map(to => ({ client, to, time, ...(user !== undefined && { user }) }))
}

/** Undefined where the log's line can't be read as a case. */
function judge({ client, user, to }: Decided, { policy, users }: Judge): Decision | undefined {
  const address = parseClient(client)
  const recipient = to === 'postmaster' ? to : readAddress(to)
  if (!address || !recipient) return undefined
  const account = user === undefined || !isOfferedLogOn(policy, address) ? undefined : accountOf(users, user)
  return decide(policy, address, account, recipient)
}

function readAddress(text: string) {
  const parsed = parseAddress(text)
  return parsed.ok ? parsed.address : undefined
}

/** Who was logged on, if he still could. */
function accountOf(users: readonly User[], name: string): string | undefined {
  const named = findAccount(users, name)
  return named.kind === 'account' || named.kind === 'no-password' ? named.user.name : undefined
}
