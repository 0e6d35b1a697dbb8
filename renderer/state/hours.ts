/** What happened in each of the last hours, counted from events. Pure. */
import type { Event } from './settings.ts'

export const kinds = ['accepted', 'refused', 'delivered', 'deferred'] as const

export type Kind = (typeof kinds)[number]

export interface Hour {
  /** When it begins, milliseconds since the epoch. */
  readonly start: number
  readonly counts: Readonly<Record<Kind, number>>
}

const hour = 3_600_000

/** The last `amount` hours, the current one last. */
export function hoursOf(events: readonly Event[], now: number, amount = 24): readonly Hour[] {
  const current = Math.floor(now / hour) * hour
  const first = current - (amount - 1) * hour
  const counts = Array.from({ length: amount }, () => ({
    accepted: 0,
    refused: 0,
    delivered: 0,
    deferred: 0,
  }))
  for (const event of events) {
    const kind = kindOf(event)
    const count = counts[Math.floor((event.time - first) / hour)]
    if (kind && count) count[kind]++
  }
  return counts.map((count, index) => ({ start: first + index * hour, counts: count }))
}

function kindOf({ kind }: Event): Kind | undefined {
  if (kind === 'accepted' || kind === 'delivered' || kind === 'deferred') return kind
  return kind === 'recipient-refused' || kind === 'message-refused' || kind === 'connection-refused'
    ? 'refused'
    : undefined
}
