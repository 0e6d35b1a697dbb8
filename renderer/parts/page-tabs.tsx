/** The tabs of a page; which one is open is part of the window's place. */
import { Tab, TabList, TabPanel, Tabs } from 'react-aria-components'
import { useDesk, useWindow } from '../state/use.ts'

export interface PageTab {
  readonly id: string
  readonly title: string
  readonly content: React.ReactNode
}

export function PageTabs({ label, tabs }: { readonly label: string; readonly tabs: readonly PageTab[] }) {
  const { store } = useDesk()
  const { page, tab } = useWindow(({ place }) => place)
  const open = tabs.find(({ id }) => id === tab) ?? tabs[0]
  return (
    <Tabs
      className="tabs"
      selectedKey={open?.id ?? ''}
      onSelectionChange={id => store.go({ page, tab: String(id) })}
    >
      <TabList className="tab-list" aria-label={label}>
        {tabs.map(({ id, title }) => (
          <Tab key={id} id={id} className="tab">
            {title}
          </Tab>
        ))}
      </TabList>
      {tabs.map(({ id, content }) => (
        <TabPanel key={id} id={id} className="tab-panel">
          {content}
        </TabPanel>
      ))}
    </Tabs>
  )
}
