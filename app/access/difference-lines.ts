/** A difference in sentences. */
import type { Change } from './difference.ts'
import { formatSpan, type Span } from './network.ts'
import { type Host, placeWords } from './place.ts'
import type { Policy } from './policy.ts'
import { enumerate } from './wording.ts'

export interface DifferenceLine {
  readonly change: Change['change']
  readonly recipients: Change['recipients']
  /** `anyone`, `not-logged-on`, or the names of accounts. */
  readonly who: 'anyone' | 'not-logged-on' | readonly string[]
  /** A sentence. */
  readonly words: string
  /** The addresses exactly, as far as they are few enough to be read. */
  readonly ranges: readonly string[]
  readonly rangeCount: number
}

const LISTED = 100

/** `policy` is the later one; `nameOf` gives the name of an `accountKey`; `hosts` are told by their names. */
export function differenceLines(
  changes: readonly Change[],
  policy: Policy,
  nameOf: (key: string) => string,
  hosts: readonly Host[] = [],
): readonly DifferenceLine[] {
  const stood = new Map(
    hosts.flatMap(({ name, standIns }) => standIns.map(span => [formatSpan(span), name] as const)),
  )
  const rangeOf = (span: Span) => stood.get(formatSpan(span)) ?? formatSpan(span)
  return changes.map(change => {
    const { who, spans, recipients } = change
    const names = typeof who === 'string' ? who : who.map(nameOf)
    const ranges = hosts.length === 0 ? spans : [...new Set(spans.map(rangeOf))]
    return {
      change: change.change,
      recipients,
      who: names,
      words: sentence(change, names, placeWords(spans, policy, hosts)),
      ranges: ranges.slice(0, LISTED).map(range => (typeof range === 'string' ? range : formatSpan(range))),
      rangeCount: ranges.length,
    }
  })
}

function sentence({ change, recipients, freely }: Change, who: DifferenceLine['who'], place: string): string {
  const to = recipients === 'external' ? 'to addresses outside' : 'to your own users'
  if (who === 'anyone') {
    return change === 'gained'
      ? `Anyone can send ${to} without logging on, from ${place}.`
      : `Nobody can send ${to} any more, from ${place}.`
  }
  if (who === 'not-logged-on') {
    return change === 'gained'
      ? `Nobody needs to log on any more to send ${to}, from ${place}.`
      : `Sending ${to} needs a log-on now, from ${place}.`
  }
  const users = enumerate(who)
  if (freely) return `${users} can send ${to} now, logged on or not, from ${place}.`
  return change === 'gained'
    ? `${users} can send ${to} after logging on, from ${place}.`
    : `${users} can no longer send ${to}, from ${place}.`
}
