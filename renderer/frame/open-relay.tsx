/** Asks for the sentence that must be typed before anybody on the Internet may send through this server. */
import { useId, useState } from 'react'
import { Button } from '../parts/button.tsx'
import { Notice } from '../parts/notice.tsx'
import { Overlay } from '../parts/overlay.tsx'
import type { Opening } from '../state/opening.ts'
import { sentenceOf } from '../state/store.ts'
import { useDesk, useReady, useWindow } from '../state/use.ts'
import { count } from '../words/plain.ts'

export function OpenRelay() {
  const opening = useWindow(state => state.opening)
  return opening ? <Question opening={opening} /> : null
}

const shown = 6

function Question({ opening }: { readonly opening: Opening }) {
  const { store } = useDesk()
  const sentence = useReady(ready => ready.openRelaySentence)
  const [typed, setTyped] = useState('')
  const [problem, setProblem] = useState<string>()
  const id = useId()
  const close = () => store.askToOpen(undefined)
  const open = async (event?: React.FormEvent) => {
    event?.preventDefault()
    try {
      if (await opening.go(typed)) close()
      else setProblem('That is not the sentence yet: type it word by word.')
    } catch (error) {
      setProblem(sentenceOf(error))
    }
  }
  const { addresses, addressCount = addresses.length } = opening
  const more = addressCount - shown
  return (
    <Overlay
      title="This makes an open relay"
      isOpen
      onClose={close}
      foot={
        <>
          <Button kind="main" onPress={close}>
            Leave it closed
          </Button>
          <Button kind="danger" onPress={() => void open()}>
            Open the relay
          </Button>
        </>
      }
    >
      <Notice tone="bad">
        <p>
          Anybody at these addresses could send through this server without logging on. Spammers find such a
          server within hours, and others then refuse all your mail.
        </p>
      </Notice>
      <ul className="open-addresses">
        {addresses.slice(0, shown).map(range => (
          <li key={range}>{range}</li>
        ))}
        {more > 0 && <li className="muted">and {count(more, 'range')} more</li>}
      </ul>
      <form className="field" onSubmit={event => void open(event)}>
        <label htmlFor={id}>
          If you really want that, type: <strong>{sentence}</strong>
        </label>
        <input
          id={id}
          className="input"
          value={typed}
          autoComplete="off"
          spellCheck={false}
          aria-describedby={`${id}-words`}
          onChange={event => {
            setTyped(event.target.value)
            setProblem(undefined)
          }}
        />
        <p className={problem ? 'problems' : 'sentence'} id={`${id}-words`} role="status">
          {problem ?? 'As long as it stands, the tray icon and the Status page say so.'}
        </p>
      </form>
    </Overlay>
  )
}
