/** "What to do?": the next hop's reply in the log, what it means, and what mends it. */
import { Answer, Notice } from '../parts/notice.tsx'
import { Overlay } from '../parts/overlay.tsx'
import { Time } from '../parts/time.tsx'
import { useAnswer } from '../state/ask.ts'
import type { Event } from '../state/settings.ts'
import { sentenceOf } from '../state/store.ts'
import { useDesk } from '../state/use.ts'
import { eventWords, isRefusedThere, type RefusedEvent } from '../words/event-words.ts'
import { ReplyMeaning } from './reply-meaning.tsx'

export function LogReply({ event, onClose }: { readonly event: Event | undefined; onClose(): void }) {
  const refused = event && isRefusedThere(event) ? event : undefined
  return (
    <Overlay title="What does the answer mean?" isOpen={refused !== undefined} onClose={onClose} isWide>
      {refused && <Refused event={refused} onClose={onClose} />}
    </Overlay>
  )
}

function Refused({ event, onClose }: { readonly event: RefusedEvent; onClose(): void }) {
  const { bridge, store } = useDesk()
  const { id, to, via, reply, time } = event
  const [answer, again] = useAnswer(() => bridge.ask('meanings', [{ reply, via, to }]), `${id} ${to} ${time}`)
  const retry = async () => {
    try {
      const { changed } = await bridge.ask('retryMessages', { ids: [id], filter: { to } })
      const text =
        changed.length > 0 ? 'The message is tried now.' : 'The message is not in the queue any more.'
      store.say({ tone: changed.length > 0 ? 'good' : 'bad', text })
      onClose()
    } catch (error) {
      store.say({ tone: 'bad', text: sentenceOf(error) })
    }
  }
  return (
    <>
      <p>
        {eventWords(event)}, <Time time={time} />.
      </p>
      <Answer answer={answer} what="what it means" again={again}>
        {([meaning]) =>
          meaning ? (
            <ReplyMeaning
              meaning={meaning}
              onGo={onClose}
              onRetry={event.kind === 'deferred' ? () => void retry() : undefined}
            />
          ) : (
            <Notice tone="plain">
              <p>The other server refused nothing.</p>
            </Notice>
          )
        }
      </Answer>
    </>
  )
}
