/** The review: every change of the draft in words, with the way to its field. */

import { WhoGains } from '../access/who-gains.tsx'
import { Button } from '../parts/button.tsx'
import { Notice } from '../parts/notice.tsx'
import { Overlay } from '../parts/overlay.tsx'
import { applyDraft } from '../state/apply.ts'
import { allChanges } from '../state/draft.ts'
import { placeOf } from '../state/place.ts'
import { useDesk, useReady } from '../state/use.ts'
import { count } from '../words/plain.ts'
import { titleOf } from '../words/titles.ts'
import { RoutesOfQueue } from './rerouting.tsx'

interface ReviewProps {
  readonly isOpen: boolean
  onClose(): void
}

export function Review({ isOpen, onClose }: ReviewProps) {
  const { store, bridge } = useDesk()
  const problems = useReady(ready => ready.problems)
  const applying = useReady(ready => ready.applying)
  const opens = useReady(ready => ready.opens)
  const apply = async () => {
    const isOver = await applyDraft(store, bridge)
    // The question whether to open the relay takes the place of this dialog.
    if (isOver || store.get().opening) onClose()
  }
  const foot = (
    <>
      <Button onPress={onClose}>Go on editing</Button>
      <Button kind="main" isDisabled={problems.length > 0 || applying} onPress={() => void apply()}>
        Apply
      </Button>
    </>
  )
  return (
    <Overlay title="What will change" isOpen={isOpen} onClose={onClose} foot={foot} isWide>
      <Changes onGo={onClose} />
      <RoutesOfQueue />
      <WhoGains />
      {opens.length > 0 && (
        <Notice tone="bad">
          <p>
            <strong>This makes an open relay.</strong> Apply asks you to type a sentence that says so.
          </p>
        </Notice>
      )}
      {problems.length > 0 && (
        <Notice tone="bad">
          <p>{count(problems.length, 'thing')} to mend before this can be applied:</p>
          <ul>
            {problems.map(({ path, text }) => (
              <li key={`${path} ${text}`}>
                <strong>{path === '' ? 'Settings' : titleOf(path)}:</strong> {text}
              </li>
            ))}
          </ul>
        </Notice>
      )}
      <p className="muted">
        Applying drops no session and loses no mail. Every change is kept under Tools, History, and can be
        undone there.
      </p>
    </Overlay>
  )
}

function Changes({ onGo }: { onGo(): void }) {
  const { store } = useDesk()
  const base = useReady(ready => ready.base)
  const draft = useReady(ready => ready.draft)
  return (
    <ol className="changes">
      {allChanges(base, draft).map(({ path, words }) => (
        <li key={`${path} ${words}`}>
          <span>{words}</span>{' '}
          <Button
            kind="link"
            aria-label={`Show: ${words}`}
            onPress={() => {
              onGo()
              store.go(placeOf(path))
            }}
          >
            Show
          </Button>
        </li>
      ))}
    </ol>
  )
}
