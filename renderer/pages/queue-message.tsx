/** One message of the queue in full: its recipients, the last replies, its header. */
import { type LucideIcon, Pause, Play, RotateCw, Trash2 } from 'lucide-react'
import { Button, IconButton } from '../parts/button.tsx'
import { Answer, Notice } from '../parts/notice.tsx'
import { Overlay } from '../parts/overlay.tsx'
import { Telling } from '../parts/telling.tsx'
import { Time } from '../parts/time.tsx'
import { useAnswer } from '../state/ask.ts'
import type {
  QueueAction,
  QueueDetail,
  QueueSelection,
  ReplyMeaning as ReplyMeaningFacts,
} from '../state/settings.ts'
import { useDesk } from '../state/use.ts'
import { path } from '../words/event-words.ts'
import { count, formatBytes } from '../words/plain.ts'
import { LastReply, NextTry } from './queue-table.tsx'
import { ReplyMeaning } from './reply-meaning.tsx'

interface QueueMessageProps {
  readonly id: string | undefined
  onClose(): void
  onAct(action: QueueAction, selection: QueueSelection): Promise<void>
  /** Asks first; `what` as in `1 message`. */
  onRemove(selection: QueueSelection, what: string): void
}

export function QueueMessage({ id, onClose, onAct, onRemove }: QueueMessageProps) {
  const act = (action: QueueAction) => {
    if (id !== undefined) void onAct(action, { ids: [id] }).then(onClose)
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
      <Button icon={Trash2} onPress={() => id !== undefined && onRemove({ ids: [id] }, '1 message')}>
        Remove…
      </Button>
    </>
  )
  return (
    <Overlay title={`Message ${id ?? ''}`} isOpen={id !== undefined} onClose={onClose} foot={foot} isWide>
      {id !== undefined && <Detail id={id} onAct={onAct} onRemove={onRemove} onClose={onClose} />}
    </Overlay>
  )
}

interface DetailProps extends Pick<QueueMessageProps, 'onAct' | 'onRemove' | 'onClose'> {
  readonly id: string
}

function Detail({ id, onAct, onRemove, onClose }: DetailProps) {
  const { bridge } = useDesk()
  const [answer, again] = useAnswer(() => bridge.ask('showMessage', id), id)
  return (
    <Answer answer={answer} what="the message" again={again}>
      {detail =>
        detail ? (
          <Facts
            detail={detail}
            onGo={onClose}
            onAct={(action, to) => {
              const selection = { ids: [id], filter: { to } }
              if (action === 'removeMessages') onRemove(selection, `${to} from the message`)
              else void onAct(action, selection).then(again)
            }}
          />
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

interface FactsProps {
  readonly detail: QueueDetail
  onGo(): void
  onAct(action: QueueAction, to: string): void
}

function Facts({ detail: { message, routes, meanings, header }, onGo, onAct }: FactsProps) {
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
            <div className="recipient-head">
              <strong>{address}</strong>
              {envelope.recipients.length > 1 && (
                <RecipientActions
                  address={address}
                  kind={states[index]?.kind}
                  onAct={action => onAct(action, address)}
                />
              )}
            </div>
            <RecipientState
              state={states[index]}
              route={routes[index] ?? ''}
              waits={message.waits?.[index]}
            />
            <Meaning meaning={meanings[index]} onGo={onGo} onRetry={() => onAct('retryMessages', address)} />
          </li>
        ))}
      </ul>
      <h3>Header</h3>
      <Telling name="The header" text={header} />
    </>
  )
}

interface RecipientActionsProps {
  readonly address: string
  readonly kind: string | undefined
  onAct(action: QueueAction): void
}

/** For one recipient of several; what is removed here goes to the others all the same. */
function RecipientActions({ address, kind, onAct }: RecipientActionsProps) {
  const act = (icon: LucideIcon, verb: string, action: QueueAction) => (
    <IconButton icon={icon} label={`${verb} for ${address} only`} onPress={() => onAct(action)} />
  )
  if (kind !== 'waiting' && kind !== 'held') return null
  return (
    <span className="recipient-actions">
      {kind === 'held' ? act(Play, 'Release', 'releaseMessages') : act(Pause, 'Hold', 'holdMessages')}
      {kind === 'waiting' && act(RotateCw, 'Retry now', 'retryMessages')}
      {act(Trash2, 'Remove', 'removeMessages')}
    </span>
  )
}

interface MeaningProps {
  readonly meaning: ReplyMeaningFacts | null | undefined
  onGo(): void
  onRetry(): void
}

function Meaning({ meaning, ...ways }: MeaningProps) {
  return meaning ? <ReplyMeaning meaning={meaning} {...ways} /> : null
}

interface RecipientStateProps {
  readonly state: QueueDetail['message']['states'][number] | undefined
  readonly route: string
  /** For what it waits though it is due. */
  readonly waits: string | null | undefined
}

function RecipientState({ state, route, waits }: RecipientStateProps) {
  switch (state?.kind) {
    case 'waiting':
      return (
        <>
          <p className="muted">
            waiting for {route}; {waits ?? <NextTry time={state.next} />}
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
