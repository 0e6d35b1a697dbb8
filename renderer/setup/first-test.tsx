/** The last step: a test message that really goes out, and what the next hop said to it. */

import { Send } from 'lucide-react'
import { useState } from 'react'
import { Outcome, type Sending } from '../pages/send-test.tsx'
import { Button } from '../parts/button.tsx'
import { Notice } from '../parts/notice.tsx'
import { PlainText } from '../parts/plain-fields.tsx'
import type { FirstForm } from '../state/first-form.ts'
import { makeChange } from '../state/make-change.ts'
import { sentenceOf } from '../state/store.ts'
import { useDesk, useReady } from '../state/use.ts'
import { adviceOn } from '../words/advice.ts'
import { FirstSignIn } from './first-sign-in.tsx'
import { signInOf, signsInByOAuth } from './form.ts'

export function FirstTest({ form }: { readonly form: FirstForm }) {
  const { bridge, store } = useDesk()
  const signIn = signInOf(form)
  const [from, setFrom] = useState(signIn.includes('@') ? signIn : `postmaster@${form.domain.trim()}`)
  const [to, setTo] = useState(signIn.includes('@') ? signIn : '')
  const [sending, setSending] = useState<Sending>({ kind: 'idle' })
  const send = async () => {
    setSending({ kind: 'sending' })
    try {
      setSending({ kind: 'sent', test: await bridge.ask('sendTest', to.trim(), from.trim()) })
    } catch (error) {
      setSending({ kind: 'failed', text: sentenceOf(error) })
    }
  }
  const undo = () =>
    makeChange(
      store,
      sentence => bridge.ask('takeBack', sentence),
      applied => {
        const text = applied.ok ? 'Undone: the settings are as they were before.' : applied.problems[0]?.text
        store.say({ tone: applied.ok ? 'good' : 'bad', text: text ?? 'There is nothing to undo.' })
        if (applied.ok) store.keepFirstRun({ ...form, step: 'domain' })
        return applied.ok
      },
    ).catch(error => store.say({ tone: 'bad', text: sentenceOf(error) }))
  const test = sending.kind === 'sent' ? sending.test : undefined
  const facts = useReady(({ status }) => status.signIns?.find(({ user }) => user === signIn))
  const asked = signsInByOAuth(form) ? facts : undefined
  const mayNot = asked?.standing.kind === 'needs-person'
  return (
    <>
      <Notice tone="good">
        <p>
          <strong>The settings are in force.</strong> Now see whether mail really goes out.{' '}
          <Button kind="link" onPress={() => void undo()}>
            Undo it
          </Button>
        </p>
      </Notice>
      {asked && <FirstSignIn facts={asked} />}
      <PlainText
        label="To"
        sentence="An address of yours, best one outside: your own at home."
        placeholder="you@somewhere.example"
        value={to}
        onChange={setTo}
      />
      <PlainText
        label="From"
        sentence="Many providers take mail only from the mailbox that signs in."
        value={from}
        onChange={setFrom}
      />
      <div className="first-buttons">
        <Button
          kind="main"
          icon={Send}
          isDisabled={mayNot || to.trim() === ''}
          isPending={sending.kind === 'sending'}
          onPress={() => void send()}
        >
          Send the test message
        </Button>
        {test?.delivered && <Button onPress={() => store.go({ page: 'status' })}>Finish</Button>}
      </div>
      <div aria-live="polite" className="first-outcome">
        <Outcome sending={sending} />
        {test && <p>{adviceOn(test, to.trim())}</p>}
      </div>
    </>
  )
}
