/** What needs a person, each with the button that mends it. */
import { Button } from '../parts/button.tsx'
import { Notice } from '../parts/notice.tsx'
import type { Place } from '../state/place.ts'
import type { Warning } from '../state/settings.ts'
import { useAct, useDesk, useReady } from '../state/use.ts'

/** A place where a person mends it, or what the relay can do about it itself. */
type Mend =
  | { readonly title: string; readonly place: Place }
  | { readonly title: string; readonly pause: boolean }

const mends: Readonly<Record<Warning['kind'], readonly [Mend, ...Mend[]]>> = {
  'open-relay': [
    { title: 'Show the rows', place: { page: 'smtp', tab: 'access' } },
    {
      title: 'Show SMTP Authentication',
      place: { page: 'smtp', tab: 'general', target: 'smtp.authentication' },
    },
  ],
  'not-running': [
    { title: 'Try again', pause: false },
    { title: 'Show the bindings', place: { page: 'smtp', tab: 'general', target: 'smtp.listeners' } },
  ],
  paused: [{ title: 'Resume taking mail', pause: false }],
  'no-route': [{ title: 'Add a mail sender', place: { page: 'senders' } }],
  'held-without-route': [
    { title: 'Show the mail senders', place: { page: 'senders' } },
    { title: 'Show the queue', place: { page: 'queue' } },
  ],
  'host-name': [{ title: 'Show the access list', place: { page: 'smtp', tab: 'access' } }],
  'stuck-mail': [{ title: 'Show the queue', place: { page: 'queue', tab: 'waiting' } }],
  'disk-low': [{ title: 'Examine this machine', place: { page: 'tools' } }],
  certificate: [{ title: 'Show the certificate', place: { page: 'security', target: 'certificate' } }],
}

export function Warnings() {
  const warnings = useReady(({ status }) => status.warnings)
  if (warnings.length === 0)
    return (
      <Notice tone="good">
        <p>Nothing needs you.</p>
      </Notice>
    )
  return (
    <ul className="warnings" aria-label="What needs you">
      {warnings.map(({ kind, text }) => (
        <li key={`${kind} ${text}`}>
          <Notice tone={kind === 'not-running' || kind === 'open-relay' ? 'bad' : 'warning'}>
            <div className="warning-line">
              <p>{text}</p>
              <div className="warning-mends">
                {mends[kind].map(mend => (
                  <MendButton key={mend.title} mend={mend} />
                ))}
              </div>
            </div>
          </Notice>
        </li>
      ))}
    </ul>
  )
}

function MendButton({ mend }: { readonly mend: Mend }) {
  const { store } = useDesk()
  const act = useAct()
  const press = () =>
    'place' in mend ? store.go(mend.place) : act(bridge => bridge.ask('pause', mend.pause))
  return <Button onPress={press}>{mend.title}</Button>
}
