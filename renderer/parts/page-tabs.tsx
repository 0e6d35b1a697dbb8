/** The tabs of a page; which one is open is part of the window's place. */
import { useId } from 'react'
import { Tab, TabList, Tabs } from 'react-aria-components'
import { useDesk, usePlace, useWindow } from '../state/use.ts'

export interface PageTab {
  readonly id: string
  readonly title: string
  readonly content: React.ReactNode
}

/**
 * The open tab's panel is our own: the library's looks through everything in it for something to tab to each time it
 * changes, and every panel here holds fields.
 */
export function PageTabs({ label, tabs }: { readonly label: string; readonly tabs: readonly PageTab[] }) {
  const { store } = useDesk()
  const { page, tab } = usePlace()
  const next = useWindow(({ place }) => place)
  const open = tabs.find(({ id }) => id === tab) ?? tabs[0]
  // Marked at once, whatever its panel takes to be drawn.
  const marked = next.page === page ? (tabs.find(({ id }) => id === next.tab) ?? tabs[0]) : open
  const panel = useId()
  return (
    <>
      <Tabs
        className="tabs"
        selectedKey={marked?.id ?? ''}
        onSelectionChange={id => store.go({ page, tab: String(id) })}
      >
        <TabList className="tab-list" aria-label={label}>
          {tabs.map(({ id, title }) => (
            <Tab
              key={id}
              id={id}
              className="tab"
              render={props =>
                'href' in props ? (
                  <a {...props} />
                ) : (
                  <div {...props} aria-controls={id === open?.id ? panel : undefined} />
                )
              }
            >
              {title}
            </Tab>
          ))}
        </TabList>
      </Tabs>
      {open && (
        <div key={open.id} id={panel} className="tab-panel" role="tabpanel" aria-label={open.title}>
          {open.content}
        </div>
      )}
    </>
  )
}
