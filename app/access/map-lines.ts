/** The map in lines that a person reads: who may send, from where, by which rows. */

import { spansWhere } from './map.ts'
import { markLogOns } from './map-log-ons.ts'
import { hostNameOf } from './name-answer.ts'
import { formatSpan, type Span } from './network.ts'
import { openRanges } from './open-relay.ts'
import { networkWords, placeWords, routerWords } from './place.ts'
import { type Policy, spansOf } from './policy.ts'
import { type RecipientClass, type Relaying, relayingKey } from './relaying.ts'
import { EVERYWHERE, sameSpans } from './spans.ts'
import type { Shut, Stretch } from './stretch.ts'
import { capital, enumerate } from './wording.ts'

export interface MapLine {
  /** As in `Your network 192.168.1.0/24`. */
  readonly who: string
  readonly permission: Relaying['kind']
  /** Whether it lets strangers of the Internet relay without logging on. */
  readonly isOpen: boolean
  /** As in `support and webmaster, after logging on`. */
  readonly words: string
  /** The rows of the service's list that decide, from the top; none for those whom no row names. */
  readonly rows: readonly number[]
  /** The addresses exactly, as far as they are few enough to be read. */
  readonly ranges: readonly string[]
  /** How many ranges there are. */
  readonly rangeCount: number
}

/** Rows and ranges that a line lists. */
const LISTED = 100

/** Rows that a line names. */
const NAMED = 6

/** In the order of the rows; who is matched by none comes last. `nameOf` gives the name of an `accountKey`. */
export function relayLines(
  policy: Policy,
  map: readonly Stretch[],
  nameOf: (key: string) => string,
): readonly MapLine[] {
  const open = openRows(policy, map)
  const groups = groupBy(
    markLogOns(map, policy),
    it =>
      it.shut ??
      `${it.service === 0} ${isOpenBy(open, it)} ${relayingKey(it.external)} ${isInVain(it, 'external')}`,
  )
  return groups
    .map(stretches => relayLine(policy, stretches, open, nameOf))
    .sort((one, other) => (one.rows[0] ?? Infinity) - (other.rows[0] ?? Infinity))
}

/** The same of mail for mailboxes here, which no row decides alone. */
export function internalLines(
  policy: Policy,
  map: readonly Stretch[],
  nameOf: (key: string) => string,
): readonly MapLine[] {
  const keyOf = (it: Stretch) => it.shut ?? `${relayingKey(it.internal)} ${isInVain(it, 'internal')}`
  return groupBy(markLogOns(map, policy), keyOf).map(stretches => {
    const [first] = stretches
    const relaying = first?.internal ?? { kind: 'never' }
    const spans = spansOfAll(stretches)
    const who = sameSpans(spans, EVERYWHERE) ? 'Everybody' : capital(placeWords(spans, policy))
    return {
      who,
      ...permissionWords(relaying, 'internal', nameOf, first && isInVain(first, 'internal'), first?.shut),
      isOpen: false,
      rows: [],
      ...rangesOf(spans),
    }
  })
}

/** Whether it asks for a log-on where none is offered. */
function isInVain({ noLogOn, ...stretch }: Stretch, to: RecipientClass): boolean {
  return noLogOn === true && stretch[to].kind === 'after-login'
}

const SHUT: Readonly<Record<Shut, string>> = {
  'always-blocked': 'never: they are always blocked (IDS/IPS)',
  'old-devices-only':
    "never: they can't connect, since every listener is for old devices in your local networks",
  'no-listener': 'never: nobody can connect, since no listener is set',
}

/** As in `support, after logging on`; ends no sentence. `isInVain`: they aren't offered a log-on. */
export function permissionWords(
  relaying: Relaying,
  to: RecipientClass,
  nameOf: (key: string) => string,
  isInVain = false,
  shut?: Shut,
): Pick<MapLine, 'permission' | 'words'> {
  if (shut) return { permission: 'never', words: SHUT[shut] }
  const permission = relaying.kind
  switch (relaying.kind) {
    case 'anyone':
      return { permission, words: 'anyone, without logging on' }
    case 'never':
      return { permission, words: to === 'internal' ? 'never: they may not connect' : 'never' }
    case 'after-login': {
      const users = relaying.users === null ? 'every user' : enumerate(relaying.users.map(nameOf))
      if (isInVain)
        return {
          permission: 'never',
          words: `never: ${users} would have to log on, which no port offers them`,
        }
      return { permission, words: `${users}, after logging on` }
    }
  }
}

