/** A setting that is on or off. */
import { useId } from 'react'
import { Checkbox, Switch } from 'react-aria-components'
import type { Path } from '../state/paths.ts'
import { useSetting } from '../state/use.ts'
import { optionOf } from '../words/options.ts'
import { ChangedMark, FieldFrame } from './field.tsx'

export function SwitchSetting({ path }: { readonly path: Path }) {
  const { value, set, isChanged } = useSetting<boolean>(path)
  const { label, sentence } = optionOf(path)
  const id = useId()
  return (
    <FieldFrame path={path} isChanged={isChanged}>
      <Switch className="switch" isSelected={value} onChange={set} aria-describedby={id}>
        <span className="switch-track" aria-hidden />
        {label} <ChangedMark isChanged={isChanged} />
      </Switch>
      <div className="sentence sentence-inset" id={id}>
        {sentence}
      </div>
    </FieldFrame>
  )
}

export function CheckSetting({ path }: { readonly path: Path }) {
  const { value, set, isChanged } = useSetting<boolean>(path)
  const { label, sentence } = optionOf(path)
  const id = useId()
  return (
    <FieldFrame path={path} isChanged={isChanged}>
      <Checkbox className="checkbox" isSelected={value} onChange={set} aria-describedby={id}>
        <span className="checkbox-mark" aria-hidden />
        <span>
          {label} <ChangedMark isChanged={isChanged} />
        </span>
      </Checkbox>
      <div className="sentence sentence-inset" id={id}>
        {sentence}
      </div>
    </FieldFrame>
  )
}
