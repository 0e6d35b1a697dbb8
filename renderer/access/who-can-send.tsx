/** Who can send by these rows, in plain words, beside them, with what is hardly meant below. */
import type { Audit } from '../state/settings.ts'
import { useReady } from '../state/use.ts'
import { amountWords, enumerate } from '../words/plain.ts'
import { Findings } from './findings.tsx'
import { RelayNotice } from './relay-notice.tsx'
import { SenderLines } from './sender-lines.tsx'
import { ServiceOff } from './service-off.tsx'
import { Unanswered } from './unanswered.tsx'
import { useAudit } from './use-audit.ts'

/** Nobody reads more of them. */
const mostListed = 100

function lineCount({ lines, lineCount }: Audit): number {
  return lineCount ?? lines.length
}

export function WhoCanSend() {
  const audited = useAudit()
  const settings = useReady(({ draft }) => draft.settings)
  return (
    <aside className="who" aria-label="Who can send?">
      <h2>Who can send?</h2>
      <p className="muted">To addresses outside, with these rows from the top.</p>
      <ServiceOff isOff={!settings.smtp.enabled} what="This is what the rows allow once it is on." />
      {audited.kind === 'loading' && <p className="muted">Asking…</p>}
      {audited.kind === 'failed' && <Unanswered text={audited.text} />}
      {audited.kind === 'loaded' && (
        <div aria-live="polite">
          <SenderLines lines={audited.value.lines.slice(0, mostListed)} />
          {lineCount(audited.value) > mostListed && (
            <p className="muted">
              And {amountWords(lineCount(audited.value) - mostListed)} more, from row to row.
            </p>
          )}
          <Unknown hostNames={audited.value.hostNames ?? []} />
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
function Unknown({ hostNames }: { readonly hostNames: readonly string[] }) {
  const names = useReady(({ status }) => status.names)
  const known = new Set(names.map(({ name }) => name.toLowerCase()))
  const fresh = hostNames.filter(name => !known.has(name.toLowerCase()))
  if (fresh.length === 0) return null
  return (
    <p className="muted">
      {enumerate(fresh.slice(0, 5))}: looked up when applied; until then{' '}
      {fresh.length === 1 ? 'its' : 'their'} rows match nobody.
    </p>
  )
}
