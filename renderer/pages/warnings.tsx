/** What needs a person, each with the button that mends it. */
import { Button } from '../parts/button.tsx'
import { Notice } from '../parts/notice.tsx'
import { useAnswer } from '../state/ask.ts'
import { openedBy } from '../state/opened-by.ts'
import type { Place } from '../state/place.ts'
import type { Warning } from '../state/settings.ts'
import { useAct, useDesk, useReady } from '../state/use.ts'
import { MendButtons } from './reply-meaning.tsx'

/** A place where a person mends it, or what the relay can do about it itself. */
type Mend =
  | { readonly title: string; readonly place: Place }
  | { readonly title: string; readonly pause: boolean }

/** The open relay's depend on what opened it, a sign-in's on the sender. */
const mends: Readonly<
  Record<Exclude<Warning['kind'], 'open-relay' | 'next-hop' | 'sign-in'>, readonly [Mend, ...Mend[]]>
> = {
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
  'hop-down': [{ title: 'Show the queue', place: { page: 'queue', tab: 'waiting' } }],
  'disk-low': [{ title: 'Examine this machine', place: { page: 'tools', tab: 'doctor' } }],
  'dkim-key': [{ title: 'Show the keys', place: { page: 'security', target: 'delivery.dkim' } }],
  certificate: [{ title: 'Show the certificate', place: { page: 'security', target: 'certificate' } }],
}

export function Warnings() {
  const { warnings: all, hops } = useReady(({ status }) => status)
  // Each of these servers stands below, with a button of its own.
  const warnings = hops.length === 0 ? all : all.filter(({ kind }) => kind !== 'hop-down')
  if (warnings.length === 0)
    return (
      <Notice tone="good">
        <p>Nothing needs you.</p>
      </Notice>
    )
  return (
    <ul className="warnings" aria-label="What needs you">
      {warnings.map(warning => (
        <li key={`${warning.kind} ${warning.text}`}>
          <Notice tone={isBad(warning) ? 'bad' : 'warning'}>
            <div className="warning-line">
              <p>{warning.text}</p>
              <div className="warning-mends">
                <Mends warning={warning} />
              </div>
            </div>
          </Notice>
        </li>
      ))}
    </ul>
  )
}

function isBad({ kind }: Warning): boolean {
  return kind === 'not-running' || kind === 'open-relay'
}

function Mends({ warning: { kind, mends: own = [] } }: { readonly warning: Warning }) {
  if (kind === 'open-relay') return <ClosingMends />
  if (kind === 'sign-in') return <MendButtons mends={own} />
  if (kind === 'next-hop')
    return (
      <>
        <MendButtons mends={own} />
        <MendButton mend={mends['stuck-mail'][0]} />
      </>
    )
  return mends[kind].map(mend => <MendButton key={mend.title} mend={mend} />)
}

/** Asked of the relay anew whenever the settings change. */
function ClosingMends() {
  const { bridge } = useDesk()
  const base = useReady(ready => ready.base)
  const revision = useReady(ready => ready.revision)
  const [audit] = useAnswer(() => bridge.ask('audit', { kind: 'current' }), revision)
  if (audit.kind === 'loading') return null
  const findings = audit.kind === 'loaded' ? audit.value.findings : []
  return openedBy(findings, base).map(way => <MendButton key={way.title} mend={way} />)
}

function MendButton({ mend }: { readonly mend: Mend }) {
  const { store } = useDesk()
  const act = useAct()
  const press = () =>
    'place' in mend ? store.go(mend.place) : act(bridge => bridge.ask('pause', mend.pause))
  return <Button onPress={press}>{mend.title}</Button>
}
