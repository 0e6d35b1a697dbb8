/** Where queued mail goes by a draft, and where it goes now. */
import { useAnswer, useTurn } from '../state/ask.ts'
import { useDesk, useReady } from '../state/use.ts'
import { amountWords, count } from '../words/plain.ts'

/** Lines that are shown. */
const most = 20

export function RoutesOfQueue() {
  const { bridge } = useDesk()
  const base = useReady(ready => ready.base)
  const draft = useReady(ready => ready.draft.settings)
  const hasProblems = useReady(ready => ready.problems.length > 0)
  const isChanged = base.delivery.routes !== draft.delivery.routes
  const turn = useTurn(draft)
  const [answer] = useAnswer(async () => {
    if (!isChanged || hasProblems) return undefined
    return bridge.ask('compareRoutes', { kind: 'current' }, { kind: 'draft', draft })
  }, turn)
  if (!isChanged || answer.kind !== 'loaded' || !answer.value) return null
  const { recipients, messages, list } = answer.value
  if (recipients === 0) return <p className="muted">Mail that waits goes the way it would have gone.</p>
  return (
    <section className="rerouting" aria-label="Queued mail that goes another way">
      <h3>
        {count(recipients, 'recipient')} of {count(messages, 'queued message')}{' '}
        {recipients === 1 ? 'goes' : 'go'} another way
      </h3>
      <table>
        <thead>
          <tr>
            <th>To</th>
            <th>Before</th>
            <th>After</th>
          </tr>
        </thead>
        <tbody>
          {list.slice(0, most).map(({ id, to, before, after, sending }) => (
            <tr key={`${id} ${to}`} title={`Message ${id}`}>
              <td>{to}</td>
              <td>{before}</td>
              <td>
                {after}
                {sending && <span className="muted"> (unless it is being sent right now)</span>}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {recipients > most && <p className="muted">and {amountWords(recipients - most)} more</p>}
    </section>
  )
}
