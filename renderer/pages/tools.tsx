/** Tools: Explain, History, Doctor. */
import { Page } from '../parts/page.tsx'
import { PageTabs } from '../parts/page-tabs.tsx'
import { Doctor } from './doctor.tsx'
import { Explain } from './explain.tsx'
import { History } from './history.tsx'

export function ToolsPage() {
  return (
    <Page search={false} title="Tools" sentence="Ask why, look after this machine, and take changes back.">
      <PageTabs
        label="Tools"
        tabs={[
          { id: 'explain', title: 'Explain', content: <Explain /> },
          { id: 'history', title: 'History', content: <History /> },
          { id: 'doctor', title: 'Doctor', content: <Doctor /> },
        ]}
      />
    </Page>
  )
}
