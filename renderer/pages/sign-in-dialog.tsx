/** Signing in with OAuth2: a browser on this machine, or a code to enter in any. */
import { Copy, ExternalLink, Globe, Hash } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { Button } from '../parts/button.tsx'
import { Notice } from '../parts/notice.tsx'
import { Overlay } from '../parts/overlay.tsx'
import type { SignInBegun, SignInFacts, SignInWay } from '../state/settings.ts'
import { sentenceOf } from '../state/store.ts'
import { useAct, useDesk, useNow } from '../state/use.ts'

type Step =
  | { readonly kind: 'choose' }
  | { readonly kind: 'beginning' }
  | { readonly kind: 'waiting'; readonly begun: SignInBegun }
  | { readonly kind: 'failed'; readonly text: string }
  | { readonly kind: 'done' }

interface SignInDialogProps {
  readonly facts: SignInFacts
  onClose(): void
}

export function SignInDialog({ facts, onClose }: SignInDialogProps) {
  const { user, provider } = facts
  const { step, begin, end } = useRound(facts.name)
  const close = () => {
    end()
    onClose()
  }
  return (
    <Overlay title={`Sign in as ${user}`} isOpen onClose={close} foot={<Foot step={step} onClose={close} />}>
      <div aria-live="polite" className="sign-in-step">
        {step.kind === 'failed' && (
          <Notice tone="bad">
            <p>{step.text}</p>
          </Notice>
        )}
        {(step.kind === 'choose' || step.kind === 'failed') && <Choose facts={facts} onChoose={begin} />}
        {step.kind === 'beginning' && <p className="muted">Asking {provider}…</p>}
        {step.kind === 'waiting' && <Waiting begun={step.begun} />}
        {step.kind === 'done' && (
          <Notice tone="good">
            <p>
              Signed in as {user} with {provider}. Mail that waited for it goes now.
            </p>
          </Notice>
        )}
      </div>
    </Overlay>
  )
}

function Foot({ step, onClose }: { readonly step: Step; onClose(): void }) {
  return (
    <Button kind={step.kind === 'done' ? 'main' : 'plain'} onPress={onClose}>
      {step.kind === 'done' ? 'Done' : 'Cancel'}
    </Button>
  )
}

interface ChooseProps {
  readonly facts: SignInFacts
  onChoose(way: SignInWay): void
}

function Choose({ facts: { provider, ways }, onChoose }: ChooseProps) {
  return (
    <>
      <p>
        {provider} asks you in a browser whether Postern may send mail. What you allow is kept encrypted, and
        renewed by itself.
      </p>
      <div className="sign-in-ways">
        <Button kind="main" icon={Globe} onPress={() => onChoose('browser')}>
          In this machine’s browser
        </Button>
        {ways.includes('device') && (
          <Button icon={Hash} onPress={() => onChoose('device')}>
            With a code, elsewhere
          </Button>
        )}
      </div>
    </>
  )
}

function Waiting({ begun }: { readonly begun: SignInBegun }) {
  const act = useAct()
  const open = () => act(bridge => bridge.ask('openSignInPage', begun.id))
  return (
    <>
      {begun.way === 'device' ? (
        <>
          <p>
            Open <span className="sign-in-page">{begun.page}</span> in a browser on any machine, and enter
            this code:
          </p>
          <output className="sign-in-code">{begun.code}</output>
          <div className="sign-in-ways">
            <Button icon={Copy} onPress={() => act(bridge => bridge.ask('copyText', begun.code))}>
              Copy the code
            </Button>
            <Button icon={ExternalLink} onPress={open}>
              Open the page here
            </Button>
          </div>
        </>
      ) : (
        <>
          <p>
            The browser asks you to sign in as <strong>{begun.user}</strong>. Come back here when it says that
            you are signed in.
          </p>
          <div className="sign-in-ways">
            <Button icon={ExternalLink} onPress={open}>
              Open the page again
            </Button>
          </div>
        </>
      )}
      <TimeLeft until={begun.until} />
    </>
  )
}

function TimeLeft({ until }: { readonly until: number }) {
  const now = useNow(1000)
  const seconds = Math.max(0, Math.round((until - now) / 1000))
  const left = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
  return (
    <p className="muted">
      Waiting for you; it can be done for <span className="sign-in-left">{left}</span> more.
    </p>
  )
}

/** One round at a time; it ends with the dialog. */
function useRound(name: string) {
  const { bridge } = useDesk()
  const [step, setStep] = useState<Step>({ kind: 'choose' })
  const current = useRef<string | undefined>(undefined)
  const end = () => {
    const id = current.current
    current.current = undefined
    if (id !== undefined) bridge.ask('cancelSignIn', id).catch(() => undefined)
  }
  // biome-ignore lint/correctness/useExhaustiveDependencies: only at the very end.
  useEffect(() => end, [])
  const begin = async (way: SignInWay) => {
    setStep({ kind: 'beginning' })
    try {
      const begun = await bridge.ask('beginSignIn', name, way)
      current.current = begun.id
      setStep({ kind: 'waiting', begun })
      if (way === 'browser') await bridge.ask('openSignInPage', begun.id)
      const ended = await bridge.ask('waitForSignIn', begun.id)
      if (current.current !== begun.id) return
      current.current = undefined
      setStep(ended.ok ? { kind: 'done' } : { kind: 'failed', text: `Nobody is signed in: ${ended.why}.` })
    } catch (error) {
      end()
      setStep({ kind: 'failed', text: sentenceOf(error) })
    }
  }
  return { step, begin: (way: SignInWay) => void begin(way), end }
}
