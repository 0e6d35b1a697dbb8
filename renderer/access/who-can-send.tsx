/** Who can send by these rows, in plain words, beside them, with what is hardly meant below. */
import type { AccessRow } from '../state/settings.ts'
import { useReady } from '../state/use.ts'
import { enumerate } from '../words/plain.ts'
import { Findings } from './findings.tsx'
import { RelayNotice } from './relay-notice.tsx'
import { addressOf } from './rows.ts'
import { SenderLines } from './sender-lines.tsx'
import { Unanswered } from './unanswered.tsx'
import { useAudit } from './use-audit.ts'

/** Nobody reads more of them. */
const mostListed = 100

export function WhoCanSend() {
  const audited = useAudit()
  const settings = useReady(({ draft }) => draft.settings)
  return (
    <aside className="who" aria-label="Who can send?">
      <h2>Who can send?</h2>
      <p className="muted">To addresses outside, with these rows from the top.</p>
      {audited.kind === 'loading' && <p className="muted">Asking…</p>}
      {audited.kind === 'failed' && <Unanswered text={audited.text} />}
      {audited.kind === 'loaded' && (
        <div aria-live="polite">
          <SenderLines lines={audited.value.lines.slice(0, mostListed)} />
          {audited.value.lines.length > mostListed && (
            <p className="muted">
              And {(audited.value.lines.length - mostListed).toLocaleString('en')} more, from row to row.
            </p>
          )}
          <Unknown rows={settings.smtp.access} />
          <div className="findings">
            <RelayNotice audit={audited.value} />
            <Findings findings={audited.value.findings} most={5} />
          </div>
        </div>
      )}
      {settings.smtp.useGlobalAccess && settings.globalAccess.length > 0 && (
        <p className="muted">The Global Access Restrictions count too, and can only refuse more.</p>
      )}
    </aside>
  )
}

/** Host names that the relay looks up once they are applied: until then they stand for nobody. */
function Unknown({ rows }: { readonly rows: readonly AccessRow[] }) {
  const names = useReady(({ status }) => status.names)
  const known = new Set(names.map(({ name }) => name.toLowerCase()))
  const fresh = new Set(
    rows.flatMap(({ from, enabled }) => {
      const { type, address } = addressOf(from)
      return enabled && type === 'name' && address !== '' && !known.has(address.toLowerCase())
        ? [address]
        : []
    }),
  )
  if (fresh.size === 0) return null
  return (
    <p className="muted">
      {enumerate([...fresh].slice(0, 5))}: looked up when applied; until then{' '}
      {fresh.size === 1 ? 'its' : 'their'} rows match nobody.
    </p>
  )
}
