/** What happened, by which list, row or setting, what to do, and the buttons that mend it. */
import { useState } from 'react'
import { editable, withEdits } from '../access/edits.ts'
import { Verdict } from '../access/verdict.tsx'
import { Button } from '../parts/button.tsx'
import { Meaning } from '../parts/meaning.tsx'
import { Answer } from '../parts/notice.tsx'
import { useAnswer } from '../state/ask.ts'
import { changed } from '../state/draft.ts'
import { placeOf } from '../state/place.ts'
import type { Refusal, Why, WhyMend } from '../state/settings.ts'
import { useAct, useDesk, useReady } from '../state/use.ts'
import { visibleIn } from '../words/visible.ts'

interface ReasonProps {
  readonly event: Refusal
  /** Before the window goes elsewhere. */
  onGo(): void
}

export function Reason({ event, onGo }: ReasonProps) {
  const { bridge } = useDesk()
  const [asked, setAsked] = useState(0)
  const [answer, again] = useAnswer(
    () => bridge.ask('whyRefused', [event]),
    `${event.kind} ${event.time} ${asked}`,
  )
  return (
    <Answer answer={answer} what="the reason" again={again}>
      {([why]) => why && <Words why={why} onGo={onGo} onMended={() => setAsked(asked + 1)} />}
    </Answer>
  )
}

interface WordsProps extends Pick<ReasonProps, 'onGo'> {
  readonly why: Why
  onMended(): void
}

function Words({ why, onGo, onMended }: WordsProps) {
  const { store } = useDesk()
  const base = useReady(ready => ready.base)
  // Only shown: what an offered row holds stays as it is.
  const { means, cause, todo, decision } = visibleIn({ ...why, mends: [] })
  const { path, mends } = why
  const go = (to: string) => {
    onGo()
    store.go(placeOf(to))
  }
  return (
    <>
      <Meaning
        {...{ means, cause, todo }}
        mends={path !== undefined && <Button onPress={() => go(path)}>Show the setting</Button>}
      />
      {decision && (
        <Verdict
          decision={decision}
          rows={decision.list === 'global' ? base.globalAccess : base.smtp.access}
          onGo={onGo}
        />
      )}
      {mends.map(mend => (
        <MendOffer key={mend.words} mend={mend} onGo={go} onMended={onMended} />
      ))}
    </>
  )
}

interface MendOfferProps {
  readonly mend: WhyMend
  onGo(path: string): void
  onMended(): void
}

function MendOffer({ mend, onGo, onMended }: MendOfferProps) {
  const { store } = useDesk()
  const act = useAct()
  const draft = useReady(ready => ready.draft.settings)
  const base = useReady(ready => ready.base)
  const press = () => {
    if (mend.kind === 'unblock')
      return act(async bridge => {
        await bridge.ask('unblock', { addresses: [mend.address] }, 'window')
        store.say({ tone: 'good', text: `${mend.address} is unblocked.` })
        onMended()
      })
    const { settings, target } = withEdits(draft, mend.edits)
    store.change(before => (before.settings === draft ? changed(before, { settings }) : before))
    onGo(target)
  }
  if (mend.kind === 'edit' && !editable(draft, base, mend.edits))
    return (
      <p className="muted">
        The rows are being edited, so this can’t be mended by a click now: apply them or take them back first.
      </p>
    )
  return (
    <div className="toolbar">
      <Button onPress={press}>{mend.kind === 'unblock' ? 'Unblock' : 'Mend this…'}</Button>
      <span className="muted">{visibleIn(mend.words)}</span>
    </div>
  )
}
