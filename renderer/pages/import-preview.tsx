/** What an import would do: its rows, what couldn't be taken, who can send then; and the way into the draft. */
import { useRef, useState } from 'react'
import { Button } from '../parts/button.tsx'
import { Answer, Notice } from '../parts/notice.tsx'
import { useAnswer } from '../state/ask.ts'
import type { GivenFile } from '../state/given-files.ts'
import type { ImportAsked, Imported } from '../state/settings.ts'
import { useDesk, useReady } from '../state/use.ts'
import { dialects } from '../words/dialects.ts'
import { amountWords, count } from '../words/plain.ts'

type Choices = Pick<ImportAsked, 'empty' | 'leaveOut'>

interface ImportPreviewProps {
  readonly files: readonly GivenFile[]
  /** Found by itself where undefined. */
  readonly dialect: ImportAsked['dialect'] | undefined
}

/** Rows and remarks shown; the others are counted. */
const SHOWN = 20

export function ImportPreview({ files, dialect }: ImportPreviewProps) {
  const { bridge } = useDesk()
  const turn = useTurn(files)
  const [chosen, setChosen] = useState<{ readonly turn: number; readonly choices: Choices }>({
    turn,
    choices: {},
  })
  // What was answered for one list doesn't hold for another.
  const choices = chosen.turn === turn ? chosen.choices : {}
  const setChoices = (next: Choices) => setChosen({ turn, choices: next })
  const revision = useReady(ready => ready.revision)
  const [answer, again] = useAnswer(
    () => bridge.ask('previewImport', { files, ...(dialect && { dialect }), ...choices }),
    JSON.stringify([dialect, choices, revision, turn]),
  )
  return (
    <div className="exchange-preview" aria-live="polite">
      <Answer answer={answer} what="what it would do" again={again}>
        {preview => (
          <>
            <Rows preview={preview} />
            <Remarks preview={preview} />
            <Gains preview={preview} />
            <Questions preview={preview} choices={choices} onChoose={setChoices} />
            <Take preview={preview} />
          </>
        )}
      </Answer>
    </div>
  )
}

/** Counts how often other files were given: their content is too long to be compared. */
function useTurn(files: readonly GivenFile[]): number {
  const last = useRef({ files, turn: 0 })
  if (last.current.files !== files) last.current = { files, turn: last.current.turn + 1 }
  return last.current.turn
}

interface Shown {
  readonly preview: Imported
}

function Rows({ preview: { dialect, rows, rowCount = rows.length } }: Shown) {
  const title = dialects.find(({ name }) => name === dialect)?.title ?? dialect
  return (
    <section>
      <h3>
        {title}: {count(rowCount, 'row')}
      </h3>
      <ol className="exchange-rows">
        {rows.slice(0, SHOWN).map(({ action, from, withoutAuthentication, users, comment }, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a row is its place.
          <li key={index}>
            <strong>{action === 'allow' ? 'Allow' : 'Block'}</strong> {from}
            {withoutAuthentication && ', without authentication'}
            {users.length > 0 && `, users ${users.join(', ')}`}
            {comment !== '' && <span className="muted"> ({comment})</span>}
          </li>
        ))}
      </ol>
      {rowCount > SHOWN && <p className="muted">… and {amountWords(rowCount - SHOWN)} more.</p>}
    </section>
  )
}

function Remarks({ preview: { remarks, remarkCount, lostCount } }: Shown) {
  const lost = remarks.filter(remark => remark.lost)
  const notes = remarks.filter(remark => !remark.lost)
  return (
    <>
      {lostCount > 0 && (
        <Notice tone="bad">
          <p>{count(lostCount, 'line')} could not be taken:</p>
          <RemarkList remarks={lost} total={lostCount} />
        </Notice>
      )}
      {notes.length > 0 && (
        <Notice tone="plain">
          <p>To know:</p>
          <RemarkList remarks={notes} total={remarkCount - lostCount} />
        </Notice>
      )}
    </>
  )
}

function RemarkList({ remarks, total }: { readonly remarks: Imported['remarks']; readonly total: number }) {
  return (
    <ul>
      {remarks.slice(0, SHOWN).map(({ file, line, text, excerpt }) => (
        <li key={`${file} ${line} ${text}`}>
          {(file !== undefined || line > 0) && (
            <strong>
              {file}
              {file !== undefined && line > 0 && ', '}
              {line > 0 && `line ${line}`}:{' '}
            </strong>
          )}
          {excerpt !== undefined && <code className="exchange-line">{excerpt}</code>} {text}
        </li>
      ))}
      {total > SHOWN && <li>… and {total - SHOWN} more.</li>}
    </ul>
  )
}

function Gains({ preview: { senders, senderCount = senders.length, open } }: Shown) {
  return (
    <>
      {open !== undefined && (
        <Notice tone="bad">
          <p>An open relay: anyone could send without logging on, from {open}.</p>
        </Notice>
      )}
      {senders.length > 0 && (
        <section className="who-gains">
          <h3>Who can send, compared with now</h3>
          <ul>
            {senders.slice(0, SHOWN).map(({ change, words }) => (
              <li key={`${change} ${words}`} className={change === 'gained' ? 'fresh' : 'gone'}>
                <span className="gain-sign">{change}</span> {words}
              </li>
            ))}
          </ul>
          {senderCount > SHOWN && <p className="muted">… and {amountWords(senderCount - SHOWN)} more.</p>}
        </section>
      )}
    </>
  )
}

interface QuestionsProps extends Shown {
  readonly choices: Choices
  onChoose(choices: Choices): void
}

function Questions({ preview: { asks }, choices, onChoose }: QuestionsProps) {
  return (
    <>
      {(asks.includes('empty') || choices.empty !== undefined) && (
        <fieldset className="exchange-question">
          <legend>The list is empty. VPOP3 let everybody in then; what shall it mean here?</legend>
          {(['nobody', 'everybody'] as const).map(empty => (
            <label key={empty}>
              <input
                type="radio"
                name="empty"
                checked={choices.empty === empty}
                onChange={() => onChoose({ ...choices, empty })}
              />{' '}
              {empty === 'nobody' ? 'Nobody may send to addresses outside' : 'Everybody may send, as there'}
            </label>
          ))}
        </fieldset>
      )}
      {(asks.includes('leave-out') || choices.leaveOut === true) && (
        <label className="exchange-question">
          <input
            type="checkbox"
            checked={choices.leaveOut === true}
            onChange={event => onChoose({ ...choices, leaveOut: event.target.checked })}
          />{' '}
          Take the list without these lines, though it decides otherwise then
        </label>
      )}
    </>
  )
}

function Take({ preview: { problems, asks, edits } }: Shown) {
  const { store } = useDesk()
  const others = asks.length > 0 ? [] : problems
  const take = () => {
    for (const { path, value } of edits) store.edit(path.split('.'), value)
    // Two short steps rather than a long one.
    setTimeout(() => {
      store.go({ page: 'smtp', tab: 'access' })
      store.say({ tone: 'good', text: 'The list is in your draft: look it through, then apply it.' })
    })
  }
  return (
    <>
      {others.length > 0 && (
        <Notice tone="bad">
          <ul>
            {others.map(({ path, text }) => (
              <li key={`${path} ${text}`}>
                {path !== '' && <strong>{path}: </strong>}
                {text}
              </li>
            ))}
          </ul>
        </Notice>
      )}
      <div>
        <Button kind="main" isDisabled={problems.length > 0} onPress={take}>
          Put it into the draft
        </Button>
      </div>
    </>
  )
}
