/** Asks before anything is removed from the queue: that can't be undone. */
import { Button } from '../parts/button.tsx'
import { Overlay } from '../parts/overlay.tsx'

interface RemovalProps {
  /** As in `3 messages`; open while there is something. */
  readonly what: string | undefined
  onClose(): void
  onRemove(): void
}

export function Removal({ what, onClose, onRemove }: RemovalProps) {
  const remove = () => {
    onClose()
    onRemove()
  }
  const foot = (
    <>
      <Button onPress={onClose}>Keep</Button>
      <Button kind="danger" onPress={remove}>
        Remove {what}
      </Button>
    </>
  )
  return (
    <Overlay title={`Remove ${what ?? ''}?`} isOpen={what !== undefined} onClose={onClose} foot={foot}>
      <p>
        What is removed is gone for good, and nobody is told: not the sender, not the recipients. To stop mail
        for now, hold it instead.
      </p>
    </Overlay>
  )
}
