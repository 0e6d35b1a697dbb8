/** A decision on the screen: the verdict, the reply, the row that decided, and the steps. */
import { CircleCheck, CircleX, KeyRound } from 'lucide-react'
import { formatPath } from '../state/paths.ts'
import type { AccessRow, Decision } from '../state/settings.ts'
import { useDesk } from '../state/use.ts'
import { rowWords } from './rows.ts'

interface VerdictProps {
  readonly decision: Decision
  /** Of the list that may have decided. */
  readonly rows: readonly AccessRow[]
  /** For who sees the row on another page. */
  onGo?(): void
}

export function Verdict({ decision, rows, onGo }: VerdictProps) {
  const { verdict, reply, steps } = decision
  const kind = verdict === 'accept' ? 'good' : reply.code === 530 ? 'warning' : 'bad'
  const Icon = kind === 'good' ? CircleCheck : kind === 'warning' ? KeyRound : CircleX
  const words = kind === 'good' ? 'Accepted' : kind === 'warning' ? 'Log on first' : 'Refused'
  return (
    <div className={`notice notice-${kind} verdict`} data-verdict={verdict}>
      <Icon size={16} aria-hidden />
      <div className="notice-words">
        <p>
          <strong>{words}.</strong> {steps.at(-2)}
        </p>
        <p>
          <code>{[reply.code, reply.status, reply.text].join(' ')}</code>{' '}
          <DecidingRow decision={decision} rows={rows} {...(onGo && { onGo })} />
        </p>
        <details>
          <summary>Step by step</summary>
          <ol className="steps">
            {steps.map(step => (
              <li key={step}>{step}</li>
            ))}
          </ol>
        </details>
      </div>
    </div>
  )
}

export function DecidingRow({ decision: { list, row }, rows, onGo }: VerdictProps) {
  const { store } = useDesk()
  if (list === null || row === null) return null
  const found = rows[row - 1]
  const target = formatPath(list === 'service' ? ['smtp', 'access', row - 1] : ['globalAccess', row - 1])
  const go = () => {
    onGo?.()
    store.go(list === 'service' ? { page: 'smtp', tab: 'access', target } : { page: 'security', target })
  }
  return (
    <button
      type="button"
      className="link"
      title={list === 'service' && found ? rowWords(found) : undefined}
      onClick={go}
    >
      {list === 'global' ? `Global row ${row}` : `Row ${row}`} decides
    </button>
  )
}
