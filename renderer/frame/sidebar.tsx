/** The sidebar: every page under VPOP3's groups, walked with the arrow keys. */

import { CircleQuestionMark } from 'lucide-react'
import type { PageName } from '../state/place.ts'
import { takesMail } from '../state/takes-mail.ts'
import { useDesk, useNow, useReady, useWindow } from '../state/use.ts'
import { exactTime } from '../words/dates.ts'
import { amountWords, sinceWords } from '../words/plain.ts'
import { PostBox } from './post-box.tsx'

interface Group {
  readonly title?: string
  readonly entries: readonly { readonly page: PageName; readonly title: string }[]
}

const groups: readonly Group[] = [
  { entries: [{ page: 'status', title: 'Status' }] },
  { title: 'Services', entries: [{ page: 'smtp', title: 'SMTP' }] },
  {
    title: 'Mail',
    entries: [
      { page: 'users', title: 'Users' },
      { page: 'local-mail', title: 'Local mail' },
      { page: 'senders', title: 'Mail senders' },
      { page: 'queue', title: 'Queue' },
      { page: 'log', title: 'Log' },
    ],
  },
  {
    title: 'Server',
    entries: [
      { page: 'security', title: 'Security' },
      { page: 'tools', title: 'Tools' },
    ],
  },
]

export function Sidebar() {
  const open = useWindow(({ place }) => place.page)
  const { store } = useDesk()
  const users = useReady(({ draft }) => draft.settings.users.length)
  const messages = useReady(({ status }) => status.queue.messages)
  const counts: Partial<Record<PageName, number>> = { users, queue: messages }
  return (
    <nav className="sidebar" data-pane="sidebar" aria-label="Pages" onKeyDown={walk}>
      <div className="brand">
        <PostBox />
        <span>Postern</span>
      </div>
      {groups.map(({ title, entries }) => (
        <div className="sidebar-group" key={title ?? 'top'}>
          {title && <p className="sidebar-title">{title}</p>}
          {entries.map(entry => (
            <button
              key={entry.page}
              type="button"
              className="sidebar-entry"
              aria-current={entry.page === open ? 'page' : undefined}
              tabIndex={entry.page === (open === 'first-run' ? 'status' : open) ? 0 : -1}
              onClick={() => store.go({ page: entry.page })}
            >
              {entry.title}
              <Count amount={counts[entry.page] ?? 0} />
            </button>
          ))}
        </div>
      ))}
      <div className="sidebar-foot">
        <button
          type="button"
          className="sidebar-entry"
          aria-current={open === 'help' ? 'page' : undefined}
          tabIndex={open === 'help' ? 0 : -1}
          onClick={() => store.go({ page: 'help' })}
        >
          Help
          <CircleQuestionMark size={15} aria-hidden />
        </button>
        <Running />
      </div>
    </nav>
  )
}

function Count({ amount }: { readonly amount: number }) {
  return amount > 0 ? <span className="count">{amountWords(amount)}</span> : null
}

function Running() {
  const status = useReady(ready => ready.status)
  const { since } = status
  const takes = takesMail(status)
  const now = useNow()
  return (
    <p className="running" title={exactTime(since)}>
      <span className={takes ? 'dot dot-good' : 'dot dot-bad'} aria-hidden />
      <span>{takes ? `Running ${sinceWords(since, now)}` : 'Not taking mail'}</span>
    </p>
  )
}

/** The arrow keys, Home and End go through the entries; Enter opens one. */
function walk(event: React.KeyboardEvent<HTMLElement>): void {
  const entries = [...event.currentTarget.querySelectorAll<HTMLElement>('.sidebar-entry')]
  const at = entries.findIndex(entry => entry.contains(document.activeElement))
  const steps: Readonly<Record<string, number>> = {
    ArrowDown: at + 1,
    ArrowUp: at - 1,
    Home: 0,
    End: entries.length - 1,
  }
  const to = steps[event.key]
  if (to === undefined || at < 0) return
  event.preventDefault()
  entries.at(Math.min(entries.length - 1, Math.max(0, to)))?.focus()
}
