/** A dialog over the window: one question or one answer, closed by Esc. */
import { X } from 'lucide-react'
import { useEffect, useRef } from 'react'
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
        <Opened {...{ title, onClose, foot }}>{children}</Opened>
      </Modal>
    </ModalOverlay>
  )
}

function Opened({ title, onClose, foot, children }: Omit<OverlayProps, 'isOpen' | 'isWide'>) {
  const dialog = useRef<HTMLElement>(null)
  useLostEscape(dialog, onClose)
  return (
    <Dialog className="dialog" ref={dialog}>
      <header className="dialog-head">
        <Heading slot="title">{title}</Heading>
        <IconButton icon={X} label="Close" onPress={onClose} />
      </header>
      <div className="dialog-body">{children}</div>
      {foot && <footer className="dialog-foot">{foot}</footer>}
    </Dialog>
  )
}

/** A button that is switched off or goes while it has the focus drops it, and no dialog would hear Esc then. */
function useLostEscape(dialog: React.RefObject<HTMLElement | null>, onClose: () => void): void {
  const close = useRef(onClose)
  close.current = onClose
  useEffect(() => {
    const listener = ({ key }: KeyboardEvent) => {
      const isLost = key === 'Escape' && document.activeElement === document.body
      const isOnTop = [...document.querySelectorAll('.dialog')].at(-1) === dialog.current
      if (isLost && isOnTop) close.current()
    }
    document.addEventListener('keydown', listener)
    return () => document.removeEventListener('keydown', listener)
  }, [dialog])
}
