/** A change of the history looked at: what it changed, and who could send by it more or less. */
import { useState } from 'react'
import { SenderChanges } from '../access/who-gains.tsx'
import { Button } from '../parts/button.tsx'
import { Answer, Notice } from '../parts/notice.tsx'
import { useAnswer } from '../state/ask.ts'
import { useDesk, useReady } from '../state/use.ts'
import { ChangeWords } from './change-words.tsx'

interface HistoryChangeProps {
  /** The settings before the change. */
  readonly file: string
  /** Those before the next one; without it those in force. */
  readonly next: string | undefined
}

export function HistoryChange(props: HistoryChangeProps) {
  const [isOpen, setOpen] = useState(false)
  return (
    <>
      <Button kind="link" aria-expanded={isOpen} onPress={() => setOpen(!isOpen)}>
        {isOpen ? 'Hide what it did' : 'What it did'}
      </Button>
      {isOpen && <Compared {...props} />}
    </>
  )
}

function Compared({ file, next }: HistoryChangeProps) {
  const { bridge } = useDesk()
  const revision = useReady(ready => ready.revision)
  const after =
    next === undefined ? ({ kind: 'current' } as const) : ({ kind: 'history', file: next } as const)
  const [answer, again] = useAnswer(
    () => bridge.ask('compareSettings', { kind: 'history', file }, after),
    `${file} ${next ?? revision}`,
  )
  return (
    <Answer answer={answer} what="the difference" again={again}>
      {compared =>
        compared.ok ? (
          <>
            <ul className="changes">
              {compared.words.map(line => (
                <li key={line}>
                  <ChangeWords words={line} />
                </li>
              ))}
            </ul>
            <SenderChanges senders={compared.senders} count={compared.senderCount} />
          </>
        ) : (
          <Notice tone="plain">
            <p>{compared.problems[0]?.text ?? 'These settings can’t be read.'}</p>
          </Notice>
        )
      }
    </Answer>
  )
}
