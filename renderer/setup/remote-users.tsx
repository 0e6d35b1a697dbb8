/** "Let remote users send": VPOP3's procedure for mail relay as one dialog, with the difference before it is applied. */
import { UserRoundCheck } from 'lucide-react'
import { useState } from 'react'
import { Button } from '../parts/button.tsx'
import { Answer, Notice } from '../parts/notice.tsx'
import { Overlay } from '../parts/overlay.tsx'
import { useAnswer } from '../state/ask.ts'
import { allChanges } from '../state/draft.ts'
import { makeChange } from '../state/make-change.ts'
import type { Applied, Problem, SettingsDraft } from '../state/settings.ts'
import { sentenceOf } from '../state/store.ts'
import { useDesk, useReady } from '../state/use.ts'
import { inWindowWords } from '../words/problem-words.ts'
import { PlanWords } from './plan-words.tsx'
import { askedOf, firstChoice, type RemoteForm, WhoAndHow } from './remote-form.tsx'

export function LetRemoteUsersSend() {
  const [isOpen, setOpen] = useState(false)
  return (
    <>
      <Button icon={UserRoundCheck} onPress={() => setOpen(true)}>
        Let remote users send…
      </Button>
      {isOpen && <Wizard onClose={() => setOpen(false)} />}
    </>
  )
}

function Wizard({ onClose }: { onClose(): void }) {
  const { bridge, store } = useDesk()
  const accounts = useReady(({ users }) => users)
  const rows = useReady(({ base }) => base.smtp.access)
  const isEdited = useReady(({ base, draft }) => allChanges(base, draft).length > 0)
  const [form, setForm] = useState<RemoteForm>(() => firstChoice(accounts, rows))
  const [problems, setProblems] = useState<readonly Problem[]>([])
  const [isShown, setShown] = useState(false)
  const [isBusy, setBusy] = useState(false)
  const during = async (work: () => Promise<void>) => {
    setBusy(true)
    setProblems([])
    try {
      await work()
    } catch (error) {
      setProblems([{ path: '', text: sentenceOf(error) }])
    } finally {
      setBusy(false)
    }
  }
  const next = () =>
    during(async () => {
      const plan = await bridge.ask('planRemoteUsers', askedOf(form))
      setProblems(plan.ok ? [] : inWindowWords(plan.problems))
      setShown(plan.ok)
    })
  const apply = () =>
    during(async () => {
      const asked = askedOf(form)
      await makeChange(store, sentence => bridge.ask('letIn', asked, sentence), told)
    })
  const told = (applied: Applied) => {
    setProblems(applied.ok ? [] : inWindowWords(applied.problems))
    setShown(applied.ok)
    if (!applied.ok) return false
    onClose()
    store.say({ tone: 'good', text: 'Remote users may send now, after logging on.', undo: true })
    return true
  }
  const back = () => {
    setProblems([])
    setShown(false)
  }
  const foot = isShown ? (
    <>
      <Button isDisabled={isBusy} onPress={back}>
        Back
      </Button>
      <Button kind="main" isDisabled={isBusy} onPress={() => void apply()}>
        Apply
      </Button>
    </>
  ) : (
    <>
      <Button onPress={onClose}>Cancel</Button>
      <Button kind="main" isDisabled={isBusy || isEdited} onPress={() => void next()}>
        Next
      </Button>
    </>
  )
  return (
    <Overlay title="Let remote users send" isOpen onClose={onClose} foot={foot} isWide>
      {isEdited && (
        <Notice tone="warning">
          <p>
            Your other changes aren’t applied yet. Apply or discard them first, so that this shows what it
            changes by itself.
          </p>
        </Notice>
      )}
      {isShown && problems.length > 0 && (
        <Notice tone="bad">
          <p>{problems.map(({ text }) => text).join(' ')}</p>
        </Notice>
      )}
      {isShown ? (
        <Difference form={form} />
      ) : (
        <WhoAndHow form={form} problems={problems} edit={change => setForm({ ...form, ...change })} />
      )}
    </Overlay>
  )
}

function Difference({ form }: { readonly form: RemoteForm }) {
  const { bridge } = useDesk()
  const revision = useReady(ready => ready.revision)
  const [plan, again] = useAnswer(() => bridge.ask('planRemoteUsers', askedOf(form)), revision)
  return (
    <Answer answer={plan} what="the difference" again={again}>
      {told =>
        told.ok ? (
          <PlanWords settings={told.settings as SettingsDraft} notes={told.notes} />
        ) : (
          <Notice tone="bad">
            <p>
              {inWindowWords(told.problems)
                .map(({ text }) => text)
                .join(' ')}
            </p>
          </Notice>
        )
      }
    </Answer>
  )
}
