/** The first run: four questions, what they change, and a test message; left and taken up again at any time. */

import { useEffect, useRef, useState } from 'react'
import { Button } from '../parts/button.tsx'
import { Page } from '../parts/page.tsx'
import type { FirstForm, Step } from '../state/first-form.ts'
import type { Problem } from '../state/settings.ts'
import { sentenceOf } from '../state/store.ts'
import { useDesk, useReady, useWindow } from '../state/use.ts'
import { inWindowWords } from '../words/problem-words.ts'
import { FirstReview } from './first-review.tsx'
import { FirstTest } from './first-test.tsx'
import { answersOf, newForm, signsInByOAuth, stepOf, steps, suggested } from './form.ts'
import type { QuestionProps } from './question.ts'
import { DomainQuestion, LeavesQuestion, MailQuestion, PeopleQuestion } from './questions.tsx'
import { StepList } from './step-list.tsx'

export function FirstRunPage() {
  const { store } = useDesk()
  const ready = useReady(ready => ready)
  const kept = useWindow(state => state.firstRun)
  const form = kept ?? newForm(ready)
  const edit = (change: Partial<FirstForm>) =>
    store.keepFirstRun({ ...(store.get().firstRun ?? form), ...change })
  const [problems, setProblems] = useState<readonly Problem[]>([])
  const [isBusy, setBusy] = useState(false)
  const { go, next } = useSteps(form, edit, setProblems, setBusy)
  const heading = useRef<HTMLHeadingElement>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: each step is announced as it is shown.
  useEffect(() => heading.current?.focus(), [form.step])
  const at = steps.indexOf(form.step)
  return (
    <Page
      title="Set up Postern"
      search={false}
      sentence="Four questions, then a test message. Nothing is changed before you have seen what will change."
      actions={
        <Button onPress={() => store.go({ page: 'status' })}>
          {form.step === 'test' ? 'Close' : 'Leave for now'}
        </Button>
      }
    >
      <form
        className="first-run"
        onSubmit={event => {
          event.preventDefault()
          if (!isBusy) void next()
        }}
      >
        <StepList form={form} go={go} />
        <div className="first-step">
          <h2 tabIndex={-1} ref={heading}>
            {form.step === 'test' && signsInByOAuth(form)
              ? 'Sign in, and a test message'
              : headings[form.step]}
          </h2>
          <Current form={form} edit={edit} problems={problems} go={go} />
          {form.step !== 'test' && form.step !== 'review' && (
            <div className="first-buttons">
              <Button isDisabled={at === 0} onPress={() => go(steps[at - 1] ?? 'domain')}>
                Back
              </Button>
              <Button kind="main" type="submit" isDisabled={isBusy}>
                {isBusy ? 'One moment…' : 'Next'}
              </Button>
            </div>
          )}
        </div>
      </form>
    </Page>
  )
}

const headings: Readonly<Record<Step, string>> = {
  domain: '1. Your domain',
  mail: '2. Mail for your domain',
  leaves: '3. How mail leaves',
  people: '4. Who may send',
  review: 'What will change',
  test: 'A test message',
}

interface CurrentProps extends QuestionProps {
  go(step: Step): void
}

function Current({ go, ...props }: CurrentProps) {
  switch (props.form.step) {
    case 'domain':
      return <DomainQuestion {...props} />
    case 'mail':
      return <MailQuestion {...props} />
    case 'leaves':
      return <LeavesQuestion {...props} />
    case 'people':
      return <PeopleQuestion {...props} />
    case 'review':
      return <FirstReview {...props} go={go} />
    case 'test':
      return <FirstTest form={props.form} />
  }
}

/** Next only where this question and those before it have no problem; back always. */
function useSteps(
  form: FirstForm,
  edit: (change: Partial<FirstForm>) => void,
  setProblems: (problems: readonly Problem[]) => void,
  setBusy: (isBusy: boolean) => void,
) {
  const { bridge, store } = useDesk()
  const accounts = useReady(({ base }) => base.users.length)
  const at = steps.indexOf(form.step)
  const show = (step: Step, more: Partial<FirstForm> = {}) => {
    const reached = steps.indexOf(step) > steps.indexOf(form.reached) ? step : form.reached
    edit({ ...more, step, reached })
  }
  const go = (step: Step) => {
    setProblems([])
    show(step)
  }
  const next = async () => {
    setBusy(true)
    try {
      const plan = await bridge.ask('planFirstRun', answersOf(form, accounts), form.password)
      const found = plan.ok ? [] : plan.problems.filter(({ path }) => stepOf(path, form) === form.step)
      setProblems(inWindowWords(found))
      if (found.length > 0) return
      const isNew = form.step === 'domain' && form.reached === 'domain'
      const more = isNew ? suggested(form, await bridge.ask('findMail', form.domain.trim())) : {}
      show(steps[at + 1] ?? 'review', more)
    } catch (error) {
      store.say({ tone: 'bad', text: sentenceOf(error) })
    } finally {
      setBusy(false)
    }
  }
  return { go, next }
}
