/** What is known of a host name in a row, and how long ago the DNS said so. */

export interface NameFacts {
  readonly name: string
  /** What it stands for now. */
  readonly addresses: readonly string[]
  /** Answered, and not taken: no host name stands for these. */
  readonly refused: readonly string[]
  /** When the DNS answered so, milliseconds since the epoch; absent where it never did. */
  readonly answered?: number
  /** Since when the DNS gives no answer, and why, in a few words that end no sentence; absent while it does. */
  readonly failing?: { readonly since: number; readonly why: string }
}

/** As in `home.example.net: 203.0.113.7, 2 minutes ago`; ends no sentence. */
export function nameWords({ name, addresses, refused, answered, failing }: NameFacts, now: number): string {
  const age = answered === undefined ? '' : `, ${ageWords(now - answered)}`
  const found = addresses.length > 0 ? `${addresses.join(', ')}${age}` : 'no address'
  return [
    `${name}: ${found}`,
    ...(refused.length > 0 ? [`${refused.join(', ')} not taken, for no host name stands for it`] : []),
    ...(failing ? [`${failing.why} (first ${ageWords(now - failing.since)})`] : []),
  ].join('; ')
}

const UNITS = [
  { name: 'day', ms: 86_400_000, from: 2 },
  { name: 'hour', ms: 3_600_000, from: 1 },
  { name: 'minute', ms: 60_000, from: 1 },
] as const

/** `just now`, `2 minutes ago`; a clock that was set back makes nothing come from the future. */
export function ageWords(ms: number): string {
  for (const { name, ms: unit, from } of UNITS) {
    const count = Math.floor(ms / unit)
    if (count >= from) return `${count} ${name}${count === 1 ? '' : 's'} ago`
  }
  return 'just now'
}
