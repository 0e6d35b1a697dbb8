/** The sign-in with Microsoft or Google that the first test message needs. */
import { KeyRound } from 'lucide-react'
import { useState } from 'react'
import { SignInDialog } from '../pages/sign-in-dialog.tsx'
import { Button } from '../parts/button.tsx'
import { Notice } from '../parts/notice.tsx'
import type { SignInFacts } from '../state/settings.ts'

export function FirstSignIn({ facts }: { readonly facts: SignInFacts }) {
  const [isOpen, setOpen] = useState(false)
  const { user, provider, standing } = facts
  const isDone = standing.kind === 'signed-in'
  return (
    <>
      <Notice tone={isDone ? 'good' : 'warning'}>
        <div className="warning-line">
          {isDone ? (
            <p>
              Signed in as {user} with {provider}.
            </p>
          ) : (
            <p>
              <strong>Now sign in as {user}.</strong> Until then mail waits: {standing.why}.
            </p>
          )}
          <Button kind={isDone ? 'plain' : 'main'} icon={KeyRound} onPress={() => setOpen(true)}>
            {isDone ? 'Sign in again' : `Sign in with ${provider}`}
          </Button>
        </div>
      </Notice>
      {isOpen && <SignInDialog facts={facts} onClose={() => setOpen(false)} />}
    </>
  )
}
