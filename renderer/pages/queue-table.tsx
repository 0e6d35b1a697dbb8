/** The queue as a table: a row for each message, with what its recipients wait for. */
import { Breakable } from '../parts/breakable.tsx'
import { Time } from '../parts/time.tsx'
import { useReached } from '../parts/use-reached.ts'
import { useAnswer } from '../state/ask.ts'
import type { Message } from '../state/settings.ts'
import { useDesk, useNow } from '../state/use.ts'
import { exactTime } from '../words/dates.ts'
import { path, type Reply, replyWords } from '../words/event-words.ts'
import { count, formatBytes } from '../words/plain.ts'

interface QueueTableProps {
  readonly messages: readonly Message[]
  readonly chosen: ReadonlySet<string>
  onChoose(ids: ReadonlySet<string>): void
  onOpen(id: string): void
}

export function QueueTable({ messages, chosen, onChoose, onOpen }: QueueTableProps) {
  const { drawn, end } = useReached(messages.length)
  const meanings = useMeanings(messages)
  const all = messages.every(({ id }) => chosen.has(id))
  const turn = (id: string) => {
    const next = new Set(chosen)
    if (!next.delete(id)) next.add(id)
    onChoose(next)
  }
  return (
    <>
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
          {messages.slice(0, drawn).map(message => (
            <MessageRow
              key={message.id}
              message={message}
              means={meanings.get(message.id)}
              isChosen={chosen.has(message.id)}
              onTurn={() => turn(message.id)}
              onOpen={() => onOpen(message.id)}
            />
          ))}
        </tbody>
      </table>
      <div ref={end} />
    </>
  )
}

interface MessageRowProps {
  readonly message: Message
  readonly means: string | undefined
  readonly isChosen: boolean
  onTurn(): void
  onOpen(): void
}

function MessageRow({ message, means, isChosen, onTurn, onOpen }: MessageRowProps) {
  const { id, envelope, received, size } = message
  const { reversePath, recipients } = envelope
  return (
    <tr data-path={id} data-chosen={isChosen || undefined}>
      <td className="tick">
        <input
          type="checkbox"
          aria-label={`Choose the message from ${path(reversePath)}`}
          checked={isChosen}
          onChange={onTurn}
        />
      </td>
      <td className="cut">
        <button type="button" className="link strong" onClick={onOpen}>
          <Breakable text={path(reversePath)} />
        </button>
        <div className="muted cut">
          to <Breakable text={recipients[0]?.address ?? ''} />
          {recipients.length > 1 && ` and ${recipients.length - 1} more`}
        </div>
        <div className="muted narrow-shown">
          arrived <Time time={received} />
        </div>
      </td>
      <td>
        <StateWords message={message} means={means} />
      </td>
      <td className="narrow-hidden size">{formatBytes(size)}</td>
      <td className="narrow-hidden">
        <Time time={received} />
      </td>
    </tr>
  )
}

/** Of the recipient that needs most: held before waiting. */
function StateWords({ message, means }: { readonly message: Message; readonly means: string | undefined }) {
  const { sending, waits } = message
  const { state, index } = foremost(message)
  if (sending.length > 0) return <span className="tag tag-good">being sent</span>
  if (state?.kind === 'held')
    return (
      <>
        <span className="tag tag-warning">held</span> <span className="muted">{state.why}</span>
        {state.reply && <LastReply reply={state.reply} means={means} />}
      </>
    )
  if (state?.kind !== 'waiting') return <span className="tag">{state?.kind}</span>
  return (
    <>
      <span className="tag">waiting</span>{' '}
      <span className="muted">
        {waits?.[index] ?? <NextTry time={state.next} />}
        {state.attempts > 0 && `, after ${count(state.attempts, 'attempt')}`}
      </span>
      {state.reply && <LastReply reply={state.reply} means={means} />}
    </>
  )
}

/** The recipient that needs most. */
function foremost({ states }: Message) {
  const at = (kind: string) => states.findIndex(state => state.kind === kind)
  const index = [at('held'), at('waiting'), 0].find(found => found >= 0) ?? 0
  return { index, state: states[index] }
}

/** What the replies in the table mean, a sentence each, by message. */
function useMeanings(messages: readonly Message[]): ReadonlyMap<string, string | undefined> {
  const { bridge } = useDesk()
  const asked = messages.flatMap(message => {
    const { index, state } = foremost(message)
    const reply = state?.kind === 'waiting' || state?.kind === 'held' ? state.reply : undefined
    const to = message.envelope.recipients[index]?.address
    return reply === undefined || to === undefined ? [] : [{ id: message.id, reply, to }]
  })
  const question = asked.map(({ id, to, reply }) => `${id} ${to} ${replyWords(reply)}`).join('\n')
  const ask = async () => {
    const replies = asked.map(({ reply, to }) => ({ reply, to }))
    const found = replies.length > 0 ? await bridge.ask('meanings', replies) : []
    return new Map(asked.map(({ id }, at) => [id, found[at]?.means]))
  }
  const [answer] = useAnswer(ask, question)
  return answer.kind === 'loaded' ? answer.value : none
}

const none: ReadonlyMap<string, string | undefined> = new Map()

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
interface LastReplyProps {
  readonly reply: Reply
  /** What it means, in a sentence. */
  readonly means?: string | undefined
}

export function LastReply({ reply: { code, status, text }, means }: LastReplyProps) {
  return (
    <div className="last-reply">
      {means !== undefined && <div className="means">{means}</div>}
      {text.replace(/\s*[\r\n]+\s*/g, ' ')}{' '}
      <span className="muted">({[code, status].filter(part => part !== '').join(' ')})</span>
    </div>
  )
}
