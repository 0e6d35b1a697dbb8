/** Doctor: checks of this machine and of what the settings rely on. */
import { Check } from 'lucide-react'
import { Button } from '../parts/button.tsx'
import { Answer, Notice } from '../parts/notice.tsx'
import { useAnswer } from '../state/ask.ts'
import { type Place, placeOf } from '../state/place.ts'
import type { Check as CheckFacts } from '../state/settings.ts'
import { useDesk } from '../state/use.ts'
import { checkText, checkTitle } from '../words/doctor-words.ts'
import { count } from '../words/plain.ts'

export function Doctor() {
  const { bridge } = useDesk()
  const [answer, again] = useAnswer(() => bridge.ask('doctor'), '')
  return (
    <div className="list-page">
      <div className="toolbar">
        <Button onPress={again}>Check again</Button>
        <span className="muted">Ports, certificate, names, mail senders, rights, disk and clock.</span>
      </div>
      <Answer answer={answer} what="its checks; mail senders may take half a minute" again={again}>
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
          {good.map(check => (
            <li key={`${check.name} ${check.text}`}>
              <Check size={15} aria-hidden className="good" />
              <strong>{checkTitle(check)}</strong> <span>{checkText(check)}</span>
            </li>
          ))}
        </ul>
      )}
    </>
  )
}

const ranks = { failed: 0, warning: 1, ok: 2 }

function Fault({ check }: { readonly check: CheckFacts }) {
  const { store } = useDesk()
  const mend = mendOf(check)
  const title = checkTitle(check)
  return (
    <Notice tone={check.state === 'warning' ? 'warning' : 'bad'}>
      <div className="warning-line">
        <p>
          <strong>{title}:</strong> {checkText(check)}
        </p>
        {mend && (
          <Button aria-label={`${mend.title}: ${title}`} onPress={() => store.go(mend.place)}>
            {mend.title}
          </Button>
        )}
      </div>
    </Notice>
  )
}

interface Mend {
  readonly title: string
  readonly place: Place
}

/** What the window shows of checks that are about no setting. */
const shown: Readonly<Record<string, Mend>> = {
  certificate: { title: 'Show the certificate', place: { page: 'security', target: 'certificate' } },
  'waiting mail': { title: 'Show the queue', place: { page: 'queue', tab: 'waiting' } },
}

/** Where the window mends what a check is about; nothing for what the system does. */
function mendOf({ name, path }: CheckFacts): Mend | undefined {
  return path === undefined ? shown[name] : { title: 'Show it', place: placeOf(path) }
}
