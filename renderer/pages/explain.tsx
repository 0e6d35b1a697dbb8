/** Explain: what the relay answers to a client by the settings in force, and why. */
import { useId, useState } from 'react'
import { ServiceOff } from '../access/service-off.tsx'
import { Verdict } from '../access/verdict.tsx'
import { Answer, Empty } from '../parts/notice.tsx'
import { useAnswer, useSettled } from '../state/ask.ts'
import { allChanges } from '../state/draft.ts'
import { useDesk, useReady } from '../state/use.ts'

interface Asked {
  readonly client: string
  readonly user: string
  readonly from: string
  readonly to: string
}

export function Explain() {
  const [asked, setAsked] = useState<Asked>({ client: '', user: '', from: '', to: '' })
  const users = useReady(({ users }) => users)
  const isEdited = useReady(({ base, draft }) => allChanges(base, draft).length > 0)
  const isOn = useReady(({ base }) => base.smtp.enabled)
  const id = useId()
  const text = (key: keyof Asked, label: string, placeholder: string) => (
    <div className="field">
      <label htmlFor={`${id}-${key}`}>{label}</label>
      <input
        id={`${id}-${key}`}
        className="input"
        value={asked[key]}
        placeholder={placeholder}
        spellCheck={false}
        onChange={event => setAsked({ ...asked, [key]: event.target.value })}
      />
    </div>
  )
  return (
    <div className="settings settings-wide">
      <p className="muted">
        Describe a client and a message. The answer is by the settings in force
        {isEdited && '; your changes are tried under SMTP, IP Access Restrictions'}.
      </p>
      <div className="card-fields">
        {text('client', 'The client’s address', '203.0.113.9')}
        <div className="field">
          <label htmlFor={`${id}-user`}>Logged on as</label>
          <select
            id={`${id}-user`}
            className="input"
            value={asked.user}
            onChange={event => setAsked({ ...asked, user: event.target.value })}
          >
            <option value="">nobody</option>
            {users.map(({ name }) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </div>
        {text('from', 'From (may be left out)', 'boss@example.com')}
        {text('to', 'To', 'someone@elsewhere.org')}
      </div>
      <ServiceOff isOff={!isOn} what="The answer is what holds once it is on." />
      {asked.client.trim() === '' || asked.to.trim() === '' ? (
        <Empty title="Write the client’s address and a recipient.">
          <p className="muted">The address of a client stands in the Log, beside each refusal.</p>
        </Empty>
      ) : (
        <Explained asked={asked} />
      )}
    </div>
  )
}

function Explained({ asked }: { readonly asked: Asked }) {
  const { bridge } = useDesk()
  const base = useReady(ready => ready.base)
  const { client, user, from, to } = useSettled(asked, 150)
  const [answer, again] = useAnswer(
    () =>
      bridge.ask('explain', {
        client: client.trim(),
        to: to.trim(),
        ...(user === '' ? {} : { user }),
        ...(from.trim() === '' ? {} : { from: from.trim() }),
      }),
    JSON.stringify([client, user, from, to]),
  )
  return (
    <div aria-live="polite">
      <Answer answer={answer} what="the reason" again={again}>
        {decision => (
          <Verdict
            decision={decision}
            rows={decision.list === 'global' ? base.globalAccess : base.smtp.access}
          />
        )}
      </Answer>
    </div>
  )
}
