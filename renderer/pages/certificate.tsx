/** The certificate: which one clients are shown, how long it is good, and where it comes from. */
import { RefreshCw } from 'lucide-react'
import { useState } from 'react'
import { Button } from '../parts/button.tsx'
import { ChoiceSetting } from '../parts/choice-setting.tsx'
import { Notice } from '../parts/notice.tsx'
import { Section } from '../parts/page.tsx'
import { CheckSetting } from '../parts/switch-setting.tsx'
import { TextSetting } from '../parts/text-setting.tsx'
import { WordsSetting } from '../parts/words-setting.tsx'
import type { CertificateDraft, Status } from '../state/settings.ts'
import { sentenceOf } from '../state/store.ts'
import { useDesk, useNow, useReady, useSetting } from '../state/use.ts'
import { dateWords, exactTime, hourAndMinute, weekday } from '../words/dates.ts'
import { optionOf } from '../words/options.ts'
import { count } from '../words/plain.ts'
import { SecretField } from './secret-field.tsx'

const path = ['certificate'] as const
const acme = [...path, 'acme'] as const
const day = 24 * 3_600_000
/** The name in the secret store of a passphrase that the window sets. */
const PASSPHRASE = 'certificate passphrase'
/** The same of the key to an account at the authority. */
const EXTERNAL_KEY = 'acme external key'

export function Certificate() {
  const { certificate } = useReady(({ status }) => status)
  const { value } = useSetting<CertificateDraft>(path)
  const { names, issuer, selfSigned } = certificate
  const { label, sentence } = optionOf(path)
  return (
    <Section title={label} name="certificate" sentence={sentence}>
      <Standing certificate={certificate} />
      <dl className="facts">
        <div>
          <dt>For</dt>
          <dd>{names.join(', ') || 'no name'}</dd>
        </div>
        <div>
          <dt>Signed by</dt>
          <dd>
            {selfSigned
              ? 'itself, as Postern made it. It encrypts just as well; some mail programs ask before they trust it.'
              : issuer}
          </dd>
        </div>
      </dl>
      <ChoiceSetting path={[...path, 'source']} />
      {value.source === 'own' && <Own />}
      {value.source === 'files' && <Files passphrase={value.passphrase} />}
      {value.source === 'acme' && <Authority {...value.acme} />}
    </Section>
  )
}

function Standing({ certificate }: { readonly certificate: Status['certificate'] }) {
  const { until, trouble, renewal } = certificate
  const now = useNow()
  const tone = until < now ? 'bad' : until < now + 30 * day ? 'warning' : 'good'
  const why = trouble ?? renewal?.failed
  return (
    <>
      {why !== undefined && (
        <Notice tone="bad">
          <p>{why} Until then clients are shown the one below.</p>
        </Notice>
      )}
      <Notice tone={tone}>
        <p>
          {until < now ? 'It has expired' : 'It is good until'}{' '}
          {until < now ? '' : <strong>{dateWords(until)}</strong>} <Expiry until={until} now={now} />
        </p>
        {renewal?.busy && <p>The authority is being asked for a new one…</p>}
        {renewal?.next !== undefined && !renewal.busy && (
          <p>
            The authority is asked for the next one{' '}
            <time dateTime={new Date(renewal.next).toISOString()} title={exactTime(renewal.next)}>
              {renewal.next < now + day
                ? `on ${weekday(renewal.next)} at ${hourAndMinute(renewal.next)}`
                : `on ${dateWords(renewal.next)}`}
            </time>
            .
          </p>
        )}
      </Notice>
    </>
  )
}

function Expiry({ until, now }: { readonly until: number; readonly now: number }) {
  const days = Math.floor(Math.abs(until - now) / day)
  return (
    <time dateTime={new Date(until).toISOString()} title={exactTime(until)}>
      {until < now ? `${count(days, 'day')} ago: replace it.` : `(${count(days, 'more day')})`}
    </time>
  )
}

function Own() {
  const folder = useReady(({ status }) => status.folder)
  return (
    <p className="muted">
      It lies as <code>key.pem</code> and <code>cert.pem</code> in the folder{' '}
      <code className="path">{folder}/tls</code>. Another pair put in their place is used at once; with both
      removed, Postern makes new ones when it starts.
    </p>
  )
}

