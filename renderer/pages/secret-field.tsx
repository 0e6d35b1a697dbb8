/** A field for a secret: typed here, kept apart from the settings, and never shown again. */
import { useId } from 'react'
import { changed } from '../state/draft.ts'
import { useDesk, useReady } from '../state/use.ts'

interface SecretFieldProps {
  /** In the secret store. */
  readonly name: string
  readonly label: string
  /** Where it stands among the options, as in `delivery.routes[].login`. */
  readonly option: string
  /** What it means where there is none. */
  readonly absent: string
  readonly sentence?: string
  /** As problems name the setting, where one has its name. */
  readonly path?: string
  readonly onEdit?: () => void
}

export function SecretField({ name, label, option, absent, sentence, path, onEdit }: SecretFieldProps) {
  const { store } = useDesk()
  const id = useId()
  const value = useReady(({ draft }) => draft.secrets[name] ?? '')
  const isKept = useReady(({ secrets }) => secrets.includes(name))
  const where = useReady(({ app }) => app.secretsKept)
  const set = (text: string) => {
    onEdit?.()
    store.change(draft => {
      const { [name]: _, ...others } = draft.secrets
      return changed(draft, { secrets: text === '' ? others : { ...others, [name]: text } }, `secret ${name}`)
    })
  }
  return (
    <div className="field" data-option={option} data-path={path}>
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        className="input"
        type="password"
        autoComplete="new-password"
        value={value}
        placeholder={isKept ? 'unchanged' : absent}
        aria-describedby={`${id}-words`}
        onChange={event => set(event.target.value)}
        onKeyDown={event => {
          if (event.key === 'Escape') set('')
        }}
        onBlur={store.leaveField}
      />
      <div className="sentence" id={`${id}-words`}>
        {sentence !== undefined && `${sentence} `}Kept apart from the settings as “{name}”, in{' '}
        {where === 'keychain'
          ? 'this system’s keychain.'
          : 'a file that only this account can read: there is no keychain here.'}
      </div>
    </div>
  )
}
