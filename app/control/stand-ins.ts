/** Addresses that stand in for host names where settings are judged whatever the DNS says now. */
import { hostNameOf } from '../access/name-answer.ts'
import { formatSpan, formatValue, type Span } from '../access/network.ts'
import type { AccessRow, Settings } from '../settings/settings.ts'

/** Of 240.0.0.0/4, which no host has (RFC 1112 section 4); not one beside the other, so that they don't become a range. */
const FIRST = 0xf0000001n
const STEP = 2n

export class StandIns {
  readonly #byName: ReadonlyMap<string, string>
  readonly #byAddress: ReadonlyMap<string, string>

  constructor(names: readonly string[]) {
    const pairs = [...new Set(names)].map(
      (name, at) => [name, formatValue(4, FIRST + STEP * BigInt(at))] as const,
    )
    this.#byName = new Map(pairs)
    this.#byAddress = new Map(pairs.map(([name, address]) => [address, name]))
  }

  /** The settings with each host name's stand-in in its rows. */
  in(settings: Settings): Settings {
    if (this.#byName.size === 0) return settings
    const { smtp, globalAccess } = settings
    const rows = (list: readonly AccessRow[]) => list.map(row => this.#row(row))
    return { ...settings, globalAccess: rows(globalAccess), smtp: { ...smtp, access: rows(smtp.access) } }
  }

  /** The host name for which the address stands in, or else the addresses. */
  nameOf(span: Span): string {
    const text = formatSpan(span)
    return this.#byAddress.get(text) ?? text
  }

  #row(row: AccessRow): AccessRow {
    const address = this.#byName.get(hostNameOf(row) ?? '')
    return address === undefined ? row : { ...row, from: address }
  }
}
