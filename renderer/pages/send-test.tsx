/** A test message through the queue and its sender, with what the servers said to each other. */
import { Send } from 'lucide-react'
import { useId, useState } from 'react'
import { Button } from '../parts/button.tsx'
import { Notice } from '../parts/notice.tsx'
import { Overlay } from '../parts/overlay.tsx'
import { Telling } from '../parts/telling.tsx'
import { allChanges } from '../state/draft.ts'
import type { SentTest } from '../state/settings.ts'
import { sentenceOf } from '../state/store.ts'
import { useDesk, useReady } from '../state/use.ts'
import { ReplyMeaning } from './reply-meaning.tsx'

export type Sending =
  | { readonly kind: 'idle' }
  | { readonly kind: 'sending' }
  | { readonly kind: 'failed'; readonly text: string }
  | { readonly kind: 'sent'; readonly test: SentTest }

export function SendTest({ isOpen, onClose }: { readonly isOpen: boolean; onClose(): void }) {
  const { bridge } = useDesk()
  const [to, setTo] = useState('')
  const [sending, setSending] = useState<Sending>({ kind: 'idle' })
  const isEdited = useReady(({ base, draft }) => allChanges(base, draft).length > 0)
  const id = useId()
  const send = async (event: React.FormEvent) => {
    event.preventDefault()
    setSending({ kind: 'sending' })
    try {
      setSending({ kind: 'sent', test: await bridge.ask('sendTest', to.trim()) })
    } catch (error) {
      setSending({ kind: 'failed', text: sentenceOf(error) })
    }
  }
  return (
    <Overlay title="Send a test" isOpen={isOpen} onClose={onClose} isWide>
      <form className="field" onSubmit={event => void send(event)}>
        <label htmlFor={id}>To</label>
        <div className="with-button">
          <input
            id={id}
            className="input"
            value={to}
            placeholder="you@somewhere.example"
            spellCheck={false}
            onChange={event => setTo(event.target.value)}
          />
          <Button
            kind="main"
            type="submit"
            icon={Send}
            isDisabled={to.trim() === ''}
            isPending={sending.kind === 'sending'}
          >
            Send
          </Button>
        </div>
        <p className="sentence">A short message really goes out, by the sender that matches this address.</p>
      </form>
      {isEdited && (
        <Notice tone="warning">
          <p>Your changes aren’t applied yet: the test uses the settings in force.</p>
        </Notice>
      )}
      <div className="outcome" aria-live="polite">
        <Outcome sending={sending} onGo={onClose} />
      </div>
    </Overlay>
  )
}

interface OutcomeProps {
  readonly sending: Sending
  /** Before the window goes to where a refusal is mended. */
  readonly onGo?: () => void
}

export function Outcome({ sending, ...ways }: OutcomeProps) {
  if (sending.kind === 'idle') return null
  if (sending.kind === 'sending') return <p className="muted">Sending; this takes a minute at most…</p>
  if (sending.kind === 'failed')
    return (
      <Notice tone="bad">
        <p>{sending.text}</p>
      </Notice>
    )
  const { delivered, via, text, dialogue, id, meaning } = sending.test
  // A server that was never reached said nothing: its one line would only tell the outcome again.
  const telling = dialogue.filter(line => /^[CS]: /.test(line) || !line.endsWith(text))
  return (
    <>
      <Notice tone={delivered ? 'good' : 'bad'}>
        <p>
          <strong>{delivered ? `Taken by ${via}.` : `Not taken by ${via}.`}</strong> {text}
        </p>
        <p className="muted">Message {id}.</p>
      </Notice>
      {meaning && <ReplyMeaning meaning={meaning} {...ways} />}
      {telling.length > 0 && (
        <Telling name="What was said" text={telling.map(line => `${line}\n`).join('')} />
      )}
    </>
  )
}
