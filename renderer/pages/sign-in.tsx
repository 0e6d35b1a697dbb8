/** How a sender signs in at its server: user name here, password or token in the secret store. */
import { useId, useState } from 'react'
import { Switch } from 'react-aria-components'
import { SelectSetting } from '../parts/choice-setting.tsx'
import { Problems } from '../parts/field.tsx'
import { TextSetting } from '../parts/text-setting.tsx'
import { formatPath, type Path } from '../state/paths.ts'
import type { LoginDraft, RouteDraft } from '../state/settings.ts'
import { useDesk, useProblems, useReady } from '../state/use.ts'
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
  const clashes = useProblems([...here, 'secret'])
  const [asksName, setAsksName] = useState(false)
  // It stays while it is typed in.
  if (clashes.length > 0 && !asksName) setAsksName(true)
  const routes = useReady(({ draft }) => draft.settings.delivery.routes)
  const others = routes.filter((_, at) => at !== path.at(-1))
  const { label, sentence } = optionOf(here)
  const id = useId()
  const turn = (isOn: boolean) =>
    store.edit(here, isOn ? { method: 'password', user: '', secret: secretFor(route, others) } : undefined)
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
            onChoose={method => store.edit(here, loginBy(method, route, others))}
          />
          <TextSetting path={[...here, 'user']} placeholder="office@provider.example" />
          {asksName && <TextSetting path={[...here, 'secret']} />}
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
function loginBy(method: string, route: RouteDraft, others: readonly RouteDraft[]): LoginDraft {
  const { user = '', secret = secretFor(route, others) } = route.login ?? {}
  if (method !== 'oauth2') return { method: 'password', user, secret }
  const host = route.hosts[0] ?? ''
  if (/\b(gmail|google|googlemail)\.com/i.test(host)) return { method, user, secret, provider: 'google' }
  const isMicrosoft = host === '' || /\b(office365|outlook|office)\.com/i.test(host)
  return { method, user, secret, provider: isMicrosoft ? 'microsoft' : 'other' }
}

/** A name for the secret that people recognise, the server's; another where a sender has that already. */
function secretFor({ hosts }: RouteDraft, others: readonly RouteDraft[]): string {
  const name = (hosts[0] ?? '').replace(/:\d+$/, '').slice(0, 60) || 'provider'
  const taken = new Set(others.map(({ login }) => login?.secret))
  if (!taken.has(name)) return name
  const further = others.map((_, at) => `${name} ${at + 2}`)
  return further.find(one => !taken.has(one)) ?? name
}
