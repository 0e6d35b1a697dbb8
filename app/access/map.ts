/** The map: all of IPv4 and IPv6, cut wherever another row decides, each stretch with who may send from it. */
import { withDoor } from './map-door.ts'
import type { Family, Span } from './network.ts'
import { matchAt, type Policy } from './policy.ts'
import type { Ranges } from './ranges.ts'
import { type Relaying, relayingKey, relayingOf } from './relaying.ts'
import { EVERYWHERE, joinSpans } from './spans.ts'
import type { Stretch } from './stretch.ts'

type Permissions = Pick<Stretch, 'external' | 'internal'>

/** Ascending and without gaps, IPv4 first, from each family's first address to its last. */
export function mapOf(policy: Policy): readonly Stretch[] {
  return withDoor(rowsMapOf(policy), policy)
}

/** The same by the rows alone, whoever can connect. */
export function rowsMapOf(policy: Policy): readonly Stretch[] {
  const permissions = permissionsOf(policy)
  return EVERYWHERE.flatMap(whole => {
    const service = startsOf(policy.service.ranges, whole.family)
    const global = policy.global ? startsOf(policy.global.ranges, whole.family) : EMPTY
    return overlay(whole, service, global, permissions)
  })
}

/** As `mapOf`, for who asks for several things about one policy: each map is made once, and kept as long as what it returns. */
export function keptMaps(): typeof mapOf {
  const known = new Map<Policy, readonly Stretch[]>()
  return policy => {
    const map = known.get(policy) ?? mapOf(policy)
    known.set(policy, map)
    return map
  }
}

/** Where somebody may send as `wanted` says; joined. */
export function spansWhere(map: readonly Stretch[], wanted: (stretch: Stretch) => boolean): readonly Span[] {
  return joinSpans(map.filter(wanted).map(({ family, first, last }) => ({ family, first, last })))
}

interface Starts {
  readonly starts: ArrayLike<number> | ArrayLike<bigint>
  readonly rows: ArrayLike<number>
}

const EMPTY: Starts = { starts: [0], rows: [0] }

function startsOf({ v4Starts, v4Rows, v6Starts, v6Rows }: Ranges, family: Family): Starts {
  return family === 4 ? { starts: v4Starts, rows: v4Rows } : { starts: v6Starts, rows: v6Rows }
}

/** Both lists' cuts in one; each begins at the space's first address. */
function overlay(
  { family, last }: Span,
  service: Starts,
  global: Starts,
  permissions: (service: number, global: number) => Permissions,
): readonly Stretch[] {
  const stretches: Stretch[] = []
  let [i, j] = [0, 0]
  let first: number | bigint = 0
  for (;;) {
    const [row, globalRow] = [service.rows[i] ?? 0, global.rows[j] ?? 0]
    const { external, internal } = permissions(row, globalRow)
    const [nextService, nextGlobal] = [service.starts[i + 1], global.starts[j + 1]]
    const next = nearer(nextService, nextGlobal)
    const end = next === undefined ? last : BigInt(next) - 1n
    const rows = { service: row, global: globalRow }
    stretches.push({ family, first: BigInt(first), last: end, ...rows, external, internal })
    if (next === undefined) return stretches
    if (nextService === next) i++
    if (nextGlobal === next) j++
    first = next
  }
}

function nearer(one: number | bigint | undefined, other: number | bigint | undefined) {
  if (one === undefined || other === undefined) return one ?? other
  return one <= other ? one : other
}

/** Worked out once for each pair of kinds of rows; equal permissions are one object. */
function permissionsOf(policy: Policy): (service: number, global: number) => Permissions {
  const known = new Map<number, Permissions>()
  const relayings = new Map<string, Relaying>()
  const intern = (relaying: Relaying): Relaying => {
    const key = relayingKey(relaying)
    const same = relayings.get(key) ?? relaying
    relayings.set(key, same)
    return same
  }
  const width = policy.service.rows.length + 1
  return (service, global) => {
    const answers = {
      service: matchAt(policy.service, service),
      global: policy.global && matchAt(policy.global, global),
    }
    const key = (answers.global?.kind ?? 0) * width + answers.service.kind
    const before = known.get(key)
    if (before) return before
    const fresh = {
      external: intern(relayingOf(policy, answers, 'external')),
      internal: intern(relayingOf(policy, answers, 'internal')),
    }
    known.set(key, fresh)
    return fresh
  }
}
