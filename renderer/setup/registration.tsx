/** The office's registration with Microsoft or Google: its client id, and how to get one without leaving the questions. */
import { useState } from 'react'
import { Prose } from '../help/prose.tsx'
import { registration } from '../help/sign-in.ts'
import { Button } from '../parts/button.tsx'
import { Overlay } from '../parts/overlay.tsx'
import { PlainText } from '../parts/plain-fields.tsx'
import { problemAt } from './form.ts'
import type { QuestionProps } from './question.ts'

export function Registration({ form, edit, problems }: QuestionProps) {
  const [isOpen, setOpen] = useState(false)
  const isGoogle = form.leaves === 'google'
  const who = isGoogle ? 'Google' : 'Microsoft'
  return (
    <>
      <PlainText
        label="Client id"
        sentence={
          <>
            Your office registers Postern with {who} once, and gets this id for it.{' '}
            <Button kind="link" onPress={() => setOpen(true)}>
              How to get one
            </Button>
          </>
        }
        placeholder={isGoogle ? '000-xxx.apps.googleusercontent.com' : '00000000-0000-0000-0000-000000000000'}
        value={form.clientId}
        problem={problemAt(problems, 'clientId')}
        onChange={clientId => edit({ clientId })}
      />
      <Overlay
        title={`How to register Postern with ${who}`}
        isOpen={isOpen}
        onClose={() => setOpen(false)}
        isWide
        foot={<Button onPress={() => setOpen(false)}>Close</Button>}
      >
        <Prose words={registration[isGoogle ? 'google' : 'microsoft']} />
      </Overlay>
    </>
  )
}
