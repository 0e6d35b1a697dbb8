/** Security: the global access restrictions, who is blocked, the keys that sign mail, and the certificate. */
import { Grid } from '../access/grid.tsx'
import { Notice } from '../parts/notice.tsx'
import { Page, Section } from '../parts/page.tsx'
import { useDesk, useReady } from '../state/use.ts'
import { Blocked } from './blocked.tsx'
import { Certificate } from './certificate.tsx'
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
