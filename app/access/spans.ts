/** Sets of addresses, as spans: joined, cut out of each other, compared. */
import type { Family, Span } from './network.ts'

/** IPv4's and IPv6's whole space. */
export const EVERYWHERE: readonly Span[] = [
  { family: 4, first: 0n, last: (1n << 32n) - 1n },
  { family: 6, first: 0n, last: (1n << 128n) - 1n },
]

/** In ascending order, IPv4 first, with what overlaps or touches made one. */
export function joinSpans(spans: readonly Span[]): readonly Span[] {
  if (areJoined(spans)) return spans
  const joined: Span[] = []
  for (const span of [...spans].sort(ascending)) {
    const before = joined.at(-1)
    if (before?.family !== span.family || before.last + 1n < span.first) joined.push(span)
    else if (span.last > before.last) joined[joined.length - 1] = { ...before, last: span.last }
  }
  return joined
}

/** Most come in order: they needn't be copied and sorted. */
function areJoined(spans: readonly Span[]): boolean {
  return spans.every((span, at) => {
    const before = spans[at - 1]
    if (!before || before.family < span.family) return true
    return before.family === span.family && before.last < span.first && before.last + 1n !== span.first
  })
}

/** What is in both; joined. */
export function commonSpans(one: readonly Span[], other: readonly Span[]): readonly Span[] {
  const [a, b] = [joinSpans(one), joinSpans(other)]
  const common: Span[] = []
  let [i, j] = [0, 0]
  for (;;) {
    const [left, right] = [a[i], b[j]]
    if (!left || !right) return common
    if (left.family === right.family) {
      const { first } = ascending(left, right) < 0 ? right : left
      const { last } = endsBefore(left, right) ? left : right
      if (first <= last) common.push({ family: left.family, first, last })
    }
    if (endsBefore(left, right)) i++
    else j++
  }
}

/** What is in the first and not in the other; joined. */
export function withoutSpans(spans: readonly Span[], taken: readonly Span[]): readonly Span[] {
  return commonSpans(spans, complementOf(taken))
}

export function complementOf(spans: readonly Span[]): readonly Span[] {
  const joined = joinSpans(spans)
  return EVERYWHERE.flatMap(({ family, first, last }) => {
    const gaps: Span[] = []
    let next = first
    for (const span of joined) {
      if (span.family !== family) continue
      if (next < span.first) gaps.push({ family, first: next, last: span.first - 1n })
      next = span.last + 1n
    }
    if (next <= last) gaps.push({ family, first: next, last })
    return gaps
  })
}

/** Whether the first holds all of the other. */
export function holdsSpans(spans: readonly Span[], all: readonly Span[]): boolean {
  const holding = joinSpans(spans)
  let at = 0
  return joinSpans(all).every(span => {
    let next = holding[at]
    while (next && endsBefore(next, span)) next = holding[++at]
    return next?.family === span.family && next.first <= span.first
  })
}

export function sameSpans(one: readonly Span[], other: readonly Span[]): boolean {
  const [a, b] = [joinSpans(one), joinSpans(other)]
  return (
    a.length === b.length &&
    a.every((span, at) => {
      const its = b[at]
      return its?.family === span.family && its.first === span.first && its.last === span.last
    })
  )
}

/** How many addresses of a family they hold, if they are joined. */
export function sizeOf(spans: readonly Span[], family: Family): bigint {
  return spans.reduce((sum, span) => (span.family === family ? sum + span.last - span.first + 1n : sum), 0n)
}

function ascending(one: Span, other: Span): number {
  if (one.family !== other.family) return one.family - other.family
  return one.first < other.first ? -1 : one.first > other.first ? 1 : 0
}

function endsBefore(one: Span, other: Span): boolean {
  return one.family === other.family ? one.last < other.last : one.family < other.family
}
