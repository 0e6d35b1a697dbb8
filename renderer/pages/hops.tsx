/** The next hops that mail waits for: since when, until when, why, and a button that tries one now. */
import { RotateCw } from 'lucide-react'
import { Button } from '../parts/button.tsx'
import { Notice } from '../parts/notice.tsx'
import { useAct, useNow, useReady } from '../state/use.ts'
import { type Hop, hopWords } from '../words/hop-words.ts'
import { capital } from '../words/plain.ts'

/** The rest shows in the queue. */
const SHOWN = 5

export function Hops() {
  const hops = useReady(({ status }) => status.hops)
  if (hops.length === 0) return null
  return (
    <ul className="warnings" aria-label="Servers that mail waits for">
      {hops.slice(0, SHOWN).map(hop => (
        <li key={hop.name}>
          <HopNotice hop={hop} />
        </li>
      ))}
    </ul>
  )
}

function HopNotice({ hop }: { readonly hop: Hop }) {
  const now = useNow()
  const act = useAct()
  const tryNow = () =>
    act(bridge => bridge.ask('retryMessages', { ids: [], all: true, filter: { hop: hop.name } }))
  return (
    <Notice tone="warning">
      <div className="warning-line">
        <p>
          {hopWords(hop, now)} <span className="muted">{capital(hop.why)}.</span>
        </p>
        <div className="warning-mends">
          <Button icon={RotateCw} onPress={tryNow}>
            Try now
          </Button>
        </div>
      </div>
    </Notice>
  )
}
