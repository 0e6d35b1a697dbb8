/** Security: the global access restrictions, who is blocked, the keys that sign mail, and the certificate. */
import { Grid } from '../access/grid.tsx'
import { Notice } from '../parts/notice.tsx'
import { Page, Section } from '../parts/page.tsx'
import { useDesk, useNow, useReady } from '../state/use.ts'
import { count, dateWords, exactTime } from '../words/plain.ts'
import { Blocked } from './blocked.tsx'
import { Dkim } from './dkim.tsx'

export function SecurityPage() {
  const counts = useReady(({ draft }) => draft.settings.smtp.useGlobalAccess)
  const { store } = useDesk()
  return (
    <Page
      search={false}
      title="Security"
      sentence="Restrictions for every service, the keys that sign mail, and the certificate that encryption rests on."
    >
      <div className="settings settings-wide">
        <Section
          title="Global Access Restrictions"
          sentence="Rows for every service, in the same order of reading: the first that matches decides. They can only refuse more than a service’s own rows."
        >
          {!counts && (
            <Notice tone="plain">
              <p>
                These rows don’t count now: “Use Global Access Restrictions (if more restrictive)” is off in{' '}
                <button
                  type="button"
                  className="link"
                  onClick={() => store.go({ page: 'smtp', tab: 'access', target: 'smtp.useGlobalAccess' })}
                >
                  IP Access Restrictions
                </button>
                .
              </p>
            </Notice>
          )}
          <Grid list={list} label="Global Access Restrictions" />
        </Section>
        <Blocked />
        <Dkim />
        <Certificate />
      </div>
    </Page>
  )
}

const list = ['globalAccess'] as const
const day = 24 * 3_600_000

function Certificate() {
  const { folder, certificate } = useReady(({ status }) => status)
  const { names, issuer, selfSigned, until } = certificate
  const now = useNow()
  const tone = until < now ? 'bad' : until < now + 30 * day ? 'warning' : 'good'
  return (
    <Section
      title="Certificate"
      name="certificate"
      sentence="Shows clients that they talk to this server, and lets mail be encrypted on its way."
    >
      <Notice tone={tone}>
        <p>
          {until < now ? 'It has expired' : 'It is good until'}{' '}
          {until < now ? '' : <strong>{dateWords(until)}</strong>} <Expiry until={until} now={now} />
        </p>
      </Notice>
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
      <p className="muted">
        To use another, put its key and certificate as <code>key.pem</code> and <code>cert.pem</code> into the
        folder <code className="path">{folder}/tls</code>, then quit Postern from its tray icon and start it
        again. With both files removed, it makes new ones when it starts.
      </p>
    </Section>
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