function relayLine(
  policy: Policy,
  stretches: readonly Stretch[],
  open: ReadonlySet<number>,
  nameOf: (key: string) => string,
): MapLine {
  const [first] = stretches
  if (first?.shut) return shutLine(policy, stretches, first.shut)
  const rows = [...new Set(stretches.map(({ service }) => service))]
    .filter(row => row > 0)
    .sort((a, b) => a - b)
  const spans = spansOfAll(stretches)
  const relaying = first?.external ?? { kind: 'never' }
  return {
    who: capital(rows.length === 0 ? elseWords(spans) : whoWords(policy, stretches, rows)),
    ...permissionWords(relaying, 'external', nameOf, first && isInVain(first, 'external')),
    ...(rows.length === 0 && { words: 'never: no row lets them in' }),
    isOpen: stretches.some(it => isOpenBy(open, it)),
    rows: rows.slice(0, LISTED),
    ...rangesOf(spans),
  }
}

/** Of those who can't connect, whichever row would decide. */
function shutLine(policy: Policy, stretches: readonly Stretch[], shut: Shut): MapLine {
  const spans = spansOfAll(stretches)
  const who = shut === 'no-listener' ? 'Everybody' : capital(placeWords(spans, policy))
  return { who, permission: 'never', words: SHUT[shut], isOpen: false, rows: [], ...rangesOf(spans) }
}

/** The rows by which strangers relay. */
function openRows(policy: Policy, map: readonly Stretch[]): ReadonlySet<number> {
  const open = openRanges(policy, map) ?? []
  const rows = new Set<number>()
  let at = 0
  // Both are in the same order.
  for (const stretch of map) {
    while (open[at] && isBefore(open[at], stretch)) at++
    const next = open[at]
    if (next?.family === stretch.family && next.first <= stretch.last && stretch.external.kind === 'anyone') {
      rows.add(stretch.service)
    }
  }
  return rows
}

function isBefore(one: Span | undefined, other: Span): boolean {
  if (!one) return false
  return one.family === other.family ? one.last < other.first : one.family < other.family
}

function isOpenBy(open: ReadonlySet<number>, { service, external }: Stretch): boolean {
  return external.kind === 'anyone' && open.has(service)
}

/** With a global list, or where most can't connect, a row's addresses may be told apart, so that the row doesn't name them. */
function whoWords(policy: Policy, stretches: readonly Stretch[], rows: readonly number[]): string {
  if (policy.global || policy.entry !== 'everybody') return placeWords(spansOfAll(stretches), policy)
  const named = rows.length > NAMED ? rows.slice(0, NAMED - 1) : rows
  const names = new Set(
    named.map(row =>
      rowName(
        policy,
        row,
        stretches.filter(it => it.service === row),
      ),
    ),
  )
  const more = rows.length - named.length
  return more > 0 ? `${[...names].join(', ')} and ${more} more` : enumerate([...names])
}

function rowName(policy: Policy, row: number, stretches: readonly Stretch[]): string {
  const from = policy.service.rows[row - 1]?.from.trim() ?? ''
  const isWhole = sameSpans(stretches, spansOf(from, policy.machine))
  switch (from.toLowerCase()) {
    case 'any':
      return isWhole ? 'everybody, from every address' : 'the rest of the Internet'
    case 'local-networks':
      return `your ${networkWords(policy)}`
    case 'routers':
      return `your ${routerWords(policy)}`
    default:
      return isWhole ? fromWords(from, policy) : `the rest of ${fromWords(from, policy)}`
  }
}

/** A host name with its addresses. */
function fromWords(from: string, { machine }: Policy): string {
  const isName = hostNameOf({ from }) !== undefined
  return isName ? `${from} (${enumerate(spansOf(from, machine).map(formatSpan))})` : from
}

function elseWords(spans: readonly Span[]): string {
  return sameSpans(spans, EVERYWHERE) ? 'everybody' : 'everybody else'
}

function rangesOf(spans: readonly Span[]): Pick<MapLine, 'ranges' | 'rangeCount'> {
  return { ranges: spans.slice(0, LISTED).map(formatSpan), rangeCount: spans.length }
}

function spansOfAll(stretches: readonly Stretch[]): readonly Span[] {
  return spansWhere(stretches, () => true)
}

function groupBy(
  map: readonly Stretch[],
  keyOf: (stretch: Stretch) => string,
): readonly (readonly Stretch[])[] {
  const groups = new Map<string, Stretch[]>()
  for (const stretch of map) {
    const key = keyOf(stretch)
    const group = groups.get(key)
    if (group) group.push(stretch)
    else groups.set(key, [stretch])
  }
  return [...groups.values()]
}
