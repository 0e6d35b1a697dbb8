/** Floods of refusals: of what one source does again and again the beginning is told, and then each hundredth. */
import { parseClient } from '../access/network.ts'
import type { Emit, EventBody } from '../log/event.ts'
import { BoundedMap } from './bounded-map.ts'
import { sourceOf } from './source.ts'

/** What costs the client a connection only, and counts against nobody. */
type Cheap = EventBody & { readonly kind: 'connection-refused' | 'session-refused' | 'tls-failed' }

/** Alike from one source within so many milliseconds. */
const MOST = 100
const WITHIN = 10 * 60_000
/** Sources and reasons that are kept. */
const KEPT = 20_000

interface Told {
  since: number
  count: number
}

/** So nobody drives what else happened out of the log, which has a cap. `now`: milliseconds of a clock that nobody sets. */
export function withoutFloods(emit: Emit, now: () => number = () => performance.now()): Emit {
  const told = new BoundedMap<Told>(KEPT)
  const isToldOf = (event: Cheap) => {
    const time = now()
    const alike = told.use(keyOf(event), () => ({ since: time, count: 0 }))
    if (time - alike.since >= WITHIN) Object.assign(alike, { since: time, count: 0 })
    alike.count++
    return alike.count <= MOST || alike.count % MOST === 0
  }
  return event => {
    if (!isCheap(event) || isToldOf(event)) emit(event)
  }
}

const CHEAP: ReadonlySet<EventBody['kind']> = new Set(['connection-refused', 'session-refused', 'tls-failed'])

function isCheap(event: EventBody): event is Cheap {
  return CHEAP.has(event.kind)
}

function keyOf(event: Cheap): string {
  const client = parseClient(event.client)
  const why = event.kind === 'tls-failed' ? event.text : event.reply.text
  return `${client ? sourceOf(client) : event.client} ${event.kind} ${why}`
}
