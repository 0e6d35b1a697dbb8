/** Doctor: checks of this machine and of what the settings rely on. */
import { Check } from 'lucide-react'
import { Button } from '../parts/button.tsx'
import { Answer, Notice } from '../parts/notice.tsx'
import { useAnswer } from '../state/ask.ts'
import { type Place, placeOf } from '../state/place.ts'
import type { Check as CheckFacts } from '../state/settings.ts'
import { useDesk } from '../state/use.ts'
import { capital, count } from '../words/plain.ts'

export function Doctor() {
  const { bridge } = useDesk()
  const [answer, again] = useAnswer(() => bridge.ask('doctor'), '')
  return (
    <div className="list-page">
      <div className="toolbar">
        <Button onPress={again}>Check again</Button>
        <span className="muted">Ports, certificate, names, routes, rights, disk and clock.</span>
      </div>
      <Answer answer={answer} what="its checks; routes may take half a minute" again={again}>
        {checks => <Checks checks={checks} />}
      </Answer>
    </div>
  )
}

function Checks({ checks }: { readonly checks: readonly CheckFacts[] }) {
  const bad = checks.filter(({ state }) => state !== 'ok').sort((a, b) => ranks[a.state] - ranks[b.state])
  const good = checks.filter(({ state }) => state === 'ok')
  return (
    <>
      <h2>{bad.length === 0 ? 'All is well.' : `${count(bad.length, 'thing')} to look at.`}</h2>
      {bad.map(check => (
        <Fault key={`${check.name} ${check.text}`} check={check} />
      ))}
      {good.length > 0 && (
        <ul className="passed" aria-label="In order">
          {good.map(({ name, text }) => (
            <li key={`${name} ${text}`}>
              <Check size={15} aria-hidden className="good" />
              <strong>{capital(name)}</strong> <span>{text}</span>
            </li>
          ))}
        </ul>
      )}
    </>
  )
}

const ranks = { failed: 0, warning: 1, ok: 2 }

function Fault({ check: { name, state, text } }: { readonly check: CheckFacts }) {
  const { store } = useDesk()
  const mend = mendOf(name)
  return (
    <Notice tone={state === 'warning' ? 'warning' : 'bad'}>
      <div className="warning-line">
        <p>
          <strong>{capital(name)}:</strong> {text}
        </p>
        {mend && <Button onPress={() => store.go(mend.place)}>{mend.title}</Button>}
      </div>
    </Notice>
  )
}

/** Where the window mends what a check is about; nothing for what the system does. */
function mendOf(name: string): { readonly title: string; readonly place: Place } | undefined {
  const route = /^route (\d+)$/.exec(name)
  if (route) return { title: 'Show it', place: placeOf(`delivery.routes[${Number(route[1]) - 1}]`) }
  if (/^(port|smtp)\b/.test(name)) return { title: 'Show the bindings', place: placeOf('smtp.listeners') }
  if (name === 'certificate')
    return { title: 'Show the certificate', place: { page: 'security', target: 'certificate' } }
  const path = mended[name]
  return path === undefined ? undefined : { title: 'Show it', place: placeOf(path) }
}

const mended: Readonly<Record<string, string>> = {
  access: 'smtp.access',
  'host name': 'hostname',
  routers: 'routers',
  routes: 'delivery.routes',
  postmaster: 'aliases',
  'log-on': 'smtp.listeners',
}
