/** When a user logged on last, and from where: found in the log, and followed as it is told. */
import { Time } from '../parts/time.tsx'
import { useAnswer } from '../state/ask.ts'
import type { Event } from '../state/settings.ts'
import { useDesk, useReady } from '../state/use.ts'

type LogOn = Extract<Event, { readonly kind: 'logged-on' }>

export function LastLogOn({ name }: { readonly name: string }) {
  const { bridge } = useDesk()
  const live = useReady(({ events }) => newest(events, name))
  const [answer] = useAnswer(() => bridge.ask('readLog', { match: `"user":${JSON.stringify(name)}` }), name)
  const last = live ?? (answer.kind === 'loaded' ? newest(answer.value, name) : undefined)
  if (last)
    return (
      <p className="muted">
        Last log-on <Time time={last.time} /> from {last.client}
      </p>
    )
  if (answer.kind === 'loading') return <p className="muted">Looking for the last log-on…</p>
  return <p className="muted">No log-on as far back as the log goes.</p>
}

function newest(events: readonly Event[], name: string): LogOn | undefined {
  return events.findLast((event): event is LogOn => event.kind === 'logged-on' && event.user === name)
}
