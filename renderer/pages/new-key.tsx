/** A key that signs mail, made or taken over. */
import { useId, useState } from 'react'
import { Button } from '../parts/button.tsx'
import { Overlay } from '../parts/overlay.tsx'
import { PlainText } from '../parts/plain-fields.tsx'
import { sentenceOf } from '../state/store.ts'
import { useDesk, useReady } from '../state/use.ts'

interface NewKeyProps {
  readonly isOpen: boolean
  onClose(): void
}

export function NewKey({ isOpen, onClose }: NewKeyProps) {
  return (
    <Overlay title="Add a key" isOpen={isOpen} onClose={onClose} isWide>
      <NewKeyForm onClose={onClose} />
    </Overlay>
  )
}

function NewKeyForm({ onClose }: { onClose(): void }) {
  const { bridge } = useDesk()
  const first = useReady(({ base }) => base.localDomains.find(domain => !domain.startsWith('*')) ?? '')
  const [domain, setDomain] = useState(first)
  const [selector, setSelector] = useState('')
  const [pem, setPem] = useState('')
  const [problems, setProblems] = useState<readonly string[]>([])
  const [isBusy, setBusy] = useState(false)
  const id = useId()
  const add = async () => {
    setBusy(true)
    const named = { domain: domain.trim(), ...(selector.trim() !== '' && { selector: selector.trim() }) }
    try {
      const asked = pem.trim() === '' ? named : { ...named, pem }
      const applied = await bridge.ask('addDkim', asked, 'window')
      if (applied.ok) onClose()
      else setProblems(applied.problems.map(({ text }) => text))
    } catch (error) {
      setProblems([sentenceOf(error)])
    }
    setBusy(false)
  }
  return (
    <form
      className="new-key"
      onSubmit={event => {
        event.preventDefault()
        void add()
      }}
    >
      <PlainText
        label="Domain"
        sentence="Mail from addresses in it is signed, and in those below it."
        placeholder="example.com"
        value={domain}
        onChange={setDomain}
      />
      <details className="more">
        <summary>Take over a key of another server</summary>
        <div className="new-key">
          <PlainText
            label="Selector"
            sentence="The name that the key has in the DNS. Empty: one after the month."
            placeholder="mail2026"
            value={selector}
            onChange={setSelector}
          />
          <div className="field">
            <label htmlFor={id}>Private key</label>
            <textarea
              id={id}
              className="input mono"
              rows={4}
              spellCheck={false}
              autoComplete="off"
              placeholder="-----BEGIN PRIVATE KEY-----"
              value={pem}
              aria-describedby={`${id}-words`}
              onChange={event => setPem(event.target.value)}
            />
            <p className="sentence" id={`${id}-words`}>
              In PEM form, without a password. Empty: a new key is made. It goes to the secret store, not into
              the settings.
            </p>
          </div>
        </div>
      </details>
      <p className={problems.length > 0 ? 'problems' : 'sentence'} role="status">
        {problems.join(' ') || 'Its record for the DNS is shown next.'}
      </p>
      <div className="new-key-foot">
        <Button onPress={onClose}>Cancel</Button>
        <Button kind="main" type="submit" isDisabled={domain.trim() === '' || isBusy}>
          {pem.trim() === '' ? 'Make the key' : 'Take it over'}
        </Button>
      </div>
    </form>
  )
}
