/** A user's password: typed here, set with Apply; shown by its strength only. */
import { useId, useState } from 'react'
import { Button } from '../parts/button.tsx'
import { changed } from '../state/draft.ts'
import { strengthOf } from '../state/strength.ts'
import { useDesk, useReady } from '../state/use.ts'
import { optionOf } from '../words/options.ts'

export function PasswordField({ index, name }: { readonly index: number; readonly name: string }) {
  const { store } = useDesk()
  const id = useId()
  const password = useReady(({ draft }) => draft.passwords[name] ?? '')
  const hasPassword = useReady(
    ({ users, draft }) =>
      draft.settings.users[index]?.password !== undefined ||
      users.some(user => user.name === name && user.hasPassword),
  )
  const [isShown, setShown] = useState(false)
  const { label, sentence } = optionOf(['users', index, 'password'])
  const set = (text: string) =>
    store.change(draft => {
      const { [name]: _, ...others } = draft.passwords
      return changed(
        draft,
        { passwords: text === '' ? others : { ...others, [name]: text } },
        `password ${name}`,
      )
    })
  return (
    <div className="field" data-option="users[].password" data-path={`users[${index}].password`}>
      <label htmlFor={id}>{label}</label>
      <div className="with-button">
        <input
          id={id}
          className="input"
          type={isShown ? 'text' : 'password'}
          autoComplete="new-password"
          value={password}
          disabled={name === ''}
          placeholder={hasPassword ? 'unchanged' : 'none yet: can’t log on'}
          aria-describedby={`${id}-words`}
          onChange={event => set(event.target.value)}
          onKeyDown={event => {
            if (event.key === 'Escape') set('')
          }}
          onBlur={store.leaveField}
        />
        <Button isDisabled={password === ''} onPress={() => setShown(!isShown)}>
          {isShown ? 'Hide' : 'Show'}
        </Button>
      </div>
      <div className="sentence" id={`${id}-words`}>
        {name === '' ? (
          'Write the name first.'
        ) : password === '' ? (
          sentence
        ) : (
          <StrengthWords password={password} name={name} />
        )}
      </div>
    </div>
  )
}

function StrengthWords({ password, name }: { readonly password: string; readonly name: string }) {
  const { level, words } = strengthOf(password, name)
  return (
    <span className="strength" data-level={level}>
      <span className="strength-bars" aria-hidden>
        {[0, 1, 2, 3].map(bar => (
          <span key={bar} data-on={bar <= level || undefined} />
        ))}
      </span>
      {words}
    </span>
  )
}
