/** The policy: settings and machine compiled into what a decision looks things up in. */
import type { AccessRow, IdsSettings, Settings } from '../settings/settings.ts'
import { accountKey } from './account.ts'
import { createDirectory, type Directory } from './directory.ts'
import { type Entry, entryOf, type Place } from './door.ts'
import { type LogOnOffer, logOnOffer } from './log-on-offer.ts'
import { effectiveMachine, linksOf, type Machine } from './machine.ts'
import { type Client, parseFrom, type Span } from './network.ts'
import { compileRanges, type Ranges, rowAt } from './ranges.ts'
import { EVERYWHERE, joinSpans, withoutSpans } from './spans.ts'

/** What a list says of the clients for whom one of its rows decides; made once, for decisions come by the thousand. */
export interface Match {
  readonly list: AccessList
  /** Of the row, counted from 1; 0 where none matches. */
  readonly number: number
  readonly allows: boolean
  /** Whether the row lets go of the log-on; one that names users needs it always. */
  readonly waives: boolean
  /** Whether the row takes lines that end in LF alone. */
  readonly mends: boolean
  /** The `accountKey`s that the row names; undefined where it names none. */
  readonly users: ReadonlySet<string> | undefined
  /** The same for rows of the list that say the same, whatever their addresses. */
  readonly kind: number
}

export interface AccessList {
  readonly name: 'service' | 'global'
  /** As in the settings, the disabled ones included. */
  readonly rows: readonly AccessRow[]
  readonly ranges: Ranges
  /** By the row's number, the first row that says the same; of 0, for those for whom no row decides, 0. */
  readonly kinds: Uint32Array
  /** By the row's number, made when it is first asked for: rows may be many. */
  readonly matches: (Match | undefined)[]
}

/** What of a list takes time to find out, without its rows: it can be made elsewhere, and passed on. */
export type CompiledList = Pick<AccessList, 'ranges' | 'kinds'>

/** The lists of settings, compiled. */
export interface CompiledLists {
  readonly service: CompiledList
  readonly global?: CompiledList
}

/** Addresses, joined, and the same to be looked up. */
export interface Blocked {
  readonly spans: readonly Span[]
  readonly ranges: Ranges
}

export interface Policy {
  readonly authentication: Settings['smtp']['authentication']
  readonly internalMailWithoutAuthentication: boolean
  readonly antiRelay: Settings['smtp']['antiRelay']
  /** Whether mail is taken at all. */
  readonly enabled: boolean
  readonly logOn: LogOnOffer
  readonly listeners: readonly Place[]
  readonly plaintextAuthentication: Settings['smtp']['plaintextAuthentication']
  /** Whom the listeners let in. */
  readonly entry: Entry
  /** Addresses that are always blocked; undefined where none is. */
  readonly blocked: Blocked | undefined
  readonly service: AccessList
  /** Undefined where it doesn't count: not asked for by the service, or empty. */
  readonly global: AccessList | undefined
  /** The machine's own networks and routers, as they count now. */
  readonly machine: Machine
  readonly localNetworks: Ranges
  /** The IPv6 links this machine was found on: who stands there stands in the office. */
  readonly links: readonly Span[]
  readonly directory: Directory
}

/**
 * Once per change of settings or machine. `ownLiterals` as for `createDirectory`; `compiled` are the lists of these
 * very settings and machine, where they are compiled already. Throws on a `from` that isn't one:
 * settings are checked before they come here, and a block row left out would open the relay.
 */
export function compilePolicy(
  settings: Settings,
  found: Machine,
  ownLiterals: ReadonlySet<string> = new Set(),
  compiled?: CompiledLists,
): Policy {
  const { smtp, globalAccess } = settings
  const machine = effectiveMachine(settings, found)
  const globalCounts = smtp.useGlobalAccess && globalAccess.length > 0
  const { service, global } = compiled ?? {}
  return {
    authentication: smtp.authentication,
    internalMailWithoutAuthentication: smtp.internalMailWithoutAuthentication,
    antiRelay: smtp.antiRelay,
    enabled: smtp.enabled,
    logOn: logOnOffer(smtp),
    listeners: smtp.listeners,
    plaintextAuthentication: smtp.plaintextAuthentication,
    entry: entryOf(smtp.listeners),
    blocked: blockedBy(smtp.ids, machine),
    service: listOf('service', smtp.access, service ?? compileList(smtp.access, machine)),
    global: globalCounts
      ? listOf('global', globalAccess, global ?? compileList(globalAccess, machine))
      : undefined,
    machine,
    localNetworks: compileRanges(machine.localNetworks.map(span => ({ row: 1, span }))),
    links: linksOf(found.localNetworks),
    directory: createDirectory(settings, ownLiterals),
  }
}

