/** The map with the door: nobody sends from where nobody can connect, whatever the access list says. */

import { changeWithin } from './map-cuts.ts'
import type { Span } from './network.ts'
import type { Policy } from './policy.ts'
import { NEVER } from './relaying.ts'
import { complementOf, EVERYWHERE } from './spans.ts'
import type { Shut, Stretch } from './stretch.ts'

/** Cut at the addresses that are always blocked, and at the local networks where only these are let in. */
export function withDoor(map: readonly Stretch[], { entry, blocked, machine }: Policy): readonly Stretch[] {
  if (entry === 'nobody') return shutWithin(map, EVERYWHERE, 'no-listener')
  const open = blocked ? shutWithin(map, blocked.spans, 'always-blocked') : map
  if (entry === 'everybody') return open
  return shutWithin(open, complementOf(machine.localNetworks), 'old-devices-only')
}

function shutWithin(map: readonly Stretch[], spans: readonly Span[], shut: Shut): readonly Stretch[] {
  return changeWithin(
    map,
    spans,
    stretch => ({ ...stretch, external: NEVER, internal: NEVER, shut }),
    stretch => stretch.shut === undefined,
  )
}
