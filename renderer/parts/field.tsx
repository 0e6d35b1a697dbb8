/** What all fields have: their place in the settings, their problems, a mark when changed, Esc to revert. */
import { useRef } from 'react'
import { formatPath, type Path } from '../state/paths.ts'
import type { Problem } from '../state/settings.ts'
import { useDesk } from '../state/use.ts'
import { optionOf, patternOf } from '../words/options.ts'
import { useFound } from './search.ts'

interface FieldFrameProps {
  readonly path: Path
  readonly isChanged: boolean
  readonly className?: string
  readonly children: React.ReactNode
}

export function FieldFrame({ path, isChanged, className = '', children }: FieldFrameProps) {
  const { label, sentence, choices = [] } = optionOf(path)
  const words = choices.map(choice => `${choice.label} ${choice.sentence ?? ''}`)
  if (!useFound(label, sentence, ...words)) return null
  return (
    <div
      className={`field ${className}`}
      data-path={formatPath(path)}
      data-option={patternOf(path)}
      data-changed={isChanged || undefined}
    >
      {children}
    </div>
  )
}

export function ChangedMark({ isChanged }: { readonly isChanged: boolean }) {
  return isChanged ? <span className="changed-mark">changed</span> : null
}

export function Problems({ problems, id }: { readonly problems: readonly Problem[]; readonly id?: string }) {
  if (problems.length === 0) return null
  return (
    <ul className="problems" id={id}>
      {problems.map(({ path, text }) => (
        <li key={`${path} ${text}`}>{text}</li>
      ))}
    </ul>
  )
}

/** Esc brings back what stood in the field when it was entered; leaving it ends the step of undo. */
export function useRevert<Value>(value: Value, set: (value: Value) => void) {
  const { store } = useDesk()
  const entered = useRef(value)
  return {
    onFocus: () => {
      entered.current = value
    },
    onBlur: () => store.leaveField(),
    onKeyDown: (event: { readonly key: string; preventDefault(): void; stopPropagation?(): void }) => {
      if (event.key !== 'Escape' || Object.is(entered.current, value)) return
      event.preventDefault()
      set(entered.current)
    },
  }
}
