/** The bindings: addresses and ports on which mail is taken, each with its encryption. */
import { Plus, X } from 'lucide-react'
import { useId } from 'react'
import { Checkbox } from 'react-aria-components'
import { Button, IconButton } from '../parts/button.tsx'
import { ChangedMark, FieldFrame, Problems, useRevert } from '../parts/field.tsx'
import { asNumber } from '../parts/text-setting.tsx'
import { formatPath } from '../state/paths.ts'
import { placeOf } from '../state/place.ts'
import type { ListenerDraft } from '../state/settings.ts'
import { useDesk, useProblems, useSetting } from '../state/use.ts'
import { optionOf } from '../words/options.ts'
import { addressWords, capital } from '../words/plain.ts'

const path = ['smtp', 'listeners'] as const

export function Bindings() {
  const { value: listeners, set, isChanged } = useSetting<readonly ListenerDraft[]>(path)
  const { label, sentence } = optionOf(path)
  const problems = useProblems(path)
  const { store } = useDesk()
  return (
    <FieldFrame path={path} isChanged={isChanged}>
      <p className="field-label">
        {label} <ChangedMark isChanged={isChanged} />
      </p>
      <p className="sentence">{sentence}</p>
      {listeners.length > 0 && (
        <div className="bindings">
          <div className="binding binding-head" aria-hidden>
            <span>Address</span>
            <span>Port</span>
            <span>Encryption</span>
          </div>
          {listeners.map((listener, index) => (
            <Binding
              // biome-ignore lint/suspicious/noArrayIndexKey: bindings have no name but their place.
              key={index}
              index={index}
              listener={listener}
              onRemove={() => set(listeners.toSpliced(index, 1))}
            />
          ))}
        </div>
      )}
      {listeners.length === 0 && <p className="muted">No bindings: no machine can hand in mail. Add one.</p>}
      <Problems problems={problems} />
      <Button
        icon={Plus}
        onPress={() => {
          set([...listeners, { address: '0.0.0.0', port: 587, encryption: 'starttls-required' }])
          store.go(placeOf(formatPath([...path, listeners.length, 'address'])))
        }}
      >
        Add binding
      </Button>
    </FieldFrame>
  )
}

interface BindingProps {
  readonly index: number
  readonly listener: ListenerDraft
  onRemove(): void
}

function Binding({ index, listener, onRemove }: BindingProps) {
  const { store } = useDesk()
  const here = [...path, index]
  const problems = useProblems(here, true)
  const { choices = [] } = optionOf([...here, 'encryption'])
  const isEvery = addressWords(listener.address) !== listener.address
  return (
    <div data-path={formatPath(here)}>
      <div className="binding">
        <BindingText
          path={[...here, 'address']}
          label={`Address of binding ${index + 1}`}
          value={listener.address}
        />
        <BindingText path={[...here, 'port']} label={`Port of binding ${index + 1}`} value={listener.port} />
        <select
          className="input"
          aria-label={`Encryption of binding ${index + 1}`}
          data-path={formatPath([...here, 'encryption'])}
          data-option="smtp.listeners[].encryption"
          value={listener.encryption}
          onChange={event => store.edit([...here, 'encryption'], event.target.value)}
        >
          {choices.map(({ value, label }) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </select>
        <IconButton icon={X} label={`Remove binding ${index + 1}`} onPress={onRemove} />
      </div>
      <p className="sentence binding-words">
        {isEvery && `${capital(addressWords(listener.address))}. `}
        {choices.find(({ value }) => value === listener.encryption)?.sentence}
      </p>
      <OldDevices index={index} listener={listener} />
      <Problems problems={problems} />
    </div>
  )
}

function OldDevices({ index, listener }: Pick<BindingProps, 'index' | 'listener'>) {
  const { store } = useDesk()
  const here = [...path, index, 'oldDevices']
  const id = useId()
  const { label, sentence } = optionOf(here)
  const isOn = listener.oldDevices ?? false
  return (
    <div data-path={formatPath(here)} data-option="smtp.listeners[].oldDevices">
      <Checkbox
        className="checkbox"
        isSelected={isOn}
        onChange={on => store.edit(here, on ? true : undefined)}
        aria-label={`${label}: binding ${index + 1}`}
        aria-describedby={id}
      >
        <span className="checkbox-mark" aria-hidden />
        <span className="muted">{label}</span>
      </Checkbox>
      <div className="sentence sentence-inset" id={id} hidden={!isOn}>
        {sentence}
      </div>
    </div>
  )
}

interface BindingTextProps {
  readonly path: readonly (string | number)[]
  readonly label: string
  readonly value: string | number
}

function BindingText({ path, label, value }: BindingTextProps) {
  const { store } = useDesk()
  const isNumber = path.at(-1) === 'port'
  const problems = useProblems(path)
  const keys = useRevert(value, next => store.edit(path, next, true))
  return (
    <input
      className="input"
      aria-label={label}
      aria-invalid={problems.length > 0}
      data-path={formatPath(path)}
      data-option={`smtp.listeners[].${path.at(-1)}`}
      value={value}
      spellCheck={false}
      inputMode={isNumber ? 'numeric' : 'text'}
      {...keys}
      onChange={event => store.edit(path, isNumber ? asNumber(event.target.value) : event.target.value, true)}
    />
  )
}
