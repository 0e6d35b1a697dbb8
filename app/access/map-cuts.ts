/** A map cut at the ends of other spans, and changed within them. */

import type { Family, Span } from './network.ts'
import type { Stretch } from './stretch.ts'

/** `spans` are joined. Stretches that aren't `concerned` stay whole and as they are. */
export function changeWithin(
  map: readonly Stretch[],
  spans: readonly Span[],
  change: (stretch: Stretch) => Stretch,
  concerned: (stretch: Stretch) => boolean = () => true,
): readonly Stretch[] {
  if (spans.length === 0) return map
  const cut: Stretch[] = []
  let at = 0
  for (const stretch of map) {
    if (!concerned(stretch)) {
      cut.push(stretch)
      continue
    }
    const { family, last } = stretch
    let { first } = stretch
    while (first <= last) {
      const span = spans[at]
      if (span && isBefore(span, family, first)) {
        at++
        continue
      }
      const isIn = span?.family === family && span.first <= first
      const end = isIn ? span.last : span?.family === family ? span.first - 1n : last
      const until = end < last ? end : last
      const piece = { ...stretch, first, last: until }
      cut.push(isIn ? change(piece) : piece)
      first = until + 1n
    }
  }
  return cut
}

function isBefore(span: Span, family: Family, first: bigint): boolean {
  return span.family === family ? span.last < first : span.family < family
}
