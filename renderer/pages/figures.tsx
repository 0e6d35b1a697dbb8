/** The figures of this moment: sessions, and the mail that waits, is held or failed, each with the way there. */
import type { Place } from '../state/place.ts'
import { useDesk, useReady } from '../state/use.ts'
import { amountWords } from '../words/plain.ts'

export function Figures() {
  const { sessions, queue } = useReady(({ status }) => status)
  const failed = useReady(({ events }) => events.filter(({ kind }) => kind === 'failed').length)
  return (
    <div className="figures">
      <Figure title="Sessions now" amount={sessions} place={{ page: 'log' }} />
      <Figure title="Waiting" amount={queue.waiting} place={{ page: 'queue', tab: 'waiting' }} />
      <Figure title="Held" amount={queue.held} place={{ page: 'queue', tab: 'held' }} tone="warning" />
      <Figure title="Failed lately" amount={failed} place={{ page: 'log' }} tone="bad" />
    </div>
  )
}

interface FigureProps {
  readonly title: string
  readonly amount: number
  readonly place: Place
  /** Its colour while it isn't 0. */
  readonly tone?: 'warning' | 'bad'
}

function Figure({ title, amount, place, tone }: FigureProps) {
  const { store } = useDesk()
  const colour = amount > 0 && tone ? `figure-amount text-${tone}` : 'figure-amount'
  return (
    <button type="button" className="figure" onClick={() => store.go(place)}>
      <span className={colour}>{amountWords(amount)}</span>
      <span className="figure-title">{title}</span>
    </button>
  )
}
