/** "Why?": a refusal explained, with the row that decided, as the settings in force have it. */
import type { ReactNode } from 'react'
import { Verdict } from '../access/verdict.tsx'
import { Answer, Notice } from '../parts/notice.tsx'
import { Overlay } from '../parts/overlay.tsx'
import { Time } from '../parts/time.tsx'
import { useAnswer } from '../state/ask.ts'
import type { Decision, Refusal } from '../state/settings.ts'
import { useDesk, useReady } from '../state/use.ts'
import { eventWords, path, replyWords } from '../words/event-words.ts'
import { AllowClient } from './allow-client.tsx'
import { SourceView } from './source-view.tsx'
import { Reason } from './why-reason.tsx'

/** Whoever was blocked, in the event. */
function blockedIn(event: Refusal | undefined): string | undefined {
  if (event?.kind === 'blocked') return event.address
  return event?.kind === 'connection-refused' ? event.blocked : undefined
}

export function Why({ event, onClose }: { readonly event: Refusal | undefined; onClose(): void }) {
  const blocked = blockedIn(event)
  return (
    <Overlay title="Why was this refused?" isOpen={event !== undefined} onClose={onClose} isWide>
      {event?.kind === 'recipient-refused' ? (
        <Recipient event={event} onClose={onClose} />
      ) : (
        event &&
        (blocked === undefined ? (
          <Plain event={event} onClose={onClose} />
        ) : (
          <Block event={event} address={blocked} onClose={onClose} />
        ))
      )}
    </Overlay>
  )
}

interface RecipientProps {
  readonly event: Extract<Refusal, { readonly kind: 'recipient-refused' }>
  onClose(): void
}

function Recipient({ event, onClose }: RecipientProps) {
  const { bridge } = useDesk()
  const { client, port, user, from, to, reply } = event
  const base = useReady(ready => ready.base)
  const [answer, again] = useAnswer(
    () =>
      bridge.ask('explain', {
        ...{ client, from, to },
        ...(user !== undefined && { user }),
        ...(port !== undefined && { port }),
      }),
    `${client} ${user} ${to} ${event.time}`,
  )
  return (
    <>
      <p>
        <strong>{client}</strong>
        {user === undefined ? ', not logged on,' : `, logged on as ${user},`} wanted to send from {path(from)}{' '}
        to <strong>{to}</strong>, <Time time={event.time} />.
      </p>
      <Answer answer={answer} what="the reason" again={again}>
        {decision => (
          <>
            {replyWords(decision.reply) !== replyWords(reply) && (
              <Notice tone="plain">
                <p>
                  It was answered {replyWords(reply)}. Since then something changed; with the settings in
                  force now:
                </p>
              </Notice>
            )}
            <Verdict
              decision={decision}
              rows={decision.list === 'global' ? base.globalAccess : base.smtp.access}
              onGo={onClose}
            />
            <Advice
              decision={decision}
              user={user}
              allow={<AllowClient {...{ client, user, from, to, port }} onGo={onClose} />}
            />
          </>
        )}
      </Answer>
    </>
  )
}

interface AdviceProps {
  readonly decision: Decision
  readonly user: string | undefined
  readonly allow: ReactNode
}

function Advice({ decision: { reply, list, row }, user, allow }: AdviceProps) {
  const rows = useReady(({ base }) => base.smtp.access)
  const found = row === null ? undefined : rows[row - 1]
  if (reply.code === 530)
    return (
      <>
        <p>
          If this is one of yours: switch on authentication (“my server requires authentication”) in the mail
          program, and give the user name and password of the account.
        </p>
        {list !== null && (
          <>
            <p>If it is a device in your office that can’t log on, such as an old scanner:</p>
            {allow}
          </>
        )}
      </>
    )
  if (reply.status !== '5.7.1') return null
  if (list === 'global')
    return (
      <>
        <p>The global rows refuse it for every service: see the Security page.</p>
        {allow}
      </>
    )
  if (user !== undefined && found?.action === 'allow')
    return <p>If {user} may send from there: add the name to the Users of the row that decides.</p>
  if (found?.from === 'routers')
    return (
      <p>
        Mail that a router passes on may come from anywhere, so its address stays blocked. If a machine in the
        office sent it: it uses the office’s public name or address. Give it this server’s address in the
        local network instead.
      </p>
    )
  return (
    <>
      <p>
        If you know this machine, allow it. If you don’t, nothing needs doing: somebody tried the door, and it
        was locked.
      </p>
      {allow}
    </>
  )
}

/** Refusals of anything but a recipient. */
function Plain({ event, onClose }: { readonly event: Refusal; onClose(): void }) {
  return (
    <>
      <p>
        {eventWords(event)}, <Time time={event.time} />.
      </p>
      <Reason event={event} onGo={onClose} />
    </>
  )
}

interface BlockProps {
  readonly event: Refusal
  readonly address: string
  onClose(): void
}

/** A source that is, or was, turned away for what it did. */
function Block({ event, address, onClose }: BlockProps) {
  return (
    <>
      <p>
        {eventWords(event)}, <Time time={event.time} />.
      </p>
      <Reason event={event} onGo={onClose} />
      <SourceView address={address} />
    </>
  )
}
