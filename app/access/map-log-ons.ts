/** The map marked: where whoever must log on isn't offered a log-on. */
import type { Stretch } from './map.ts'
import type { Span } from './network.ts'
import type { Policy } from './policy.ts'
import { complementOf, EVERYWHERE } from './spans.ts'

/** The map cut at the local networks where only these can log on, and marked where nobody can. */
export function markLogOns(map: readonly Stretch[], { logOn, machine }: Policy): readonly Stretch[] {
  switch (logOn) {
    case 'everybody':
      return map
    case 'nobody':
      return marked(map, EVERYWHERE)
    case 'local-networks':
      return marked(map, complementOf(machine.localNetworks))
  }
}

/** The stretches within the spans, which are joined. */
function marked(map: readonly Stretch[], spans: readonly Span[]): readonly Stretch[] {
  const cut: Stretch[] = []
  let at = 0
  for (const stretch of map) {
    if (stretch.external.kind !== 'after-login' && stretch.internal.kind !== 'after-login') {
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
      cut.push({ ...stretch, first, last: until, ...(isIn && { noLogOn: true as const }) })
      first = until + 1n
    }
  }
  return cut
}

function isBefore(span: Span, family: Span['family'], first: bigint): boolean {
  return span.family === family ? span.last < first : span.family < family
}
