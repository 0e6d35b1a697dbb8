/** Fields of questions that are no settings: text and choices with a sentence and a problem beside them. */
import { useId } from 'react'
import { Label, Radio, RadioGroup, Text } from 'react-aria-components'

interface PlainTextProps {
  readonly label: string
  readonly sentence: React.ReactNode
  readonly value: string
  onChange(text: string): void
  readonly problem?: string | undefined
  readonly placeholder?: string
  readonly isSecret?: boolean
}

export function PlainText(props: PlainTextProps) {
  const { label, sentence, value, onChange, problem, placeholder = '', isSecret = false } = props
  const id = useId()
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        className="input"
        type={isSecret ? 'password' : 'text'}
        autoComplete={isSecret ? 'new-password' : 'off'}
        spellCheck={false}
        placeholder={placeholder}
        value={value}
        aria-invalid={problem !== undefined}
        aria-describedby={`${id}-words`}
        onChange={event => onChange(event.target.value)}
      />
      <div className="sentence in-place" id={`${id}-words`}>
        <span>{sentence}</span>
        {problem && <p className="problems">{problem}</p>}
      </div>
    </div>
  )
}

export interface PlainChoiceOption<Value extends string> {
  readonly value: Value
  readonly label: string
  readonly sentence: string
  readonly isDisabled?: boolean
}

interface PlainChoiceProps<Value extends string> {
  readonly label: string
  readonly sentence?: string
  readonly value: Value
  readonly choices: readonly PlainChoiceOption<Value>[]
  onChange(value: Value): void
  readonly problem?: string | undefined
}

export function PlainChoice<Value extends string>(props: PlainChoiceProps<Value>) {
  const { label, sentence, value, choices, onChange, problem } = props
  const choose = (chosen: string) => {
    const choice = choices.find(one => one.value === chosen)
    if (choice) onChange(choice.value)
  }
  return (
    <div className="field">
      <RadioGroup className="choice-list" value={value} onChange={choose} isInvalid={problem !== undefined}>
        <Label className="field-label">{label}</Label>
        {(sentence || problem) && (
          <Text slot="description" className="sentence in-place">
            <span>{sentence}</span>
            {problem && <span className="problems">{problem}</span>}
          </Text>
        )}
        {choices.map(choice => (
          <Radio
            key={choice.value}
            value={choice.value}
            className="radio"
            isDisabled={choice.isDisabled === true}
          >
            <span className="radio-mark" aria-hidden />
            <span>
              <span className="radio-label">{choice.label}</span>
              <span className="radio-sentence"> {choice.sentence}</span>
            </span>
          </Radio>
        ))}
      </RadioGroup>
    </div>
  )
}
