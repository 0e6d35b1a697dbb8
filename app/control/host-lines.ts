/** Lines of the map for host names that stand for no address now: who may send from them once they do. */
import { mapOf } from '../access/map.ts'
import { type MapLine, permissionWords } from '../access/map-lines.ts'
import { asksInternal, type Policy } from '../access/policy.ts'
import { type RecipientClass, relayingKey } from '../access/relaying.ts'
import type { Stretch } from '../access/stretch.ts'
import { enumerate } from '../access/wording.ts'
import type { Settings } from '../settings/settings.ts'
import { StandIns } from './stand-ins.ts'

interface HostLines {
  /** To addresses outside. */
  readonly lines: readonly MapLine[]
  /** To mailboxes here. */
  readonly internalLines: readonly MapLine[]
}

interface Stood {
  readonly name: string
  readonly stretch: Stretch
  /** Of the service's list as the settings have it. */
  readonly row: number
}

const NONE: HostLines = { lines: [], internalLines: [] }

/** `policy` is that of the settings. */
export function hostLines(
  settings: Settings,
  policy: Policy,
  policyFor: (settings: Settings) => Policy,
  nameOf: (key: string) => string,
): HostLines {
  const standIns = new StandIns([settings])
  const { names } = policy.machine
  const unknown = [...standIns.spans].filter(([name]) => (names?.get(name)?.taken.length ?? 0) === 0)
  if (unknown.length === 0) return NONE
  const map = mapOf(policyFor(standIns.beside(settings)))
  const rows = standIns.rowsBeside(settings.smtp.access)
  const stood = unknown.flatMap(([name, spans]) => {
    const stretches = spans.flatMap(({ family, first }) =>
      map.filter(it => it.family === family && it.first <= first && first <= it.last),
    )
    const found = stretches.map((stretch): Stood => ({ name, stretch, row: rows[stretch.service] ?? 0 }))
    if (found.every(it => isAlike(it, found[0]))) return found.slice(0, 1)
    return found.map(it => ({ ...it, name: `${name} by IPv${it.stretch.family}` }))
  })
  const isAsked = policy.antiRelay === 'authenticated-users' || asksInternal(policy)
  return {
    lines: linesOf(stood, 'external', nameOf),
    internalLines: isAsked ? linesOf(stood, 'internal', nameOf) : [],
  }
}

function isAlike(one: Stood, other: Stood | undefined): boolean {
  if (!other || one.row !== other.row) return false
  const [its, others] = [one.stretch, other.stretch]
  return its.external === others.external && its.internal === others.internal && its.shut === others.shut
}

/** Names of whom the same holds are told together. */
function linesOf(
  stood: readonly Stood[],
  to: RecipientClass,
  nameOf: (key: string) => string,
): readonly MapLine[] {
  const keys = new Map<string, Stood[]>()
  for (const one of stood) {
    const key = `${to === 'external' ? one.row : ''} ${one.stretch.shut} ${relayingKey(one.stretch[to])}`
    keys.set(key, [...(keys.get(key) ?? []), one])
  }
  return [...keys.values()].map((alike): MapLine => {
    const relaying = alike[0]?.stretch[to] ?? { kind: 'never' }
    const row = to === 'external' ? (alike[0]?.row ?? 0) : 0
    return {
      who: `${enumerate(alike.map(({ name }) => name))}, once looked up`,
      ...permissionWords(relaying, to, nameOf, false, alike[0]?.stretch.shut),
      isOpen: to === 'external' && relaying.kind === 'anyone',
      rows: row > 0 ? [row] : [],
      ranges: [],
      rangeCount: 0,
    }
  })
}
