/** "Try an address": what the relay would answer by the draft, while one types. */
import { useMemo, useState } from 'react'
import { useAnswer, useSettled, useTurn } from '../state/ask.ts'
import { useDesk, useReady } from '../state/use.ts'
import { Unanswered } from './unanswered.tsx'
import { Verdict } from './verdict.tsx'

export function TryAddress() {
  const { bridge } = useDesk()
  const { settings } = useReady(ready => ready.draft)
  const [client, setClient] = useState('203.0.113.9')
  const [user, setUser] = useState('')
  const [to, setTo] = useState('someone@elsewhere.org')
  const typed = useMemo(
    () => ({ client: client.trim(), user, to: to.trim(), settings }),
    [client, user, to, settings],
  )
  const asked = useSettled(typed, 150)
  const [answer] = useAnswer(
    () => {
      const { client, user, to, settings } = asked
      return bridge.ask('explainDraft', settings, { client, to, ...(user === '' ? {} : { user }) })
    },
    useTurn(asked),
    true,
  )
  return (
    <section className="try" aria-label="Try an address">
      <div className="try-fields">
        <div className="try-pair">
          <label htmlFor="try-client">Try an address</label>
          <input
            id="try-client"
            className="input try-client"
            value={client}
            spellCheck={false}
            onChange={event => setClient(event.target.value)}
          />
        </div>
        <div className="try-pair">
          <label htmlFor="try-user">as</label>
          <select
            id="try-user"
            className="input"
            value={user}
            onChange={event => setUser(event.target.value)}
          >
            <option value="">nobody</option>
            {settings.users.map(({ name }) => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
          </select>
        </div>
        <div className="try-pair try-pair-wide">
          <label htmlFor="try-to">to</label>
          <input
            id="try-to"
            className="input try-to"
            value={to}
            spellCheck={false}
            onChange={event => setTo(event.target.value)}
          />
        </div>
      </div>
      <div aria-live="polite">
        {answer.kind === 'loading' && <p className="muted">Asking…</p>}
        {answer.kind === 'failed' && <Unanswered text={answer.text} />}
        {answer.kind === 'loaded' && <Verdict decision={answer.value} rows={settings.smtp.access} />}
      </div>
    </section>
  )
}
