/** Words in place of content or beside it: nothing here yet, still loading, went wrong, worth knowing. */
import { CircleAlert, CircleCheck, Info, TriangleAlert } from 'lucide-react'
import type { Loaded } from '../state/use.ts'
import { Button } from './button.tsx'

export type Tone = 'good' | 'bad' | 'warning' | 'plain'

const icons = { good: CircleCheck, bad: CircleAlert, warning: TriangleAlert, plain: Info }

export function Notice({ tone, children }: { readonly tone: Tone; readonly children: React.ReactNode }) {
  const Icon = icons[tone]
  return (
    <div className={`notice notice-${tone}`}>
      <Icon size={16} aria-hidden />
      <div className="notice-words">{children}</div>
    </div>
  )
}

/** Nothing to show: what would stand here, and what to do. */
export function Empty({ title, children }: { readonly title: string; readonly children?: React.ReactNode }) {
  return (
    <div className="empty">
      <p className="empty-title">{title}</p>
      {children}
    </div>
  )
}

interface AnswerProps<Value> {
  readonly answer: Loaded<Value>
  /** What is asked for, as in `the queue`. */
  readonly what: string
  again(): void
  children(value: Value): React.ReactNode
}

export function Answer<Value>({ answer, what, again, children }: AnswerProps<Value>) {
  if (answer.kind === 'loading') return <p className="muted">Asking the relay for {what}…</p>
  if (answer.kind === 'loaded') return children(answer.value)
  return (
    <Notice tone="bad">
      <p>
        {answer.text} <Button onPress={again}>Try again</Button>
      </p>
    </Notice>
  )
}
