/** Who can send?, the whole answer: to addresses outside, to mailboxes here, and every range of addresses. */
import { useState } from 'react'
import { Button } from '../parts/button.tsx'
import { Notice } from '../parts/notice.tsx'
import { allChanges } from '../state/draft.ts'
import type { Audit } from '../state/settings.ts'
import { useReady } from '../state/use.ts'
import { amountWords, enumerate } from '../words/plain.ts'
import { Findings } from './findings.tsx'
import { RelayNotice } from './relay-notice.tsx'
import { SenderLines } from './sender-lines.tsx'
import { ServiceOff } from './service-off.tsx'
import { useAudit } from './use-audit.ts'

export function SendersPage() {
  const audited = useAudit()
  const isEdited = useReady(({ base, draft }) => allChanges(base, draft).length > 0)
  if (audited.kind === 'loading') return <p className="muted">Asking…</p>
  if (audited.kind === 'failed')
    return (
      <Notice tone="plain">
        <p>{audited.text}</p>
      </Notice>
    )
  return (
    <div className="senders-page">
      <p className="muted">
        {isEdited ? 'With your changes, which are not applied yet.' : 'By the settings in force.'} All of IPv4
        and IPv6 is looked at; nothing is sampled.
      </p>
      <ServiceOff isOff={audited.value.off === true} what="This is what the lists allow once it is on." />
      <RelayNotice audit={audited.value} />
      <Findings findings={audited.value.findings} most={20} />
      <div className="senders-halves">
        <section className="who" aria-label="To addresses outside">
          <h2>To addresses outside</h2>
          <Lines lines={audited.value.lines} count={audited.value.lineCount} />
        </section>
        <section className="who" aria-label="To your own users">
          <h2>To your own users</h2>
          <Lines lines={audited.value.internalLines} count={audited.value.internalLineCount} />
        </section>
      </div>
      <Ranges ranges={audited.value.ranges} count={audited.value.rangeCount} />
    </div>
  )
}

/** Nobody reads more of them. */
const mostLines = 500

interface LinesProps {
  readonly lines: Audit['lines']
  /** How many there are, where only the first are told. */
  readonly count: number | undefined
}

function Lines({ lines, count = lines.length }: LinesProps) {
  const told = lines.slice(0, mostLines)
  return (
    <>
      <SenderLines lines={told} />
      {count > told.length && <p className="muted">And {amountWords(count - told.length)} more.</p>}
    </>
  )
}

interface RangesProps {
  readonly ranges: Audit['ranges']
  readonly count: number | undefined
}

/** Rows drawn at first, and more with each press of the button. */
const step = 50

function Ranges({ ranges, count = ranges.length }: RangesProps) {
  const [most, setMost] = useState(step)
  return (
    <section aria-label="Every range of addresses">
      <h2>Every range of addresses</h2>
      <table className="table">
        <thead>
          <tr>
            <th>From</th>
            <th>To</th>
            <th>Can send outside</th>
          </tr>
        </thead>
        <tbody>
          {ranges.slice(0, most).map(({ first, last, relay, users }) => (
            <tr key={first}>
              <td className="address">{first}</td>
              <td className="address">{last}</td>
              <td>{relayWords(relay, users)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {ranges.length > most && <Button onPress={() => setMost(most + step)}>Show more</Button>}
      {ranges.length <= most && count > ranges.length && (
        <p className="muted">
          And {amountWords(count - ranges.length)} ranges more: <code>postern audit --json</code> prints all.
        </p>
      )}
    </section>
  )
}

function relayWords(relay: Audit['ranges'][number]['relay'], users: readonly string[] | null): string {
  if (relay === 'anyone') return 'anyone'
  if (relay === 'never') return 'nobody'
  return `${users === null ? 'every user' : enumerate(users)}, after logging on`
}
