/** How a sender signs in at its server: user name here, password or token in the secret store. */
import { useId } from 'react'
import { Switch } from 'react-aria-components'
import { SelectSetting } from '../parts/choice-setting.tsx'
import { Problems } from '../parts/field.tsx'
import { TextSetting } from '../parts/text-setting.tsx'
import { formatPath, type Path } from '../state/paths.ts'
import type { LoginDraft, RouteDraft } from '../state/settings.ts'
import { useDesk, useProblems } from '../state/use.ts'
import { optionOf } from '../words/options.ts'
import { OAuthFields } from './oauth-fields.tsx'
import { SecretField } from './secret-field.tsx'
import { SignInState } from './sign-in-state.tsx'

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
          <SelectSetting
            path={[...here, 'method']}
            onChoose={method => store.edit(here, loginBy(method, route))}
          />
          <TextSetting path={[...here, 'user']} placeholder="office@provider.example" />
          {route.login.method === 'password' ? (
            <SecretField
              name={route.login.secret}
              label="Password"
              option="delivery.routes[].login"
              absent="none yet: sign-in will fail"
            />
          ) : (
            <OAuthFields path={here} login={route.login} />
          )}
          {(route.encryption === 'none' || route.encryption === 'starttls-if-offered') && (
            <SelectSetting path={[...path, 'plaintextLogin']} />
          )}
        </div>
      )}
      {route.login?.method === 'oauth2' && <SignInState path={here} login={route.login} />}
    </div>
  )
}

/** What belongs to the other kind alone goes; the provider is the one that the server is known for. */
function loginBy(method: string, route: RouteDraft): LoginDraft {
  const { user = '', secret = secretFor(route) } = route.login ?? {}
  if (method !== 'oauth2') return { method: 'password', user, secret }
  const host = route.hosts[0] ?? ''
  if (/\b(gmail|google|googlemail)\.com/i.test(host)) return { method, user, secret, provider: 'google' }
  const isMicrosoft = host === '' || /\b(office365|outlook|office)\.com/i.test(host)
  return { method, user, secret, provider: isMicrosoft ? 'microsoft' : 'other' }
}

/** A name for the secret that people recognise: the server's. */
function secretFor({ hosts }: RouteDraft): string {
  return (hosts[0] ?? '').replace(/:\d+$/, '').slice(0, 64) || 'provider'
}
