/** A dialog over the window: one question or one answer, closed by Esc. */
import { X } from 'lucide-react'
import { Dialog, Heading, Modal, ModalOverlay } from 'react-aria-components'
import { IconButton } from './button.tsx'

interface OverlayProps {
  readonly title: string
  readonly isOpen: boolean
  onClose(): void
  readonly children: React.ReactNode
  readonly foot?: React.ReactNode
  readonly isWide?: boolean
}

export function Overlay({ title, isOpen, onClose, children, foot, isWide = false }: OverlayProps) {
  return (
    <ModalOverlay
      className="overlay"
      isOpen={isOpen}
      isDismissable
      onOpenChange={open => {
        if (!open) onClose()
      }}
    >
      <Modal className={isWide ? 'modal modal-wide' : 'modal'}>
        <Dialog className="dialog">
          <header className="dialog-head">
            <Heading slot="title">{title}</Heading>
            <IconButton icon={X} label="Close" onPress={onClose} />
          </header>
          <div className="dialog-body">{children}</div>
          {foot && <footer className="dialog-foot">{foot}</footer>}
        </Dialog>
      </Modal>
    </ModalOverlay>
  )
}
