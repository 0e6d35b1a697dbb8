/** Blocked addresses: who is turned away, until when and after what, with View and Unblock. */
import { useState } from 'react'
import { Button } from '../parts/button.tsx'
import { Answer, Empty } from '../parts/notice.tsx'
import { Overlay } from '../parts/overlay.tsx'
import { Section } from '../parts/page.tsx'
import { Time } from '../parts/time.tsx'
import { useAnswer } from '../state/ask.ts'
import type { Block } from '../state/settings.ts'
import { useAct, useDesk, useReady } from '../state/use.ts'
import { SourceView } from './source-view.tsx'

/** Rows drawn at first; an attack may come from thousands. */
const SHOWN = 50

export function Blocked() {
  const { bridge, store } = useDesk()
  const act = useAct()
  // Asked again when somebody is blocked or unblocked.
  const changes = useReady(({ events }) => {
    const told = events.filter(({ kind }) => kind === 'blocked' || kind === 'unblocked')
    return `${told.length} ${told.at(-1)?.time}`
  })
  const isOn = useReady(({ base }) => base.smtp.ids.enabled)
  const [answer, again] = useAnswer(() => bridge.ask('listBlocked'), changes)
  const [viewed, setViewed] = useState<string>()
  const unblock = (address: string) =>
    act(async asked => {
      await asked.ask('unblock', { addresses: [address] }, 'window')
      setViewed(undefined)
      again()
      store.say({ tone: 'good', text: `${address} is unblocked.` })
    })
  return (
    <Section
      title="Blocked addresses"
      name="blocked"
      sentence="Turned away for a time after too many events of IDS/IPS. It ends by itself."
      actions={<Button onPress={() => store.go({ page: 'smtp', tab: 'ids' })}>IDS/IPS settings</Button>}
    >
      <Answer answer={answer} what="the blocked addresses" again={again}>
        {blocks =>
          !isOn || blocks.length === 0 ? (
            <Empty title={isOn ? 'Nobody is blocked.' : 'IDS/IPS is switched off: nobody is blocked.'} />
          ) : (
            <BlockTable blocks={blocks} onView={setViewed} onUnblock={unblock} />
          )
        }
      </Answer>
      <Overlay
        title={`What ${viewed ?? 'it'} did`}
        isOpen={viewed !== undefined}
        onClose={() => setViewed(undefined)}
        isWide
        foot={viewed !== undefined && <Button onPress={() => unblock(viewed)}>Unblock</Button>}
      >
        {viewed !== undefined && <SourceView address={viewed} />}
      </Overlay>
    </Section>
  )
}

interface BlockTableProps {
  readonly blocks: readonly Block[]
  onView(address: string): void
  onUnblock(address: string): void
}

function BlockTable({ blocks, onView, onUnblock }: BlockTableProps) {
  const [most, setMost] = useState(SHOWN)
  return (
    <>
      <table className="table">
        <thead>
          <tr>
            <th>Address</th>
            <th>Ends</th>
            <th className="narrow-hidden">After</th>
            <th>
              <span className="visually-hidden">What to do</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {blocks.slice(0, most).map(({ address, until, why, known }) => (
            <tr key={address}>
              <td>
                <span className="mono">{address}</span>
                {known.length > 0 && <div className="muted">but for known accounts</div>}
                <div className="muted narrow-shown">{why}</div>
              </td>
              <td>
                <Time time={until} />
              </td>
              <td className="narrow-hidden">{why}</td>
              <td>
                <div className="toolbar">
                  <Button aria-label={`View what ${address} did`} onPress={() => onView(address)}>
                    View
                  </Button>
                  <Button aria-label={`Unblock ${address}`} onPress={() => onUnblock(address)}>
                    Unblock
                  </Button>
                </div>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {blocks.length > most && <Button onPress={() => setMost(most + SHOWN)}>Show more</Button>}
    </>
  )
}
