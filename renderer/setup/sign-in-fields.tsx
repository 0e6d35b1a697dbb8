/** The next hop and the sign-in at it, with what each provider asks for said openly. */

import { Notice } from '../parts/notice.tsx'
import { PlainChoice, type PlainChoiceOption, PlainText } from '../parts/plain-fields.tsx'
import type { FirstForm } from '../state/first-form.ts'
import { useReady } from '../state/use.ts'
import { asksSecret, problemAt, signsInByOAuth } from './form.ts'
import type { QuestionProps } from './question.ts'
import { Registration } from './registration.tsx'

const encryptions: readonly PlainChoiceOption<FirstForm['encryption']>[] = [
  { value: 'starttls-required', label: 'STARTTLS', sentence: 'usual on port 587' },
  { value: 'tls', label: 'SSL', sentence: 'usual on port 465' },
  {
    value: 'starttls-if-offered',
    label: 'STARTTLS if there',
    sentence: 'only for a server that asks for no password',
  },
]

export function SignInFields({ form, edit, problems }: QuestionProps) {
  const kept = useReady(({ app }) => app.secretsKept)
  const isProvider = form.leaves === 'provider'
  const byOAuth = signsInByOAuth(form)
  if (form.leaves === 'direct') return <Direct />
  return (
    <>
      {isProvider && (
        <>
          <PlainText
            label="Server for outgoing mail"
            sentence="As your provider names it, with its port."
            placeholder="smtp.provider.example:587"
            value={form.server}
            problem={problemAt(problems, 'server') ?? problemAt(problems, 'delivery.routes[0].hosts')}
            onChange={server => edit({ server })}
          />
          <PlainChoice
            label="Encryption"
            value={form.encryption}
            choices={encryptions}
            problem={problemAt(problems, 'encryption')}
            onChange={encryption => edit({ encryption })}
          />
        </>
      )}
      {!isProvider && <Ways form={form} edit={edit} />}
      {form.leaves === 'microsoft-365' && !byOAuth && <Microsoft />}
      {form.leaves === 'google' && !byOAuth && <Google />}
      <PlainText
        label={isProvider ? 'User name' : 'Mailbox that signs in'}
        sentence={
          isProvider
            ? 'Most providers want one. Leave it empty for a server that knows you by your address.'
            : 'Its whole address.'
        }
        placeholder={`office@${form.domain.trim() || 'example.com'}`}
        value={form.signIn}
        problem={problemAt(problems, 'signIn')}
        onChange={signIn => edit({ signIn })}
      />
      {byOAuth && <Registration form={form} edit={edit} problems={problems} />}
      {(form.signIn.trim() !== '' || !isProvider) && asksSecret(form) && (
        <PlainText
          label={byOAuth ? 'Client secret' : isProvider ? 'Password' : 'App password'}
          sentence={
            kept === 'keychain'
              ? 'Kept in this system’s keychain, apart from the settings.'
              : 'Kept encrypted in a file that only this account can read: there is no keychain here.'
          }
          isSecret
          value={form.password}
          problem={problemAt(problems, 'password')}
          onChange={password => edit({ password })}
        />
      )}
    </>
  )
}

const ways: Readonly<
  Record<'microsoft-365' | 'google', readonly PlainChoiceOption<FirstForm['signInBy']>[]>
> = {
  'microsoft-365': [
    {
      value: 'oauth2',
      label: 'Sign in with Microsoft',
      sentence: 'Once, in a browser, after these questions (OAuth2). It stays signed in by itself.',
    },
    {
      value: 'password',
      label: 'With a password',
      sentence: 'Microsoft switches this off by default at the end of December 2026.',
    },
  ],
  google: [
    {
      value: 'oauth2',
      label: 'Sign in with Google',
      sentence: 'Once, in a browser on this machine, after these questions (OAuth2).',
    },
    {
      value: 'password',
      label: 'With an app password',
      sentence: 'One that you make in the account’s security settings.',
    },
  ],
}

function Ways({ form, edit }: Pick<QuestionProps, 'form' | 'edit'>) {
  const { leaves, signInBy } = form
  if (leaves !== 'microsoft-365' && leaves !== 'google') return null
  return (
    <PlainChoice
      label="How does Postern sign in there?"
      value={signInBy}
      choices={ways[leaves]}
      // What was typed is of the other kind.
      onChange={chosen => edit({ signInBy: chosen, password: '' })}
    />
  )
}

/** What a newcomer's first messages would fail by. */
function Direct() {
  return (
    <Notice tone="warning">
      <p>
        Many lines may not send on port 25, and many servers take no mail from addresses that change or have
        no name in the DNS. If a test message doesn’t arrive, choose your provider’s mail server instead.
      </p>
    </Notice>
  )
}

function Microsoft() {
  return (
    <Notice tone="warning">
      <p>
        Works as long as Microsoft lets this mailbox sign in with a password: “Authenticated SMTP” must be on
        for it in the Microsoft 365 admin centre, and Microsoft is ending this kind of sign-in. Where two-step
        sign-in is on, it takes an app password. Mail that Microsoft refuses stays in the queue.
      </p>
    </Notice>
  )
}

function Google() {
  return (
    <Notice tone="plain">
      <p>
        Google takes an app password here, which you make in the account’s security settings once two-step
        verification is on; the account’s own password is refused.
      </p>
    </Notice>
  )
}
