/** Addresses that stand in for host names where settings are judged whatever the DNS says now. */
import { hostNameOf, hostNamesIn, NOT_BY_NAME } from '../access/name-answer.ts'
import { formatSpan, parseFrom, type Span } from '../access/network.ts'
import { complementOf, EVERYWHERE } from '../access/spans.ts'
import type { AccessRow, Settings } from '../settings/settings.ts'

/** Of 240.0.0.0/4 and 4000::/3, which no host has (RFC 1112 section 4, RFC 4291 section 2.4). */
const FIRST = { 4: 0xf0000001n, 6: (0x4000n << 112n) + 1n } as const
/** Not one beside the other, so that they don't become a range. */
const STEP = 2n
const FAMILIES = [4, 6] as const

/**
 * Each name has one of IPv4 and one of IPv6: a network of one family above its row leaves it those of the other. No
 * row's own network holds them, as far as there is room: a list of addresses that nobody has may stand in a row too.
 */
export class StandIns {
  /** By host name. */
  readonly #spans: ReadonlyMap<string, readonly Span[]>
  readonly #names: ReadonlyMap<string, string>

  constructor(all: readonly Settings[]) {
    const names = [...new Set(all.flatMap(hostNamesIn))]
    const free = names.length === 0 ? [] : FAMILIES.map(family => standIns(family, names.length, all))
    this.#spans = new Map(
      names.map((name, at) => [name, free.flatMap(spans => spans.slice(at, at + 1))] as const),
    )
    this.#names = new Map(
      [...this.#spans].flatMap(([name, spans]) => spans.map(span => [formatSpan(span), name] as const)),
    )
  }

  /** By host name, ascending. */
  get spans(): ReadonlyMap<string, readonly Span[]> {
    return this.#spans
  }

  /** The settings with each host name's stand-ins in its rows, which are more then: a row for each of them. */
  in(settings: Settings): Settings {
    return this.#with(settings, () => [])
  }

  /** The same, with the names too: they stand for their addresses of now besides. */
  beside(settings: Settings): Settings {
    return this.#with(settings, row => [row])
  }

  /** By the row's number in a list made by `beside`, its number in the list itself; 0 for 0. */
  rowsBeside(list: readonly AccessRow[]): readonly number[] {
    const copies = (row: AccessRow) => 1 + (this.#spans.get(hostNameOf(row) ?? '')?.length ?? 0)
    return [0, ...list.flatMap((row, index) => new Array<number>(copies(row)).fill(index + 1))]
  }

  /** The host name for which the address stands in, or else the addresses. */
  nameOf(span: Span): string {
    const text = formatSpan(span)
    return this.#names.get(text) ?? text
  }

  #with(settings: Settings, own: (row: AccessRow) => readonly AccessRow[]): Settings {
    if (this.#spans.size === 0) return settings
    const rows = (list: readonly AccessRow[]) =>
      list.flatMap(row => {
        const spans = this.#spans.get(hostNameOf(row) ?? '')
        return spans ? [...own(row), ...spans.map(span => ({ ...row, from: formatSpan(span) }))] : [row]
      })
    const { smtp, globalAccess } = settings
    return { ...settings, globalAccess: rows(globalAccess), smtp: { ...smtp, access: rows(smtp.access) } }
  }
}

function standIns(family: 4 | 6, count: number, all: readonly Settings[]): readonly Span[] {
  const named = all.flatMap(({ smtp, globalAccess }) =>
    [...smtp.access, ...globalAccess, ...smtp.ids.alwaysBlock.map(from => ({ from }))].flatMap(networkOf),
  )
  const gaps = [
    ...complementOf([...named, ...complementOf(RESERVED)]),
    ...complementOf([...named, ...NOT_BY_NAME]),
  ]
  const room = gaps.filter(gap => gap.family === family)
  const found: Span[] = []
  for (const { first, last } of room)
    for (let value = first + 1n; value < last && found.length < count; value += STEP)
      found.push({ family, first: value, last: value })
  // Where rows leave no room, they decide for every address that a name can have.
  for (let value = FIRST[family]; found.length < count; value += STEP)
    found.push({ family, first: value, last: value })
  return found
}

/** Where they are looked for first. */
const RESERVED: readonly Span[] = FAMILIES.map(family => ({
  family,
  first: FIRST[family] - 1n,
  last: family === 4 ? 0xfffffffen : (0x6000n << 112n) - 1n,
}))

/** Of a row that says one; that of a whole family is as `any`. */
function networkOf({ from }: Pick<AccessRow, 'from'>): readonly Span[] {
  const parsed = parseFrom(from)
  if (!parsed.ok || parsed.from.kind !== 'span') return []
  const { span } = parsed.from
  const isAll = EVERYWHERE.some(whole => formatSpan(whole) === formatSpan(span))
  return isAll ? [] : [span]
}
