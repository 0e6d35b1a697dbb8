/** The policy: settings and machine compiled into what a decision looks things up in. */
import type { AccessRow, Settings } from '../settings/settings.ts'
import { accountKey } from './account.ts'
import { createDirectory, type Directory } from './directory.ts'
import { effectiveMachine, linksOf, type Machine } from './machine.ts'
import { type Client, parseFrom, type Span } from './network.ts'
import { compileRanges, type Ranges, rowAt } from './ranges.ts'
import { EVERYWHERE } from './spans.ts'

/** What a list says of the clients for whom one of its rows decides; made once, for decisions come by the thousand. */
export interface Match {
  readonly list: AccessList
  /** Of the row, counted from 1; 0 where none matches. */
  readonly number: number
  readonly allows: boolean
  /** Whether the row lets go of the log-on; one that names users needs it always. */
  readonly waives: boolean
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
  /** By the row's number, each in a list of its own; the first is for those for whom no row decides. */
  readonly matches: readonly (readonly [Match])[]
}

export interface Policy {
  readonly authentication: Settings['smtp']['authentication']
  readonly internalMailWithoutAuthentication: boolean
  readonly antiRelay: Settings['smtp']['antiRelay']
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
 * Once per change of settings or machine. `ownLiterals` as for `createDirectory`. Throws on a `from` that isn't one:
 * settings are checked before they come here, and a block row left out would open the relay.
 */
export function compilePolicy(
  settings: Settings,
  found: Machine,
  ownLiterals: ReadonlySet<string> = new Set(),
): Policy {
  const { smtp, globalAccess } = settings
  const machine = effectiveMachine(settings, found)
  const globalCounts = smtp.useGlobalAccess && globalAccess.length > 0
  return {
    authentication: smtp.authentication,
    internalMailWithoutAuthentication: smtp.internalMailWithoutAuthentication,
    antiRelay: smtp.antiRelay,
    service: compileList('service', smtp.access, machine),
    global: globalCounts ? compileList('global', globalAccess, machine) : undefined,
    machine,
    localNetworks: compileRanges(machine.localNetworks.map(span => ({ row: 1, span }))),
    links: linksOf(found.localNetworks),
    directory: createDirectory(settings, ownLiterals),
  }
}

/** The first enabled row that matches, counted from 1 in the settings' list; 0 where none does. */
export function firstRow(list: AccessList, client: Client): number {
  return rowAt(list.ranges, client)
}

/** What the list says of clients for whom that row decides. */
export function matchAt({ matches }: AccessList, row: number): readonly [Match] {
  const found = matches[row]
  if (!found) throw new Error(`The list has no row ${row}.`)
  return found
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

function compileList(name: AccessList['name'], rows: readonly AccessRow[], machine: Machine): AccessList {
  const spans = rows.flatMap((row, index) =>
    row.enabled ? spansOf(row.from, machine).map(span => ({ row: index + 1, span })) : [],
  )
  const matches: (readonly [Match])[] = []
  const list = { name, rows, ranges: compileRanges(spans), matches }
  const none: Match = { list, number: 0, allows: false, waives: false, users: undefined, kind: 0 }
  const kinds = new Map<string, Match>()
  matches.push([none])
  for (const [index, row] of rows.entries()) {
    const key = `${row.action} ${row.withoutAuthentication} ${row.users.map(accountKey).join('\n')}`
    const known = kinds.get(key) ?? kindOf(none, row, kinds.size + 1)
    kinds.set(key, known)
    matches.push([{ ...known, number: index + 1 }])
  }
  return list
}

/** A row as the first of its kind. */
function kindOf(none: Match, { action, users, withoutAuthentication }: AccessRow, kind: number): Match {
  return {
    ...none,
    allows: action === 'allow',
    waives: withoutAuthentication && users.length === 0,
    users: users.length > 0 ? new Set(users.map(accountKey)) : undefined,
    kind,
  }
}
