/** Security: the global access restrictions, and the certificate. */
import { Grid } from '../access/grid.tsx'
import { Button } from '../parts/button.tsx'
import { Answer, Notice } from '../parts/notice.tsx'
import { Page, Section } from '../parts/page.tsx'
import { useAnswer } from '../state/ask.ts'
import { useDesk, useReady } from '../state/use.ts'

export function SecurityPage() {
  const counts = useReady(({ draft }) => draft.settings.smtp.useGlobalAccess)
  const { store } = useDesk()
  return (
    <Page
      search={false}
      title="Security"
      sentence="Restrictions for every service, and the certificate that encryption rests on."
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
          <Grid list={['globalAccess']} label="Global Access Restrictions" />
        </Section>
        <Certificate />
      </div>
    </Page>
  )
}

function Certificate() {
  const { bridge } = useDesk()
  const folder = useReady(({ status }) => status.folder)
  const [answer, again] = useAnswer(() => bridge.ask('doctor'), '')
  return (
    <Section
      title="Certificate"
      sentence="Shows clients that they talk to this server, and lets mail be encrypted."
      actions={<Button onPress={again}>Look again</Button>}
    >
      <Answer answer={answer} what="the certificate" again={again}>
        {checks => {
          const check = checks.find(({ name }) => name.includes('certificate'))
          return check ? (
            <Notice tone={check.state === 'ok' ? 'good' : check.state === 'warning' ? 'warning' : 'bad'}>
              <p>{check.text}</p>
            </Notice>
          ) : (
            <p className="muted">The relay says nothing of a certificate.</p>
          )
        }}
      </Answer>
      <p className="muted">
        To use another, put its key and certificate as <code>key.pem</code> and <code>cert.pem</code> into the
        folder <code className="path">{folder}/tls</code>. A certificate that Postern made itself encrypts
        just as well; some mail programs ask before they trust it.
      </p>
    </Section>
  )
}
