/** The queue as a table: a row for each message, with what its recipients wait for. */
import { Time } from '../parts/time.tsx'
import type { Message } from '../state/settings.ts'
import { useNow } from '../state/use.ts'
import { path, type Reply } from '../words/event-words.ts'
import { count, exactTime, formatBytes } from '../words/plain.ts'

interface QueueTableProps {
  readonly messages: readonly Message[]
  readonly chosen: ReadonlySet<string>
  onChoose(ids: ReadonlySet<string>): void
  onOpen(id: string): void
}

export function QueueTable({ messages, chosen, onChoose, onOpen }: QueueTableProps) {
  const all = messages.every(({ id }) => chosen.has(id))
  const turn = (id: string) => {
    const next = new Set(chosen)
    if (!next.delete(id)) next.add(id)
    onChoose(next)
  }
  return (
    <table className="table queue-table">
      <thead>
        <tr>
          <th className="tick">
            <input
              type="checkbox"
              aria-label="Choose all messages shown"
              checked={all}
              onChange={() => onChoose(all ? new Set() : new Set(messages.map(({ id }) => id)))}
            />
          </th>
          <th>From and to</th>
          <th>State</th>
          <th className="narrow-hidden">Size</th>
          <th className="narrow-hidden">Arrived</th>
        </tr>
      </thead>
      <tbody>
        {messages.map(message => (
          <tr key={message.id} data-path={message.id} data-chosen={chosen.has(message.id) || undefined}>
            <td className="tick">
              <input
                type="checkbox"
                aria-label={`Choose the message from ${path(message.envelope.reversePath)}`}
                checked={chosen.has(message.id)}
                onChange={() => turn(message.id)}
              />
            </td>
            <td className="cut">
              <button type="button" className="link strong" onClick={() => onOpen(message.id)}>
                {path(message.envelope.reversePath)}
              </button>
              <div className="muted cut">
                to {message.envelope.recipients[0]?.address}
                {message.envelope.recipients.length > 1 &&
                  ` and ${message.envelope.recipients.length - 1} more`}
              </div>
              <div className="muted narrow-shown">
                arrived <Time time={message.received} />
              </div>
            </td>
            <td>
              <StateWords message={message} />
            </td>
            <td className="narrow-hidden">{formatBytes(message.size)}</td>
            <td className="narrow-hidden">
              <Time time={message.received} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

/** Of the recipient that needs most: held before waiting. */
function StateWords({ message: { states, sending } }: { readonly message: Message }) {
  const state =
    states.find(({ kind }) => kind === 'held') ?? states.find(({ kind }) => kind === 'waiting') ?? states[0]
  if (sending.length > 0) return <span className="tag tag-good">being sent</span>
  if (state?.kind === 'held')
    return (
      <>
        <span className="tag tag-warning">held</span> <span className="muted">{state.why}</span>
        {state.reply && <LastReply reply={state.reply} />}
      </>
    )
  if (state?.kind !== 'waiting') return <span className="tag">{state?.kind}</span>
  return (
    <>
      <span className="tag">waiting</span>{' '}
      <span className="muted">
        <NextTry time={state.next} />
        {state.attempts > 0 && `, after ${count(state.attempts, 'attempt')}`}
      </span>
      {state.reply && <LastReply reply={state.reply} />}
    </>
  )
}

/** What is due is tried as soon as there is room for it. */
export function NextTry({ time }: { readonly time: number }) {
  const now = useNow()
  return time <= now ? (
    <span title={exactTime(time)}>next try now</span>
  ) : (
    <>
      next try <Time time={time} />
    </>
  )
}

/** The words of the other server, its codes behind them. */
export function LastReply({ reply: { code, status, text } }: { readonly reply: Reply }) {
  return (
    <div className="last-reply">
      {text.replace(/\s*[\r\n]+\s*/g, ' ')}{' '}
      <span className="muted">({[code, status].filter(part => part !== '').join(' ')})</span>
    </div>
  )
}
