/** The difference between two settings: which addresses, users and kinds of recipients gain or lose what. */

import type { User } from '../settings/settings.ts'
import { accountKey } from './account.ts'
import { mapOf } from './map.ts'
import { markLogOns } from './map-log-ons.ts'
import type { Span } from './network.ts'
import type { Policy } from './policy.ts'
import { NEVER, permits, type RecipientClass, type Relaying, relayingKey } from './relaying.ts'
import { joinSpans } from './spans.ts'
import type { Stretch } from './stretch.ts'

/** One of the two settings. */
export interface Side {
  readonly map: readonly Stretch[]
  /** The `accountKey`s of those who can be logged on. */
  readonly accounts: ReadonlySet<string>
}

export interface Change {
  readonly change: 'gained' | 'lost'
  readonly recipients: RecipientClass
  /**
   * `anyone`: with and without logging on. `not-logged-on`: only without, for some account could, or still can, after
   * logging on. Else the accounts, by `accountKey`, in order.
   */
  readonly who: 'anyone' | 'not-logged-on' | readonly string[]
  /** Of accounts that gained: they can send without logging on too, as everybody there can. */
  readonly freely?: true
  /** Joined. */
  readonly spans: readonly Span[]
}

/** An account without a password counts: this is what holds once it has one. `map` is the policy's. */
export function sideOf(policy: Policy, users: readonly User[], map = mapOf(policy)): Side {
  const enabled = users.filter(({ enabled }) => enabled)
  return { map: reachable(policy, map), accounts: new Set(enabled.map(({ name }) => accountKey(name))) }
}

/** Who must log on where that isn't offered can't send, and nobody can where no mail is taken. */
function reachable(policy: Policy, map: readonly Stretch[]): readonly Stretch[] {
  if (!policy.enabled) return map.map(stretch => ({ ...stretch, external: NEVER, internal: NEVER }))
  return markLogOns(map, policy).map(stretch => {
    if (!stretch.noLogOn) return stretch
    const { external, internal } = stretch
    return { ...stretch, external: withoutLogOn(external), internal: withoutLogOn(internal) }
  })
}

function withoutLogOn(relaying: Relaying): Relaying {
  return relaying.kind === 'after-login' ? NEVER : relaying
}

/** Complete: every address, every account and both classes of recipients. */
export function differenceOf(before: Side, after: Side): readonly Change[] {
  const found = new Map<string, Found>()
  // The same pair of permissions has the same object for its change.
  const known = new Map<Found['change'], Found>()
  const entryOf = (change: Found['change']): Found => {
    const key = JSON.stringify(change)
    const entry = found.get(key) ?? { change, spans: [] }
    found.set(key, entry)
    known.set(change, entry)
    return entry
  }
  const compare = comparison(before.accounts, after.accounts)
  for (const { span, old, fresh } of overlay(before.map, after.map)) {
    for (const change of compare(old, fresh)) (known.get(change) ?? entryOf(change)).spans.push(span)
  }
  return [...found.values()]
    .map(({ change, spans }): Change => ({ ...change, spans: joinSpans(spans) }))
    .sort((one, other) => rank(one) - rank(other))
}

interface Found {
  readonly change: Omit<Change, 'spans'>
  readonly spans: Span[]
}

function rank({ recipients, change }: Change): number {
  return (recipients === 'external' ? 0 : 2) + (change === 'gained' ? 0 : 1)
}

interface Piece {
  readonly span: Span
  readonly old: Stretch
  readonly fresh: Stretch
}

/** Both maps cover all addresses in the same order. */
function overlay(before: readonly Stretch[], after: readonly Stretch[]): readonly Piece[] {
  const pieces: Piece[] = []
  let [i, j] = [0, 0]
  let first = 0n
  for (;;) {
    const [old, fresh] = [before[i], after[j]]
    if (!old || !fresh) return pieces
    const { last } = old.last < fresh.last ? old : fresh
    pieces.push({ span: { family: old.family, first, last }, old, fresh })
    const isEnd = old.last === fresh.last
    if (isEnd || last === old.last) i++
    if (isEnd || last === fresh.last) j++
    first = before[i]?.family === old.family ? last + 1n : 0n
  }
}

type Comparison = (old: Stretch, fresh: Stretch) => readonly Omit<Change, 'spans'>[]

/** Worked out once for each pair of permissions. */
function comparison(before: ReadonlySet<string>, after: ReadonlySet<string>): Comparison {
  const accounts = [...new Set([...before, ...after])].sort()
  const known = new Map<string, readonly Omit<Change, 'spans'>[]>()
  const numbers = new Map<string, number>()
  const numbered = new Map<Relaying, number>()
  // Of a map the same permissions are one object.
  const numberOf = (relaying: Relaying): number => {
    const one = numbered.get(relaying)
    if (one !== undefined) return one
    const key = relayingKey(relaying)
    const number = numbers.get(key) ?? numbers.size
    numbers.set(key, number)
    numbered.set(relaying, number)
    return number
  }
  return (old, fresh) => {
    const key = `${numberOf(old.external)} ${numberOf(fresh.external)} ${numberOf(old.internal)} ${numberOf(fresh.internal)}`
    const same = known.get(key)
    if (same) return same
    const changes = (['external', 'internal'] as const).flatMap(recipients => {
      const could = abilityOf(old[recipients], before)
      const can = abilityOf(fresh[recipients], after)
      return [
        ...steps('gained', recipients, could, can, accounts),
        ...steps('lost', recipients, can, could, accounts),
      ]
    })
    known.set(key, changes)
    return changes
  }
}

/** Whether an account, or nobody, may send; who isn't there can't log on. */
type Ability = (account: string | undefined) => boolean

function abilityOf(relaying: Relaying, accounts: ReadonlySet<string>): Ability {
  return account =>
    permits(relaying, account) &&
    (relaying.kind === 'anyone' || (account !== undefined && accounts.has(account)))
}

/** Who has the ability in `more` and not in `less`. */
function steps(
  change: Change['change'],
  recipients: RecipientClass,
  less: Ability,
  more: Ability,
  accounts: readonly string[],
): readonly Omit<Change, 'spans'>[] {
  const users = accounts.filter(account => more(account) && !less(account))
  const named = users.length > 0 ? [{ change, recipients, who: users }] : []
  if (!more(undefined) || less(undefined)) return named
  const all = !accounts.some(less)
  const freely = change === 'gained' ? named.map(gained => ({ ...gained, freely: true as const })) : named
  return all
    ? [{ change, recipients, who: 'anyone' }]
    : [{ change, recipients, who: 'not-logged-on' }, ...freely]
}
