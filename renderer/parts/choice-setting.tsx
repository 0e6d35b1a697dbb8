/** A setting chosen from a few: as a list with the meaning of each beside it, or as a box that opens. */
import { useId } from 'react'
import { Label, Radio, RadioGroup, Text } from 'react-aria-components'
import type { Path } from '../state/paths.ts'
import { useProblems, useSetting } from '../state/use.ts'
import { optionOf } from '../words/options.ts'
import { ChangedMark, FieldFrame, Problems } from './field.tsx'

export function ChoiceSetting({ path }: { readonly path: Path }) {
  const { value, set, isChanged } = useSetting<string>(path)
  const problems = useProblems(path)
  const { label, sentence, choices = [] } = optionOf(path)
  return (
    <FieldFrame path={path} isChanged={isChanged}>
      <RadioGroup
        className="choice-list"
        value={value}
        onChange={next => set(next)}
        isInvalid={problems.length > 0}
      >
        <Label className="field-label">
          {label} <ChangedMark isChanged={isChanged} />
        </Label>
        <Text slot="description" className="sentence">
          {sentence}
          <Problems problems={problems} />
        </Text>
        {choices.map(choice => (
          <Radio key={choice.value} value={choice.value} className="radio">
            <span className="radio-mark" aria-hidden />
            <span>
              <span className="radio-label">{choice.label}</span>
              {choice.sentence && <span className="radio-sentence"> {choice.sentence}</span>}
            </span>
          </Radio>
        ))}
      </RadioGroup>
    </FieldFrame>
  )
}

interface SelectSettingProps {
  readonly path: Path
  /** Where more changes with it than the setting itself. */
  readonly onChoose?: (value: string) => void
}

export function SelectSetting({ path, onChoose }: SelectSettingProps) {
  const { value, set, isChanged } = useSetting<string>(path)
  const problems = useProblems(path)
  const { label, sentence, choices = [] } = optionOf(path)
  const id = useId()
  const chosen = choices.find(choice => choice.value === value)
  return (
    <FieldFrame path={path} isChanged={isChanged}>
      <label htmlFor={id}>
        {label} <ChangedMark isChanged={isChanged} />
      </label>
      <select
        id={id}
        className="input"
        value={value}
        aria-describedby={`${id}-words`}
        aria-invalid={problems.length > 0}
        onChange={event => (onChoose ?? set)(event.target.value)}
      >
        {choices.map(choice => (
          <option key={choice.value} value={choice.value}>
            {choice.label}
          </option>
        ))}
      </select>
      <div className="sentence" id={`${id}-words`}>
        {chosen?.sentence ?? sentence}
        <Problems problems={problems} />
      </div>
    </FieldFrame>
  )
}
