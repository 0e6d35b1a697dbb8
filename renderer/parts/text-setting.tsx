/** A setting written as text, or as a whole number. */
import { Input, Label, Text, TextField } from 'react-aria-components'
import type { Path } from '../state/paths.ts'
import { useProblems, useSetting } from '../state/use.ts'
import { optionOf } from '../words/options.ts'
import { ChangedMark, FieldFrame, Problems, useRevert } from './field.tsx'

interface TextSettingProps {
  readonly path: Path
  readonly isNumber?: boolean
  readonly placeholder?: string
  readonly isShort?: boolean
  /** Left out of the settings while it is empty. */
  readonly isOptional?: boolean
}

export function TextSetting(props: TextSettingProps) {
  const { path, isNumber = false, placeholder, isShort = isNumber, isOptional = false } = props
  const { value, set, isChanged } = useSetting<string | number | null | undefined>(path)
  const problems = useProblems(path, true)
  const { label, sentence } = optionOf(path)
  const keys = useRevert(value, next => set(next, true))
  return (
    <FieldFrame path={path} isChanged={isChanged}>
      <TextField
        className="text-field"
        value={String(value ?? '')}
        onChange={text => set(isOptional && text === '' ? undefined : isNumber ? asNumber(text) : text, true)}
        isInvalid={problems.length > 0}
        {...keys}
      >
        <Label>
          {label} <ChangedMark isChanged={isChanged} />
        </Label>
        <Input
          className={isShort ? 'input input-short' : 'input'}
          inputMode={isNumber ? 'numeric' : 'text'}
          placeholder={placeholder ?? ''}
          autoComplete="off"
          spellCheck={false}
        />
        <Text slot="description" className="sentence in-place">
          <span>{sentence}</span>
          <Problems problems={problems} />
        </Text>
      </TextField>
    </FieldFrame>
  )
}

/** What isn't a number stays text, and the relay says what is wrong with it. */
export function asNumber(text: string): string | number {
  return /^\d{1,15}$/.test(text.trim()) ? Number(text.trim()) : text
}
