/** A text that is copied elsewhere: shown as it is, with the button that copies it. */
import { Check, Copy } from 'lucide-react'
import { useId, useRef, useState } from 'react'
import { Button } from './button.tsx'

interface CopiedProps {
  readonly label: string
  readonly text: string
}

export function Copied({ label, text }: CopiedProps) {
  const area = useRef<HTMLTextAreaElement>(null)
  const [copied, setCopied] = useState('')
  const id = useId()
  const copy = () => {
    area.current?.select()
    // It asks for no permission, which this window gives to nobody, and works on what a person sees selected.
    if (document.execCommand('copy')) setCopied(text)
  }
  const isCopied = copied === text
  return (
    <div className="copied">
      <label htmlFor={id}>{label}</label>
      <textarea ref={area} id={id} className="input mono" readOnly rows={1} value={text} spellCheck={false} />
      <Button icon={isCopied ? Check : Copy} onPress={copy} aria-label={`Copy ${label}`}>
        {isCopied ? 'Copied' : 'Copy'}
      </Button>
    </div>
  )
}
