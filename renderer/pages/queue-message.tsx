/** One message of the queue in full: its recipients, the last replies, its header. */
import { Pause, Play, RotateCw, Trash2 } from 'lucide-react'
import { Button } from '../parts/button.tsx'
import { Answer, Notice } from '../parts/notice.tsx'
import { Overlay } from '../parts/overlay.tsx'
import { Time } from '../parts/time.tsx'
import { useAnswer } from '../state/ask.ts'
import type { QueueAction, QueueDetail } from '../state/settings.ts'
import { useDesk } from '../state/use.ts'
import { path } from '../words/event-words.ts'
import { count, formatBytes } from '../words/plain.ts'
import { LastReply } from './queue-table.tsx'

interface QueueMessageProps {
  readonly id: string | undefined
  onClose(): void
  onAct(action: QueueAction, ids: readonly string[]): Promise<void>
  /** Asks first. */
  onRemove(id: string): void
}

export function QueueMessage({ id, onClose, onAct, onRemove }: QueueMessageProps) {
  const act = (action: QueueAction) => {
    if (id !== undefined) void onAct(action, [id]).then(onClose)
  }
  const foot = (
    <>
      <Button icon={Pause} onPress={() => act('holdMessages')}>
        Hold
      </Button>
      <Button icon={Play} onPress={() => act('releaseMessages')}>
        Release
      </Button>
      <Button icon={RotateCw} onPress={() => act('retryMessages')}>
        Retry now
      </Button>
      <Button icon={Trash2} onPress={() => id !== undefined && onRemove(id)}>
        Remove…
      </Button>
    </>
  )
  return (
    <Overlay title={`Message ${id ?? ''}`} isOpen={id !== undefined} onClose={onClose} foot={foot} isWide>
      {id !== undefined && <Detail id={id} />}
    </Overlay>
  )
}

function Detail({ id }: { readonly id: string }) {
  const { bridge } = useDesk()
  const [answer, again] = useAnswer(() => bridge.ask('showMessage', id), id)
  return (
    <Answer answer={answer} what="the message" again={again}>
      {detail =>
        detail ? (
          <Facts detail={detail} />
        ) : (
          <Notice tone="plain">
            <p>
              This message is not in the queue any more: it was delivered, returned or removed. The Log says
              which.
            </p>
          </Notice>
        )
      }
    </Answer>
  )
}

function Facts({ detail: { message, routes, header } }: { readonly detail: QueueDetail }) {
  const { envelope, origin, states } = message
  return (
    <>
      <dl className="facts">
        <div>
          <dt>From</dt>
          <dd>{path(envelope.reversePath)}</dd>
        </div>
        <div>
          <dt>Arrived</dt>
          <dd>
            <Time time={message.received} /> from {origin.client}
            {origin.user !== undefined && `, logged on as ${origin.user}`}, {formatBytes(message.size)}
          </dd>
        </div>
      </dl>
      <h3>{count(envelope.recipients.length, 'recipient')}</h3>
      <ul className="recipients">
        {envelope.recipients.map(({ address }, index) => (
          <li key={address}>
            <strong>{address}</strong> <RecipientState state={states[index]} route={routes[index] ?? ''} />
          </li>
        ))}
      </ul>
      <h3>Header</h3>
      <pre className="dialogue">{header}</pre>
    </>
  )
}

interface RecipientStateProps {
  readonly state: QueueDetail['message']['states'][number] | undefined
  readonly route: string
}

function RecipientState({ state, route }: RecipientStateProps) {
  switch (state?.kind) {
    case 'waiting':
      return (
        <>
          <p className="muted">
            waiting for {route}; next try <Time time={state.next} />
            {state.attempts > 0 && `, after ${count(state.attempts, 'attempt')}`}
          </p>
          {state.reply && <LastReply reply={state.reply} />}
        </>
      )
    case 'held':
      return (
        <>
          <p className="muted">held: {state.why}</p>
          {state.reply && <LastReply reply={state.reply} />}
        </>
      )
    case 'delivered':
    case 'failed':
      return (
        <>
          <p className="muted">
            {state.kind} <Time time={state.at} />
          </p>
          <LastReply reply={state.reply} />
        </>
      )
    default:
      return <p className="muted">{state?.kind}</p>
  }
}
