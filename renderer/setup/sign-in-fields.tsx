/** The next hop and the sign-in at it, with what each provider asks for said openly. */

import { Notice } from '../parts/notice.tsx'
import { PlainChoice, type PlainChoiceOption, PlainText } from '../parts/plain-fields.tsx'
import type { FirstForm } from '../state/first-form.ts'
import { useReady } from '../state/use.ts'
import { problemAt } from './form.ts'
import type { QuestionProps } from './question.ts'

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
  if (form.leaves === 'direct') return <Direct />
  return (
    <>
      {form.leaves === 'microsoft-365' && <Microsoft />}
      {form.leaves === 'google' && <Google />}
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
      {(form.signIn.trim() !== '' || !isProvider) && (
        <PlainText
          label={isProvider ? 'Password' : 'App password'}
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
        sign-in is on, it takes an app password. To sign in with OAuth2 instead, choose that under Mail
        senders afterwards; mail that Microsoft refuses until then stays in the queue.
      </p>
    </Notice>
  )
}

function Google() {
  return (
    <Notice tone="plain">
      <p>
        Google takes an app password here, which you make in the account’s security settings once two-step
        verification is on; the account’s own password is refused. To sign in with OAuth2 instead, choose that
        under Mail senders afterwards.
      </p>
    </Notice>
  )
}
