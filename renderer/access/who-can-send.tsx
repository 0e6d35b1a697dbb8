/** Who can send by these rows, in plain words, beside them. */

import { Notice } from '../parts/notice.tsx'
import { formatPath } from '../state/paths.ts'
import { useDesk, useReady } from '../state/use.ts'
import { count, enumerate } from '../words/plain.ts'
import { type Permission, type Sender, sendersOf, unreachableRows } from './senders.ts'

const marks: Readonly<Record<Permission, string>> = {
  anyone: 'mark-anyone',
  'after-login': 'mark-login',
  never: 'mark-never',
}

/** Nobody reads more of them. */
const mostListed = 100

export function WhoCanSend() {
  const { settings } = useReady(ready => ready.draft)
  const machine = useReady(ready => ready.machine)
  const rows = settings.smtp.access
  const senders = sendersOf(settings, rows, machine)
  const idle = unreachableRows(rows)
  return (
    <aside className="who" aria-label="Who can send?">
      <h2>Who can send?</h2>
      <p className="muted">To addresses outside, with these rows from the top.</p>
      <ul className="who-list">
        {senders.slice(0, mostListed).map(sender => (
          <SenderLine key={sender.row} sender={sender} />
        ))}
      </ul>
      {senders.length > mostListed && (
        <p className="muted">And {(senders.length - mostListed).toLocaleString('en')} more, row by row.</p>
      )}
      {isOpen(senders) && (
        <Notice tone="bad">
          <p>
            <strong>This is an open relay.</strong> Everybody on the Internet can send without logging on.
            Take Allow Unauth off that row, or choose Required under SMTP Authentication.
          </p>
        </Notice>
      )}
      {idle.length > 0 && (
        <Notice tone="warning">
          <p>
            {count(idle.length, 'Row', 'Rows').replace(/^[\d,]+ /, '')} {enumerate(idle.map(String))} can
            never decide: the row for Any above takes everybody first. Move{' '}
            {idle.length === 1 ? 'it' : 'them'} up.
          </p>
        </Notice>
      )}
      {settings.smtp.useGlobalAccess && settings.globalAccess.length > 0 && (
        <p className="muted">The Global Access Restrictions count too, and can only refuse more.</p>
      )}
    </aside>
  )
}

function SenderLine({ sender }: { readonly sender: Sender }) {
  const { store } = useDesk()
  const target = formatPath(['smtp', 'access', sender.row - 1])
  return (
    <li>
      <span className={`mark ${marks[sender.permission]}`} aria-hidden />
      <div>
        <p className="who-name">{sender.who}</p>
        <p className="muted">
          {sender.words}
          {sender.row > 0 && (
            <>
              {' · '}
              <button
                type="button"
                className="link"
                onClick={() => store.go({ page: 'smtp', tab: 'access', target })}
              >
                row {sender.row}
              </button>
            </>
          )}
        </p>
      </div>
    </li>
  )
}

function isOpen(senders: readonly Sender[]): boolean {
  return senders.some(({ who, permission }) => permission === 'anyone' && /Internet|Everybody/.test(who))
}
