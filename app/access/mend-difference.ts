/** From whom lines that end in LF alone are taken by one settings and not by another. */
import type { Change } from './difference.ts'
import type { DifferenceLine } from './difference-lines.ts'
import { spansWhere } from './map.ts'
import { formatSpan, type Span } from './network.ts'
import { type Host, placeWords } from './place.ts'
import { matchAt, type Policy } from './policy.ts'
import { listed } from './ruling.ts'
import { withoutSpans } from './spans.ts'
import type { Stretch } from './stretch.ts'

/** A policy and its map. */
export interface MendingSide {
  readonly policy: Policy
  readonly map: readonly Stretch[]
}

const LISTED = 100

export function mendDifference(
  before: MendingSide,
  after: MendingSide,
  hosts: readonly Host[] = [],
): readonly DifferenceLine[] {
  const [old, fresh] = [mendingSpans(before), mendingSpans(after)]
  return [
    ...lineOf('gained', withoutSpans(fresh, old), after.policy, hosts),
    ...lineOf('lost', withoutSpans(old, fresh), after.policy, hosts),
  ]
}

/** Every list that counts must say so. */
export function mendingSpans({ policy, map }: MendingSide): readonly Span[] {
  const { service, global } = policy
  return spansWhere(map, stretch =>
    listed({
      service: matchAt(service, stretch.service),
      global: global && matchAt(global, stretch.global),
    }).every(({ mends }) => mends),
  )
}

function lineOf(
  change: Change['change'],
  spans: readonly Span[],
  policy: Policy,
  hosts: readonly Host[],
): readonly DifferenceLine[] {
  if (spans.length === 0) return []
  const place = placeWords(spans, policy, hosts)
  const words =
    change === 'gained'
      ? `Lines that end in LF alone are taken, and mended, from ${place}.`
      : `Lines that end in LF alone are refused now, from ${place}.`
  const ranges = spans.slice(0, LISTED).map(formatSpan)
  return [{ change, recipients: 'external', who: 'anyone', words, ranges, rangeCount: spans.length }]
}
