/** The ports that are open now, and how each is encrypted. */
import { Button } from '../parts/button.tsx'
import { Notice } from '../parts/notice.tsx'
import { useDesk, useReady } from '../state/use.ts'
import { choiceLabel } from '../words/options.ts'
import { addressWords } from '../words/plain.ts'

export function Listeners() {
  const listeners = useReady(({ status }) => status.listeners)
  const { store } = useDesk()
  const open = () => store.go({ page: 'smtp', tab: 'general', target: 'smtp.listeners' })
  if (listeners.length === 0)
    return (
      <Notice tone="warning">
        <p>No port is open, so nobody can hand in mail.</p>
        <Button onPress={open}>Show the bindings</Button>
      </Notice>
    )
  return (
    <ul className="listeners">
      {listeners.map(({ address, port, encryption }) => (
        <li key={`${address} ${port}`}>
          <span className="dot dot-good" aria-hidden />
          <strong>Port {port}</strong>
          <span>
            {addressWords(address)},{' '}
            <span className="muted">
              {choiceLabel(['smtp', 'listeners', 0, 'encryption'], encryption) ?? encryption}
            </span>
          </span>
        </li>
      ))}
    </ul>
  )
}
