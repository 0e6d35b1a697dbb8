/** Asks before messages are removed: that can't be undone. */
import { Button } from '../parts/button.tsx'
import { Overlay } from '../parts/overlay.tsx'
import { count } from '../words/plain.ts'

interface RemovalProps {
  readonly count: number
  readonly isOpen: boolean
  onClose(): void
  onRemove(): void
}

export function Removal({ count: amount, isOpen, onClose, onRemove }: RemovalProps) {
  const remove = () => {
    onClose()
    onRemove()
  }
  const foot = (
    <>
      <Button onPress={onClose}>Keep</Button>
      <Button kind="danger" onPress={remove}>
        Remove {count(amount, 'message')}
      </Button>
    </>
  )
  return (
    <Overlay title={`Remove ${count(amount, 'message')}?`} isOpen={isOpen} onClose={onClose} foot={foot}>
      <p>
        {amount === 1 ? 'It is' : 'They are'} gone for good, and nobody is told: not the sender, not the
        recipients. To stop mail for now, hold it instead.
      </p>
    </Overlay>
  )
}
