/** Doctor: checks of this machine and of what the settings rely on. */
import { Button } from '../parts/button.tsx'
import { Answer, Notice } from '../parts/notice.tsx'
import { useAnswer } from '../state/ask.ts'
import type { Check } from '../state/settings.ts'
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

const ranks = { failed: 0, warning: 1, ok: 2 }

function Checks({ checks }: { readonly checks: readonly Check[] }) {
  const bad = checks.filter(({ state }) => state !== 'ok').length
  const sorted = [...checks].sort((a, b) => ranks[a.state] - ranks[b.state])
  return (
    <>
      <p>
        <strong>{bad === 0 ? 'All is well.' : `${count(bad, 'thing')} to look at.`}</strong>
      </p>
      {sorted.map(({ name, state, text }) => (
        <Notice
          key={`${name} ${text}`}
          tone={state === 'ok' ? 'good' : state === 'warning' ? 'warning' : 'bad'}
        >
          <p>
            <strong>{capital(name)}:</strong> {text}
          </p>
        </Notice>
      ))}
    </>
  )
}
