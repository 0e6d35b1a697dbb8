/** A replay: decisions that were taken, taken again by other settings. */
import { admit, decide } from '../access/decide.ts'
import { listenersAt, NO_LISTENER, NOT_LOCAL, turnedAway } from '../access/door.ts'
import { findAccount } from '../access/log-on.ts'
import { isOfferedLogOn } from '../access/log-on-offer.ts'
import { parseClient } from '../access/network.ts'
import { isBlocked, type Policy } from '../access/policy.ts'
import type { Event } from '../log/event.ts'
import type { JournalQuery } from '../log/journal.ts'
import { parseAddress } from '../mail/address.ts'
import { formatReply, type Reply } from '../mail/reply.ts'
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
  /** Of the listener; absent in older logs. */
  readonly port?: number
  readonly time: number
}

type Verdict = Pick<Flip, 'verdict' | 'reply'>

/** Nobody is there who could answer. */
const OFF: Verdict = { verdict: 'refuse', reply: 'no connection: the SMTP service is off' }

const NOBODY_LISTENS = 'no connection: no listener is set'

/** `events` oldest first. Told are those on which the two disagree, whatever was said then: settings change. */
export function replay(events: readonly Event[], before: Judge, after: Judge): Replay {
  const decided = events.flatMap(decisionsOf).slice(-REPLAYED)
  const flips = new Map<string, Flip>()
  for (const one of decided) {
    const asked = hasPort(one, before) || hasPort(one, after) ? one : withoutPort(one)
    const [was, becomes] = [judge(asked, before), judge(asked, after)]
    if (!was || !becomes || was.verdict === becomes.verdict) continue
    const { time, ...who } = withoutPort(one)
    const key = JSON.stringify([who.client, who.user, who.to])
    flips.set(key, { ...who, ...becomes, count: (flips.get(key)?.count ?? 0) + 1, last: time })
  }
  return { tried: decided.length, flips: [...flips.values()].sort((a, b) => b.last - a.last) }
}

/** A port that neither knows any more says nothing of where the client would come to. */
function hasPort({ port }: Decided, { policy }: Judge): boolean {
  return port !== undefined && listenersAt(policy.listeners, port).length > 0
}

function withoutPort({ port: _, ...decided }: Decided): Omit<Decided, 'port'> {
  return decided
}

function decisionsOf(event: Event): readonly Decided[] {
  switch (event.kind) {
    case 'connection-refused': {
      const { client, time, list, port } = event
      return list === undefined ? [] : [{ client, time, ...(port !== undefined && { port }) }]
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
  { client, user, time, port }: Omit<Decided, 'to'>,
  recipients: readonly string[],
): readonly Decided[] {
  const more = { ...(user !== undefined && { user }), ...(port !== undefined && { port }) }
  return recipients.map(to => ({ client, ...more, to, time }))
}

/** Undefined where the log's line can't be read as a case. */
function judge({ client, user, to, port }: Decided, { policy, users }: Judge): Verdict | undefined {
  const address = parseClient(client)
  if (!address) return undefined
  const recipient = to === undefined || to === 'postmaster' ? to : readAddress(to)
  if (to !== undefined && !recipient) return undefined
  if (!policy.enabled) return OFF
  const shut = isBlocked(policy, address) ? undefined : turnedAway(policy, address, port)
  if (shut) return { verdict: 'refuse', reply: shutWords(shut, port) }
  if (recipient === undefined) return verdictOf(admit(policy, address))
  const canLogOn = isOfferedLogOn(policy, address, port)
  const account = canLogOn ? accountOf(users, user) : undefined
  return verdictOf(decide(policy, address, account, recipient, canLogOn))
}

/** Where no listener is, nothing answers. */
function shutWords(shut: Reply, port: number | undefined): string {
  if (shut === NOT_LOCAL) return formatReply(shut)
  return shut === NO_LISTENER ? NOBODY_LISTENS : `no connection: no listener has port ${port}`
}

function verdictOf({ verdict, reply }: ReturnType<typeof decide>): Verdict {
  return { verdict, reply: formatReply(reply) }
}

function readAddress(text: string) {
  const parsed = parseAddress(text)
  return parsed.ok ? parsed.address : undefined
}

/** Who was logged on, if he still could. */
function accountOf(users: readonly User[], name: string | undefined): string | undefined {
  if (name === undefined) return undefined
  const named = findAccount(users, name)
  return named.kind === 'account' || named.kind === 'no-password' ? named.user.name : undefined
}
