/** Export: the list in force as another server wants it, to be copied; or why it can't be. */
import { useId, useState } from 'react'
import { Answer, Notice } from '../parts/notice.tsx'
import { useAnswer } from '../state/ask.ts'
import type { ExportTarget } from '../state/settings.ts'
import { useDesk, useReady } from '../state/use.ts'

interface Target {
  readonly id: string
  readonly title: string
  readonly target: ExportTarget
}

const targets: readonly Target[] = [
  { id: 'vpop3-5', title: 'VPOP3 5 and later', target: { dialect: 'vpop3', version: '5' } },
  { id: 'vpop3-3', title: 'VPOP3 3 or 4', target: { dialect: 'vpop3', version: '3' } },
  { id: 'vpop3-1.5', title: 'VPOP3 1.5', target: { dialect: 'vpop3', version: '1.5' } },
  { id: 'postfix', title: 'Postfix', target: { dialect: 'postfix' } },
]

export function Export() {
  const [wanted, setWanted] = useState('')
  const id = useId()
  const found = targets.find(one => one.id === wanted)
  return (
    <>
      <div className="field exchange-target">
        <label htmlFor={id}>Written for</label>
        <select id={id} className="input" value={wanted} onChange={event => setWanted(event.target.value)}>
          <option value="">choose a server</option>
          {targets.map(one => (
            <option key={one.id} value={one.id}>
              {one.title}
            </option>
          ))}
        </select>
      </div>
      {found && <Written key={found.id} target={found.target} />}
    </>
  )
}

function Written({ target }: { readonly target: ExportTarget }) {
  const { bridge } = useDesk()
  const revision = useReady(ready => ready.revision)
  const [answer, again] = useAnswer(
    () => bridge.ask('exportList', target),
    JSON.stringify([target, revision]),
  )
  return (
    <div className="exchange-preview" aria-live="polite">
      <Answer answer={answer} what="the list" again={again}>
        {made =>
          made.ok ? (
            <>
              <div>
                {made.files.map(({ name, text }) => (
                  <File key={name} name={name} text={text} isOpen={made.files.length === 1} />
                ))}
              </div>
              {target.dialect === 'postfix' && (
                <p className="muted">
                  “postern export postfix” and a folder’s name writes these files at once, on the command
                  line.
                </p>
              )}
              <Notice tone="plain">
                <ul>
                  {made.notes.map(note => (
                    <li key={note}>{note}</li>
                  ))}
                </ul>
              </Notice>
            </>
          ) : (
            <Notice tone="bad">
              <p>Nothing is written, for this can’t be said there:</p>
              <ul>
                {made.problems.map(({ path, text }) => (
                  <li key={`${path} ${text}`}>
                    <strong>{path}:</strong> {text}
                  </li>
                ))}
              </ul>
            </Notice>
          )
        }
      </Answer>
    </div>
  )
}

interface FileProps {
  readonly name: string
  readonly text: string
  readonly isOpen: boolean
}

function File({ name, text, isOpen }: FileProps) {
  return (
    <details open={isOpen} className="exchange-file">
      <summary>{name}</summary>
      <textarea
        className="input exchange-text"
        readOnly
        aria-label={name}
        rows={Math.min(16, text.split('\n').length)}
        value={text}
      />
    </details>
  )
}
