/** History: every applied change, undone by one click, and every earlier state brought back. */
import { Undo2 } from 'lucide-react'
import { Button } from '../parts/button.tsx'
import { Answer, Empty } from '../parts/notice.tsx'
import { Time } from '../parts/time.tsx'
import { useAnswer } from '../state/ask.ts'
import { makeChange } from '../state/make-change.ts'
import type { Applied, HistoryEntry } from '../state/settings.ts'
import { sentenceOf } from '../state/store.ts'
import { useDesk, useReady } from '../state/use.ts'
import { historyWords } from '../words/history-words.ts'
import { ChangeWords } from './change-words.tsx'
import { HistoryChange } from './history-change.tsx'

export function History() {
  const { bridge, store } = useDesk()
  const revision = useReady(ready => ready.revision)
  const [answer, again] = useAnswer(() => bridge.ask('history'), revision)
  const tell = (applied: Applied) => {
    const problem = applied.ok ? undefined : applied.problems[0]?.text
    store.say(
      applied.ok
        ? { tone: 'good', text: 'The earlier settings are in force again.' }
        : { tone: 'bad', text: problem ?? 'These settings can’t be brought back.' },
    )
    again()
    return applied.ok
  }
  const take = async (action: (sentence?: string) => Promise<Applied>) => {
    try {
      await makeChange(store, action, tell)
    } catch (error) {
      store.say({ tone: 'bad', text: sentenceOf(error) })
    }
  }
  return (
    <Answer answer={answer} what="the history" again={again}>
      {told => {
        const entries = [...told].sort((a, b) => b.time - a.time)
        if (entries.length === 0)
          return (
            <Empty title="No change yet.">
              <p className="muted">Every change that is applied stands here, and can be undone.</p>
            </Empty>
          )
        return (
          <div className="list-page">
            <div className="toolbar">
              <Button icon={Undo2} onPress={() => void take(sentence => bridge.ask('takeBack', sentence))}>
                Undo the newest change
              </Button>
            </div>
            <ol className="history">
              {entries.map((entry, at) => (
                <Entry
                  key={entry.file}
                  entry={entry}
                  next={entries[at - 1]}
                  onRestore={() => void take(sentence => bridge.ask('restore', entry.file, sentence))}
                />
              ))}
            </ol>
          </div>
        )
      }}
    </Answer>
  )
}

interface EntryProps {
  readonly entry: HistoryEntry
  /** The change that came after it. */
  readonly next: HistoryEntry | undefined
  onRestore(): void
}

function Entry({ entry, next, onRestore }: EntryProps) {
  const { by, time, restored, unused } = entry
  const words = historyWords(entry.words)
  return (
    <li className="history-entry">
      <div>
        <p>
          <ChangeWords words={entry.words} />
        </p>
        <p className="muted">
          <Time time={time} />, by {by === 'file' ? 'hand, in the file' : `the ${by}`}
          {restored !== undefined && '; it brought earlier settings back'}
          {unused && '; never in force, since it had mistakes'}
        </p>
        {!unused && <HistoryChange file={entry.file} next={next?.file} />}
      </div>
      {!unused && (
        <Button aria-label={`Go back to before: ${words}`} onPress={onRestore}>
          Go back to before
        </Button>
      )}
    </li>
  )
}
