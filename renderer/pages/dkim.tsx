/** DKIM: the keys that sign mail, the records that the DNS must have for them, and what it has. */
import { Plus, SearchCheck, X } from 'lucide-react'
import { useState } from 'react'
import { Button, IconButton } from '../parts/button.tsx'
import { Copied } from '../parts/copied.tsx'
import { FieldFrame, Problems } from '../parts/field.tsx'
import { Answer, Empty, Notice } from '../parts/notice.tsx'
import { Section } from '../parts/page.tsx'
import { SwitchSetting } from '../parts/switch-setting.tsx'
import { useAnswer } from '../state/ask.ts'
import { formatPath } from '../state/paths.ts'
import type { DkimChecked, DkimDraft, DkimFacts } from '../state/settings.ts'
import { sentenceOf } from '../state/store.ts'
import { useDesk, useProblems, useReady, useSetting } from '../state/use.ts'
import { optionOf } from '../words/options.ts'
import { NewKey } from './new-key.tsx'

const path = ['delivery', 'dkim'] as const

export function Dkim() {
  const { bridge } = useDesk()
  const { value: keys = [], set } = useSetting<readonly DkimDraft[] | undefined>(path)
  const revision = useReady(ready => ready.revision)
  const [facts, again] = useAnswer(() => bridge.ask('listDkim'), revision)
  const [isMaking, setMaking] = useState(false)
  const { label, sentence } = optionOf(path)
  const add = (
    <Button icon={Plus} onPress={() => setMaking(true)}>
      Add key
    </Button>
  )
  return (
    <Section title={label} name="delivery.dkim" sentence={sentence} actions={keys.length > 0 && add}>
      {keys.length === 0 && (
        <Empty title="Mail leaves unsigned.">
          <p className="muted">
            Your provider may sign it already. If mail of yours is taken for spam, or leaves directly, make a
            key here and put its record into the DNS of your domain.
          </p>
          {add}
        </Empty>
      )}
      {keys.length > 0 && (
        <Answer answer={facts} what="the keys" again={again}>
          {known =>
            keys.map((key, index) => (
              <Key
                key={nameOf(key)}
                index={index}
                draft={key}
                facts={known.find(one => nameOf(one) === nameOf(key))}
                onRemove={() => set(keys.toSpliced(index, 1))}
              />
            ))
          }
        </Answer>
      )}
      <NewKey isOpen={isMaking} onClose={() => setMaking(false)} />
    </Section>
  )
}

function nameOf({ domain, selector }: Pick<DkimDraft, 'domain' | 'selector'>): string {
  return `${selector}._domainkey.${domain}`
}

interface KeyProps {
  readonly index: number
  readonly draft: DkimDraft
  readonly facts: DkimFacts | undefined
  onRemove(): void
}

function Key({ index, draft, facts, onRemove }: KeyProps) {
  const here = [...path, index]
  const problems = useProblems(here, true)
  const { domain, selector } = draft
  const label = `Key of ${domain}`
  return (
    <section className="card" aria-label={`${label}, ${selector}`} data-path={formatPath(here)}>
      <div className="card-head">
        <h2>
          <FieldFrame path={[...here, 'domain']} isChanged={false} className="field-inline">
            {domain}
          </FieldFrame>{' '}
          <FieldFrame path={[...here, 'selector']} isChanged={false} className="field-inline muted">
            · {selector}
          </FieldFrame>
        </h2>
        <div className="card-actions">
          <IconButton icon={X} label={`Remove the key ${selector} of ${domain}`} onPress={onRemove} />
        </div>
      </div>
      <SwitchSetting path={[...here, 'enabled']} />
      {facts ? <RecordOf facts={facts} /> : <p className="muted">Its record is shown once it is applied.</p>}
      <Problems problems={problems} />
    </section>
  )
}

function RecordOf({ facts }: { readonly facts: DkimFacts }) {
  const { record, secret, domain } = facts
  if (!record)
    return (
      <Notice tone="bad">
        <p data-option="delivery.dkim[].secret">
          The key “{secret}” is not in the secret store, so that mail of {domain} waits: remove this one and
          add another.
        </p>
      </Notice>
    )
  return (
    <>
      <div className="copied-list">
        <p className="sentence">
          Where your domain’s DNS is kept, add a record of the type <strong>TXT</strong> with this name and
          value.
        </p>
        <Copied label="Name" text={record.name.slice(0, -domain.length - 1)} />
        <Copied label="Value" text={record.value} />
      </div>
      <InDns facts={facts} />
      <details className="more">
        <summary>More</summary>
        <div className="copied-list">
          <p className="sentence">
            Some forms want the whole name; name servers that read zone files want it in parts.
          </p>
          <Copied label="Whole name" text={record.name} />
          <Copied label="Zone file" text={record.zone} />
          <p className="muted" data-option="delivery.dkim[].secret">
            The private key is kept in the secret store, as “{secret}”.
          </p>
        </div>
      </details>
    </>
  )
}

type Asked =
  | { readonly kind: 'idle' }
  | { readonly kind: 'asking' }
  | { readonly kind: 'failed'; readonly text: string }
  | { readonly kind: 'answered'; readonly checked: DkimChecked }

function InDns({ facts }: { readonly facts: DkimFacts }) {
  const { bridge } = useDesk()
  const [asked, setAsked] = useState<Asked>({ kind: 'idle' })
  const check = async () => {
    setAsked({ kind: 'asking' })
    try {
      const checked = (await bridge.ask('checkDkim')).find(one => nameOf(one) === nameOf(facts))
      setAsked(checked ? { kind: 'answered', checked } : { kind: 'idle' })
    } catch (error) {
      setAsked({ kind: 'failed', text: sentenceOf(error) })
    }
  }
  return (
    <div className="field">
      <div>
        <Button icon={SearchCheck} isPending={asked.kind === 'asking'} onPress={() => void check()}>
          Check the DNS
        </Button>
      </div>
      <div aria-live="polite">
        {asked.kind === 'asking' && <p className="muted">Asking the DNS…</p>}
        {asked.kind === 'failed' && (
          <Notice tone="bad">
            <p>{asked.text}</p>
          </Notice>
        )}
        {asked.kind === 'answered' && (
          <Notice tone={asked.checked.state === 'stands' ? 'good' : 'warning'}>
            <p>{asked.checked.text}</p>
          </Notice>
        )}
      </div>
    </div>
  )
}
