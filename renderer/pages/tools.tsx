/** Tools: Who can send?, Explain, Import/Export, History, Doctor. */
import { SendersPage } from '../access/senders-page.tsx'
import { Page } from '../parts/page.tsx'
import { PageTabs } from '../parts/page-tabs.tsx'
import { Doctor } from './doctor.tsx'
import { Exchange } from './exchange.tsx'
import { Explain } from './explain.tsx'
import { History } from './history.tsx'

export function ToolsPage() {
  return (
    <Page
      search={false}
      title="Tools"
      sentence="See who can send, ask why, move lists from and to other servers, look after this machine, and take changes back."
    >
      <PageTabs
        label="Tools"
        tabs={[
          { id: 'senders', title: 'Who can send?', content: <SendersPage /> },
          { id: 'explain', title: 'Explain', content: <Explain /> },
          { id: 'exchange', title: 'Import/Export', content: <Exchange /> },
          { id: 'history', title: 'History', content: <History /> },
          { id: 'doctor', title: 'Doctor', content: <Doctor /> },
        ]}
      />
    </Page>
  )
}
