/** How a sender signs in at its server: user name here, password in the secret store. */
import { useId } from 'react'
import { Switch } from 'react-aria-components'
import { SelectSetting } from '../parts/choice-setting.tsx'
import { Problems } from '../parts/field.tsx'
import { TextSetting } from '../parts/text-setting.tsx'
import { changed } from '../state/draft.ts'
import { formatPath, type Path } from '../state/paths.ts'
import type { RouteDraft } from '../state/settings.ts'
import { useDesk, useProblems, useReady } from '../state/use.ts'
import { optionOf } from '../words/options.ts'

interface SignInProps {
  readonly path: Path
  readonly route: RouteDraft
}

export function SignIn({ path, route }: SignInProps) {
  const { store } = useDesk()
  const here = [...path, 'login']
  const problems = useProblems(here)
  const { label, sentence } = optionOf(here)
  const id = useId()
  const turn = (isOn: boolean) =>
    store.edit(here, isOn ? { method: 'password', user: '', secret: secretFor(route) } : undefined)
  return (
    <div data-path={formatPath(here)} data-option="delivery.routes[].login">
      <Switch className="switch" isSelected={route.login !== undefined} onChange={turn} aria-describedby={id}>
        <span className="switch-track" aria-hidden />
        {label}
      </Switch>
      <div className="sentence sentence-inset" id={id}>
        {sentence}
      </div>
      <Problems problems={problems} />
      {route.login && (
        <div className="card-fields">
          <TextSetting path={[...here, 'user']} placeholder="office@provider.example" />
          {route.login.method === 'password' ? (
            <SecretField name={route.login.secret} />
          ) : (
            <p className="muted">Signs in with OAuth2; the token is kept as “{route.login.secret}”.</p>
          )}
          {(route.encryption === 'none' || route.encryption === 'starttls-if-offered') && (
            <SelectSetting path={[...path, 'plaintextLogin']} />
          )}
        </div>
      )}
    </div>
  )
}

function SecretField({ name }: { readonly name: string }) {
  const { store } = useDesk()
  const id = useId()
  const value = useReady(({ draft }) => draft.secrets[name] ?? '')
  const isKept = useReady(({ secrets }) => secrets.includes(name))
  const where = useReady(({ app }) => app.secretsKept)
  const set = (text: string) =>
    store.change(draft => {
      const { [name]: _, ...others } = draft.secrets
      return changed(draft, { secrets: text === '' ? others : { ...others, [name]: text } }, `secret ${name}`)
    })
  return (
    <div className="field" data-option="delivery.routes[].login">
      <label htmlFor={id}>Password</label>
      <input
        id={id}
        className="input"
        type="password"
        autoComplete="new-password"
        value={value}
        placeholder={isKept ? 'unchanged' : 'none yet: sign-in will fail'}
        aria-describedby={`${id}-words`}
        onChange={event => set(event.target.value)}
        onKeyDown={event => {
          if (event.key === 'Escape') set('')
        }}
        onBlur={store.leaveField}
      />
      <div className="sentence" id={`${id}-words`}>
        Kept apart from the settings as “{name}”, in{' '}
        {where === 'keychain'
          ? 'this system’s keychain.'
          : 'a file that only this account can read: there is no keychain here.'}
      </div>
    </div>
  )
}

/** A name for the secret that people recognise: the server's. */
function secretFor({ hosts }: RouteDraft): string {
  return (hosts[0] ?? '').replace(/:\d+$/, '').slice(0, 64) || 'provider'
}
