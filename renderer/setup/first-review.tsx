/** The end of the questions: the difference in words, and Apply. */

import { useState } from 'react'
import { Button } from '../parts/button.tsx'
import { Answer, Notice } from '../parts/notice.tsx'
import { useAnswer } from '../state/ask.ts'
import type { Step } from '../state/first-form.ts'
import { makeChange } from '../state/make-change.ts'
import type { Applied, Problem, SettingsDraft } from '../state/settings.ts'
import { sentenceOf } from '../state/store.ts'
import { useDesk, useReady } from '../state/use.ts'
import { inWindowWords } from '../words/problem-words.ts'
import { answersOf, asksSecret, signInOf, signsInByOAuth, stepOf, stepTitles } from './form.ts'
import { PlanWords } from './plan-words.tsx'
import type { QuestionProps } from './question.ts'

interface FirstReviewProps extends Pick<QuestionProps, 'form' | 'edit'> {
  go(step: Step): void
}

export function FirstReview({ form, edit, go }: FirstReviewProps) {
  const { bridge, store } = useDesk()
  const accounts = useReady(({ base }) => base.users.length)
  const revision = useReady(ready => ready.revision)
  const [problems, setProblems] = useState<readonly Problem[]>([])
  const [isApplying, setApplying] = useState(false)
  const answers = answersOf(form, accounts)
  const [plan, again] = useAnswer(() => bridge.ask('planFirstRun', answers, form.password), revision)
  const apply = async () => {
    setApplying(true)
    try {
      await makeChange(
        store,
        sentence => bridge.ask('applyFirstRun', answers, form.password, sentence),
        applied => told(applied),
      )
    } catch (error) {
      setProblems([{ path: '', text: sentenceOf(error) }])
    } finally {
      setApplying(false)
    }
  }
  const told = async (applied: Applied) => {
    setProblems(applied.ok ? [] : inWindowWords(applied.problems))
    if (!applied.ok) return false
    // The account is made: what is typed of it is needed no more.
    edit({ step: 'test', reached: 'test', newPassword: '', password: '' })
    await store.load()
    return true
  }
  return (
    <Answer answer={plan} what="the difference" again={again}>
      {told =>
        told.ok && problems.length === 0 ? (
          <>
            <PlanWords
              settings={told.settings as SettingsDraft}
              notes={told.notes}
              also={
                form.password !== '' && signInOf(form) !== '' && asksSecret(form)
                  ? [
                      signsInByOAuth(form)
                        ? 'The client secret is kept, apart from the settings'
                        : `A password is kept for ${signInOf(form)}`,
                    ]
                  : []
              }
            />
            <p className="muted">
              It is one change: Tools, History brings back what stands now by one click.
            </p>
            <div className="first-buttons">
              <Button onPress={() => go('people')}>Back</Button>
              <Button kind="main" isDisabled={isApplying} onPress={() => void apply()}>
                {isApplying ? 'Applying…' : 'Apply'}
              </Button>
            </div>
          </>
        ) : (
          <Notice tone="bad">
            <p>Mend this first:</p>
            <ul>
              {(told.ok ? problems : inWindowWords(told.problems)).map(({ path, text }) => (
                <li key={`${path} ${text}`}>
                  {text}{' '}
                  <Button kind="link" onPress={() => go(stepOf(path, form))}>
                    {stepTitles[stepOf(path, form)]}
                  </Button>
                </li>
              ))}
            </ul>
          </Notice>
        )
      }
    </Answer>
  )
}
