/** Who can send?, the whole answer: to addresses outside, to mailboxes here, and every range of addresses. */
import { useState } from 'react'
import { Button } from '../parts/button.tsx'
import { Notice } from '../parts/notice.tsx'
import { allChanges } from '../state/draft.ts'
import type { Audit } from '../state/settings.ts'
import { useReady } from '../state/use.ts'
import { enumerate } from '../words/plain.ts'
import { Findings } from './findings.tsx'
import { RelayNotice } from './relay-notice.tsx'
import { SenderLines } from './sender-lines.tsx'
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
      <RelayNotice audit={audited.value} />
      <Findings findings={audited.value.findings} most={20} />
      <div className="senders-halves">
        <section className="who" aria-label="To addresses outside">
          <h2>To addresses outside</h2>
          <SenderLines lines={audited.value.lines} />
        </section>
        <section className="who" aria-label="To your own users">
          <h2>To your own users</h2>
          <SenderLines lines={audited.value.internalLines} />
        </section>
      </div>
      <Ranges ranges={audited.value.ranges} />
    </div>
  )
}

/** Rows drawn at first, and more with each press of the button. */
const step = 50

function Ranges({ ranges }: { readonly ranges: Audit['ranges'] }) {
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
    </section>
  )
}

function relayWords(relay: Audit['ranges'][number]['relay'], users: readonly string[] | null): string {
  if (relay === 'anyone') return 'anyone'
  if (relay === 'never') return 'nobody'
  return `${users === null ? 'every user' : enumerate(users)}, after logging on`
}
