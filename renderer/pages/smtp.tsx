/** Services, SMTP: its tabs under VPOP3's names. */
import { AccessTab } from '../access/access-tab.tsx'
import { Page } from '../parts/page.tsx'
import { PageTabs } from '../parts/page-tabs.tsx'
import { AdvancedTab } from './smtp-advanced.tsx'
import { GeneralTab } from './smtp-general.tsx'
import { IdsTab } from './smtp-ids.tsx'
import { LimitsTab } from './smtp-limits.tsx'

export function SmtpPage() {
  return (
    <Page
      title="SMTP service"
      sentence="How other machines hand mail to this server, and who may send through it."
    >
      <PageTabs
        label="SMTP service"
        tabs={[
          { id: 'general', title: 'General', content: <GeneralTab /> },
          { id: 'access', title: 'IP Access Restrictions', content: <AccessTab /> },
          { id: 'limits', title: 'Limits', content: <LimitsTab /> },
          { id: 'ids', title: 'IDS/IPS', content: <IdsTab /> },
          { id: 'advanced', title: 'Advanced', content: <AdvancedTab /> },
        ]}
      />
    </Page>
  )
}