/** The list of those never blocked goes before the other one. */
function blockedBy({ enabled, alwaysBlock, neverBlock }: IdsSettings, machine: Machine): Blocked | undefined {
  if (!enabled || alwaysBlock.length === 0) return undefined
  const of = (entries: readonly string[]) => entries.flatMap(entry => spansOf(entry, machine))
  const spans = withoutSpans(joinSpans(of(alwaysBlock)), joinSpans(of(neverBlock)))
  if (spans.length === 0) return undefined
  return { spans, ranges: compileRanges(spans.map(span => ({ row: 1, span }))) }
}

/** Whether it is turned away whatever the rows say. */
export function isBlocked({ blocked }: Policy, client: Client): boolean {
  return blocked !== undefined && rowAt(blocked.ranges, client) !== 0
}

/** The first enabled row that matches, counted from 1 in the settings' list; 0 where none does. */
export function firstRow(list: AccessList, client: Client): number {
  return rowAt(list.ranges, client)
}

/** What the list says of clients for whom that row decides. */
export function matchAt(list: AccessList, row: number): Match {
  return list.matches[row] ?? makeMatch(list, row)
}

function makeMatch(list: AccessList, row: number): Match {
  const kind = list.kinds[row]
  if (kind === undefined) throw new Error(`The list has no row ${row}.`)
  const first = kind === row ? firstOfKind(list, row) : matchAt(list, kind)
  const { allows, waives, mends, users } = first
  const match = { list, number: row, allows, waives, mends, users, kind }
  list.matches[row] = match
  return match
}

/** Whether mail to mailboxes here needs a log-on too, where no row waives it. */
export function asksInternal({ authentication, internalMailWithoutAuthentication }: Policy): boolean {
  return authentication === 'required' && !internalMailWithoutAuthentication
}

export function isLocalNetwork(policy: Policy, client: Client): boolean {
  return rowAt(policy.localNetworks, client) !== 0
}

/** The addresses a row's `from` stands for on this machine. */
export function spansOf(from: string, machine: Machine): readonly Span[] {
  const parsed = parseFrom(from)
  if (!parsed.ok) throw new Error(`An access row can't be used: ${parsed.problem}`)
  switch (parsed.from.kind) {
    case 'any':
      return EVERYWHERE
    case 'local-networks':
      return machine.localNetworks
    case 'routers':
      return machine.routers
    case 'span':
      return [parsed.from.span]
    case 'name':
      return machine.names?.get(parsed.from.name)?.taken ?? []
  }
}

function listOf(
  name: AccessList['name'],
  rows: readonly AccessRow[],
  { ranges, kinds }: CompiledList,
): AccessList {
  return { name, rows, ranges, kinds, matches: new Array(rows.length + 1).fill(undefined) }
}

function compileList(rows: readonly AccessRow[], machine: Machine): CompiledList {
  const spans = rows.flatMap((row, index) =>
    row.enabled ? spansOf(row.from, machine).map(span => ({ row: index + 1, span })) : [],
  )
  const kinds = new Uint32Array(rows.length + 1)
  const known = new Map<string, number>()
  for (const [index, row] of rows.entries()) {
    const key = `${row.action} ${row.withoutAuthentication} ${row.mendLineEnds} ${row.users.length === 0 ? '' : row.users.map(accountKey).join('\n')}`
    const kind = known.get(key) ?? index + 1
    known.set(key, kind)
    kinds[index + 1] = kind
  }
  return { ranges: compileRanges(spans), kinds }
}

function firstOfKind(list: AccessList, number: number): Match {
  const row = list.rows[number - 1]
  if (!row) return { list, number, allows: false, waives: false, mends: false, users: undefined, kind: 0 }
  const { action, users, withoutAuthentication, mendLineEnds } = row
  return {
    list,
    number,
    allows: action === 'allow',
    waives: withoutAuthentication && users.length === 0,
    mends: mendLineEnds,
    users: users.length > 0 ? new Set(users.map(accountKey)) : undefined,
    kind: number,
  }
}
