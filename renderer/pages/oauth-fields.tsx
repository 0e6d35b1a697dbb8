/** With whom a sender signs in by OAuth2, and as which registration. */
import { SelectSetting } from '../parts/choice-setting.tsx'
import { TextSetting } from '../parts/text-setting.tsx'
import { WordsSetting } from '../parts/words-setting.tsx'
import { formatPath, type Path } from '../state/paths.ts'
import type { LoginDraft } from '../state/settings.ts'
import { useDesk } from '../state/use.ts'
import { optionOf } from '../words/options.ts'
import { SecretField } from './secret-field.tsx'

interface OAuthFieldsProps {
  /** Of the login. */
  readonly path: Path
  readonly login: LoginDraft
}

export function OAuthFields({ path, login }: OAuthFieldsProps) {
  const { store } = useDesk()
  const { provider } = login
  const choose = (next: string) => store.edit(path, signedInBy(next, login))
  const hasSecret = provider !== 'microsoft' || login.clientSecret !== undefined
  return (
    <>
      <SelectSetting path={[...path, 'provider']} onChoose={choose} />
      {provider === 'microsoft' && (
        <TextSetting path={[...path, 'tenant']} placeholder={login.user.split('@')[1] ?? ''} isOptional />
      )}
      {provider === 'other' && (
        <>
          <TextSetting path={[...path, 'issuer']} placeholder="https://login.provider.example" isOptional />
          <WordsSetting path={[...path, 'scopes']} placeholder="offline_access" />
        </>
      )}
      <TextSetting path={[...path, 'clientId']} isOptional />
      {hasSecret && <ClientSecret path={path} login={login} />}
    </>
  )
}

function ClientSecret({ path, login }: OAuthFieldsProps) {
  const { store } = useDesk()
  const name = login.clientSecret ?? `${login.secret} client`.slice(0, 64)
  const { label, sentence } = optionOf([...path, 'clientSecret'])
  return (
    <SecretField
      name={name}
      label={label}
      option="delivery.routes[].login.clientSecret"
      absent="none"
      path={formatPath([...path, 'clientSecret'])}
      sentence={sentence}
      onEdit={() => store.edit([...path, 'clientSecret'], name)}
    />
  )
}

/** What is for one provider alone goes. */
function signedInBy(provider: string, login: LoginDraft): LoginDraft {
  const { method, user, secret, clientId, clientSecret } = login
  return {
    method,
    user,
    secret,
    // The box offers no others.
    provider: provider as NonNullable<LoginDraft['provider']>,
    ...(clientId !== undefined && { clientId }),
    ...(clientSecret !== undefined && { clientSecret }),
  }
}
