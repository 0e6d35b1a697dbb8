/** Whether somebody is signed in for a sender, in words, and the button to do so. */
import { KeyRound } from 'lucide-react'
import { useState } from 'react'
import { Button } from '../parts/button.tsx'
import { Notice } from '../parts/notice.tsx'
import { Time } from '../parts/time.tsx'
import { alike, formatPath, getAt, type Path } from '../state/paths.ts'
import type { LoginDraft, SignInFacts } from '../state/settings.ts'
import { useReady } from '../state/use.ts'
import { untilWords } from '../words/sign-in-words.ts'
import { SignInDialog } from './sign-in-dialog.tsx'

interface SignInStateProps {
  /** Of the login. */
  readonly path: Path
  readonly login: LoginDraft
}

export function SignInState({ path, login }: SignInStateProps) {
  const [isOpen, setOpen] = useState(false)
  // Somebody may sign in for what is in force only.
  const isApplied = useReady(
    ({ base, draft }) =>
      alike(getAt(base, path), login) &&
      [login.secret, login.clientSecret].every(
        name => name === undefined || draft.secrets[name] === undefined,
      ),
  )
  const facts = useReady(({ status }) => status.signIns?.find(({ name }) => name === login.secret))
  return (
    <div className="sign-in" data-path={`${formatPath(path)}.signIn`}>
      {isApplied && facts ? (
        <Standing facts={facts} onSignIn={() => setOpen(true)} />
      ) : (
        <Notice tone="plain">
          <div className="warning-line">
            <p>Apply your changes first; then sign in.</p>
            <Button icon={KeyRound} isDisabled>
              Sign in
            </Button>
          </div>
        </Notice>
      )}
      {facts && isOpen && <SignInDialog facts={facts} onClose={() => setOpen(false)} />}
    </div>
  )
}

interface StandingProps {
  readonly facts: SignInFacts
  onSignIn(): void
}

function Standing({ facts: { standing, user, provider }, onSignIn }: StandingProps) {
  if (standing.kind === 'needs-person')
    return (
      <Notice tone="bad">
        <div className="warning-line">
          <p>
            <strong>Mail waits until {untilWords(standing.reason, user)}:</strong> {standing.why}.
          </p>
          <Button kind={standing.reason === 'settings' ? 'plain' : 'main'} icon={KeyRound} onPress={onSignIn}>
            {standing.reason === 'never' ? 'Sign in' : 'Sign in again'}
          </Button>
        </div>
      </Notice>
    )
  return (
    <Notice tone={standing.kind === 'signed-in' ? 'good' : 'warning'}>
      <div className="warning-line">
        <p>
          <strong>
            Signed in as {user} with {provider}
          </strong>{' '}
          <Time time={standing.since} />
          {standing.kind === 'signed-in' && standing.renewed !== undefined && (
            <>
              , renewed <Time time={standing.renewed} />
            </>
          )}
          .
          {standing.kind === 'passing' &&
            ` No token at the moment: ${standing.why}. It is tried again by itself.`}
        </p>
        <Button icon={KeyRound} onPress={onSignIn}>
          Sign in again
        </Button>
      </div>
    </Notice>
  )
}