function Files({ passphrase }: { readonly passphrase: string | undefined }) {
  const { store } = useDesk()
  const { label, sentence } = optionOf([...path, 'passphrase'])
  const name = passphrase ?? PASSPHRASE
  return (
    <>
      <TextSetting path={[...path, 'file']} isOptional placeholder="/etc/letsencrypt/live/…/fullchain.pem" />
      <TextSetting path={[...path, 'keyFile']} isOptional placeholder="/etc/letsencrypt/live/…/privkey.pem" />
      <SecretField
        name={name}
        label={label}
        option="certificate.passphrase"
        absent="none"
        sentence={sentence}
        onEdit={() => store.edit([...path, 'passphrase'], name)}
      />
    </>
  )
}

function Authority({ challenge, externalAccount, externalKey }: CertificateDraft['acme']) {
  const hostname = useReady(({ draft }) => draft.settings.hostname)
  return (
    <>
      <TextSetting path={[...acme, 'directory']} />
      <WordsSetting path={[...acme, 'names']} placeholder={hostname} />
      <ChoiceSetting path={[...acme, 'challenge']} />
      {challenge === 'http-01' && <TextSetting path={[...acme, 'port']} isNumber />}
      {challenge === 'dns-01' && (
        <>
          <TextSetting path={[...acme, 'dnsCommand']} isOptional placeholder="/usr/local/bin/dns-record" />
          <TextSetting path={[...acme, 'dnsWait']} isShort />
        </>
      )}
      <TextSetting path={[...acme, 'email']} isOptional />
      <TextSetting path={[...acme, 'externalAccount']} isOptional />
      {externalAccount !== undefined && <ExternalKey name={externalKey ?? EXTERNAL_KEY} />}
      <TextSetting path={[...acme, 'trust']} isOptional />
      <CheckSetting path={[...acme, 'termsAgreed']} />
      <GetNow />
    </>
  )
}

function ExternalKey({ name }: { readonly name: string }) {
  const { store } = useDesk()
  const { label, sentence } = optionOf([...acme, 'externalKey'])
  return (
    <SecretField
      name={name}
      label={label}
      option="certificate.acme.externalKey"
      path="certificate.acme.externalKey"
      absent="none"
      sentence={sentence}
      onEdit={() => store.edit([...acme, 'externalKey'], name)}
    />
  )
}

type Asked =
  | { readonly kind: 'idle' }
  | { readonly kind: 'asking' }
  | { readonly kind: 'over'; readonly tone: 'good' | 'bad'; readonly text: string }

/** Of the settings in force: what is edited must be applied first, and is then asked for by itself. */
function GetNow() {
  const { bridge } = useDesk()
  const { isChanged } = useSetting(path)
  const isAsked = useReady(({ status }) => status.certificate.renewal !== undefined)
  const [asked, setAsked] = useState<Asked>({ kind: 'idle' })
  if (!isAsked || isChanged)
    return <p className="muted">Once this is applied, the authority is asked at once.</p>
  const ask = async () => {
    setAsked({ kind: 'asking' })
    try {
      const renewed = await bridge.ask('renewCertificate')
      const over = renewed.ok
        ? ({
            tone: 'good',
            text: `A new certificate is in use, for ${renewed.facts.names.join(', ')}.`,
          } as const)
        : ({ tone: 'bad', text: renewed.text } as const)
      setAsked({ kind: 'over', ...over })
    } catch (error) {
      setAsked({ kind: 'over', tone: 'bad', text: sentenceOf(error) })
    }
  }
  return (
    <div className="field">
      <div>
        <Button icon={RefreshCw} isPending={asked.kind === 'asking'} onPress={() => void ask()}>
          Get a new one now
        </Button>
      </div>
      <div aria-live="polite">
        {asked.kind === 'asking' && <p className="muted">Asking the authority…</p>}
        {asked.kind === 'over' && (
          <Notice tone={asked.tone}>
            <p>{asked.text}</p>
          </Notice>
        )}
      </div>
    </div>
  )
}
