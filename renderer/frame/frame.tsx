/** The frame: sidebar, page, draft bar; and what stands in their place while the relay hasn't answered. */
import { startTransition, useDeferredValue, useMemo, useRef, useState } from 'react'
import { Button } from '../parts/button.tsx'
import { Empty } from '../parts/notice.tsx'
import type { Place } from '../state/place.ts'
import { PlaceContext, useDesk, useWindow } from '../state/use.ts'
import { Boundary } from './boundary.tsx'
import { DraftBar } from './draft-bar.tsx'
import { Help } from './help.tsx'
import { useKeys } from './keys.ts'
import { OpenRelay } from './open-relay.tsx'
import { pages } from './pages.tsx'
import { Review } from './review.tsx'
import { Sidebar } from './sidebar.tsx'
import { useTarget } from './target.ts'

export function Frame() {
  const kind = useWindow(({ connection }) => connection.kind)
  if (kind === 'loading') return <Waiting />
  return kind === 'failed' ? <Failed /> : <Open />
}

function Open() {
  const place = useDrawnPlace()
  const message = useWindow(state => state.message)
  const [isReviewing, setReviewing] = useState(false)
  const [option, setOption] = useState<string>()
  const main = useRef<HTMLElement>(null)
  useKeys({ explain: setOption })
  useTarget(place, main)
  // Made a little at a time: a long draft has much to say.
  const review = () => startTransition(() => setReviewing(true))
  const page = useMemo(() => <Page place={place} />, [place])
  return (
    <div className="frame">
      <Sidebar />
      <div className="frame-right">
        <main className="page" data-pane="page" ref={main} key={place.page} tabIndex={-1}>
          {page}
        </main>
        {place.page !== 'first-run' && <DraftBar onReview={review} />}
      </div>
      <Review isOpen={isReviewing} onClose={() => setReviewing(false)} />
      <OpenRelay />
      <Help option={option} onClose={() => setOption(undefined)} />
      <div className="visually-hidden" role="status">
        {message?.text}
      </div>
    </div>
  )
}

/** The sidebar is ahead of another page, which is drawn a little at a time: some hold much. */
function useDrawnPlace(): Place {
  const next = useWindow(({ place }) => place)
  const drawn = useDeferredValue(next)
  return drawn.page === next.page && drawn.tab === next.tab ? next : drawn
}

function Page({ place }: { readonly place: Place }) {
  const Shown = pages[place.page]
  return (
    <PlaceContext value={place}>
      <Boundary>
        <Shown />
      </Boundary>
    </PlaceContext>
  )
}

function Waiting() {
  return (
    <main className="alone">
      <h1 className="visually-hidden">Postern</h1>
      <p className="muted">Asking the relay for its settings…</p>
    </main>
  )
}

function Failed() {
  const { store } = useDesk()
  const text = useWindow(({ connection }) => (connection.kind === 'failed' ? connection.text : ''))
  return (
    <main className="alone">
      <h1 className="visually-hidden">Postern</h1>
      <Empty title="The relay did not answer.">
        <p>{text}</p>
        <p className="muted">
          Try again. If it stays so, quit Postern from its tray icon and start it anew; mail in the queue is
          safe on the disk.
        </p>
        <Button kind="main" onPress={() => void store.load()}>
          Try again
        </Button>
      </Empty>
    </main>
  )
}
