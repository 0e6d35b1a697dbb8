/** The bar below: how many changes there are, what is wrong with them, and what to do with them. */
import { CircleAlert, CircleCheck, Redo2, Undo2, X } from 'lucide-react'
import { Button, IconButton } from '../parts/button.tsx'
import { applyDraft } from '../state/apply.ts'
import type { Change } from '../state/changes.ts'
import { allChanges } from '../state/draft.ts'
import { makeChange } from '../state/make-change.ts'
import { editsSettings, placeOf } from '../state/place.ts'
import type { Ready } from '../state/state.ts'
import { sentenceOf } from '../state/store.ts'
import { useDesk, useReady, useShownProblems, useWindow } from '../state/use.ts'
import { amountWords, count, enumerate } from '../words/plain.ts'
import { titleOf } from '../words/titles.ts'

export function DraftBar({ onReview }: { onReview(): void }) {
  const { store, bridge } = useDesk()
  const base = useReady(ready => ready.base)
  const draft = useReady(ready => ready.draft)
  const applying = useReady(ready => ready.applying)
  const opens = useReady(ready => ready.opens)
  const changes = allChanges(base, draft)
  const isEdited = changes.length > 0
  const isQuiet = useWindow(({ place, message }) => !editsSettings(place.page) && message === undefined)
  const isIdle = useWindow(({ message }) => !isEdited && message === undefined) && draft.future.length === 0
  if (isQuiet && !isEdited) return null
  return (
    <section className="draft-bar" data-pane="draft" data-idle={isIdle || undefined} aria-label="Changes">
      <ProblemLinks />
      {opens.length > 0 && <Opens />}
      <div className="draft-line">
        <p className="draft-words">
          {isEdited ? (
            <>
              <strong>{count(changes.length, 'change')}.</strong> <Foremost changes={changes} />
            </>
          ) : (
            <Said />
          )}
        </p>
        <div className="draft-actions">
          <IconButton icon={Undo2} label="Undo" isDisabled={draft.past.length === 0} onPress={store.undo} />
          <IconButton icon={Redo2} label="Redo" isDisabled={draft.future.length === 0} onPress={store.redo} />
          <Button isDisabled={!isEdited || applying} onPress={store.discard}>
            Discard
          </Button>
          <Button isDisabled={!isEdited} onPress={onReview}>
            Review
          </Button>
          <Button
            kind="main"
            isDisabled={!isEdited}
            isPending={applying}
            onPress={() => void applyDraft(store, bridge)}
          >
            {applying ? 'Applying…' : 'Apply'} <kbd>Ctrl S</kbd>
          </Button>
        </div>
      </div>
    </section>
  )
}

/** What the draft does to who can send matters most; else its last change is told. */
function Foremost({ changes }: { readonly changes: readonly Change[] }) {
  const senders = useReady(ready => ready.senders)
  const senderCount = useReady(ready => ready.senderCount)
  const opens = useReady(ready => ready.opens)
  const [first] = senders
  // Above stands what they say of strangers.
  if (!first || opens.length > 0) {
    const words = changes.at(-1)?.words
    return <span title={words}>{words}</span>
  }
  return (
    <span>
      {first.words}
      {senderCount > 1 && ` (and ${amountWords(senderCount - 1)} more)`}
    </span>
  )
}

/** Said whole, however little room there is. */
function Opens() {
  const opens = useReady(ready => ready.opens)
  const senders = useReady(ready => ready.senders)
  return (
    <p className="draft-opens" role="alert">
      <CircleAlert size={15} aria-hidden />
      <span>
        <strong>This makes an open relay:</strong> {openWords(opens, senders)}
      </span>
    </p>
  )
}

/** Ranges that are named; of more the relay's own words say it shorter. */
const named = 3

function openWords(opens: readonly string[], senders: Ready['senders']): string {
  if (opens.length <= named)
    return `anybody at ${enumerate(opens)} could send through this server without logging on.`
  const gained = senders.filter(({ change }) => change === 'gained').map(({ words }) => words)
  return gained.join(' ') || 'strangers on the Internet could send through it without logging on.'
}

function ProblemLinks() {
  const { store } = useDesk()
  const problems = useShownProblems()
  const bad = useWindow(({ message }) => (message?.tone === 'bad' ? message.text : undefined))
  if (problems.length === 0 && bad === undefined) return null
  return (
    <div className="draft-problems">
      {bad && (
        <p className="draft-bad">
          <CircleAlert size={15} aria-hidden /> <span>{bad}</span>
          <IconButton icon={X} label="Close this message" onPress={() => store.say(undefined)} />
        </p>
      )}
      {problems.length > 0 && (
        <ul className="problem-links" aria-label={`${count(problems.length, 'problem')} to mend`}>
          {problems.slice(0, 20).map(({ path, text }) => (
            <li key={`${path} ${text}`}>
              <button type="button" className="link" onClick={() => store.go(placeOf(path))}>
                {path === '' ? 'Settings' : titleOf(path)}
              </button>{' '}
              {text}
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}

/** What the last action came to, with the way back where there is one. */
function Said() {
  const { store, bridge } = useDesk()
  const message = useWindow(state => state.message)
  if (!message || message.tone === 'bad') return <span className="muted">No changes.</span>
  const takeBack = async () => {
    try {
      await makeChange(
        store,
        sentence => bridge.ask('takeBack', sentence),
        applied => {
          const text = applied.ok
            ? 'Undone: the settings are as they were before.'
            : applied.problems[0]?.text
          store.say({ tone: applied.ok ? 'good' : 'bad', text: text ?? 'There is nothing to undo.' })
          return applied.ok
        },
      )
    } catch (error) {
      store.say({ tone: 'bad', text: sentenceOf(error) })
    }
  }
  return (
    <span className="said">
      {message.tone === 'good' && <CircleCheck size={15} aria-hidden className="good" />} {message.text}{' '}
      {message.undo && (
        <Button kind="link" onPress={() => void takeBack()}>
          Undo it
        </Button>
      )}
    </span>
  )
}
