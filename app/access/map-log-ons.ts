/** The map marked: where whoever must log on isn't offered a log-on. */

import { changeWithin } from './map-cuts.ts'
import type { Span } from './network.ts'
import type { Policy } from './policy.ts'
import { complementOf, EVERYWHERE } from './spans.ts'
import type { Stretch } from './stretch.ts'

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
  return changeWithin(
    map,
    spans,
    stretch => ({ ...stretch, noLogOn: true }),
    ({ external, internal }) => external.kind === 'after-login' || internal.kind === 'after-login',
  )
}
