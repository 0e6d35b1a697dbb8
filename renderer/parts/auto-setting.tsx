/** A list that is found on this machine, or written by hand. */
import { Radio, RadioGroup } from 'react-aria-components'
import type { Path } from '../state/paths.ts'
import { useSetting } from '../state/use.ts'
import { optionOf } from '../words/options.ts'
import { ChangedMark, FieldFrame } from './field.tsx'
import { WordsSetting } from './words-setting.tsx'

interface AutoSettingProps {
  readonly path: Path
  /** What "found by itself" comes to now; undefined where the window isn't told. */
  readonly found?: readonly string[]
  readonly placeholder: string
}

export function AutoSetting({ path, found, placeholder }: AutoSettingProps) {
  const { value, set, isChanged } = useSetting<'auto' | readonly string[]>(path)
  const { label, sentence } = optionOf(path)
  const isAuto = value === 'auto'
  return (
    <FieldFrame path={path} isChanged={isChanged}>
      <p className="field-label" id={`auto-${String(path.at(-1))}`}>
        {label} <ChangedMark isChanged={isChanged} />
      </p>
      <p className="sentence">{sentence}</p>
      <RadioGroup
        className="choice-list"
        aria-labelledby={`auto-${String(path.at(-1))}`}
        value={isAuto ? 'auto' : 'hand'}
        onChange={next => set(next === 'auto' ? 'auto' : (found ?? []))}
      >
        <Radio className="radio" value="auto">
          <span className="radio-mark" aria-hidden />
          <span>
            <span className="radio-label">Found by itself</span>{' '}
            {found && <span className="radio-sentence">now {found.join(', ') || 'none'}</span>}
          </span>
        </Radio>
        <Radio className="radio" value="hand">
          <span className="radio-mark" aria-hidden />
          <span className="radio-label">Written by hand</span>
        </Radio>
      </RadioGroup>
      {!isAuto && (
        <WordsSetting path={path} placeholder={placeholder} label={`${label}, by hand`} sentence="" />
      )}
    </FieldFrame>
  )
}
