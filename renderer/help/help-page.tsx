/** Help: topics to choose from, and the one that is read beside them. */
import { useContext } from 'react'
import { Empty } from '../parts/notice.tsx'
import { Page } from '../parts/page.tsx'
import { holds, SearchContext } from '../parts/search.ts'
import { useDesk, usePlace } from '../state/use.ts'
import { Prose } from './prose.tsx'
import { topics } from './topics.ts'

export function HelpPage() {
  return (
    <Page
      title="Help"
      sentence={
        <>
          In any field, <kbd>F1</kbd> explains that field; elsewhere it lists the keys.
        </>
      }
      search="Search the help"
    >
      <Topics />
    </Page>
  )
}

function Topics() {
  const { store } = useDesk()
  const { tab } = usePlace()
  const searched = useContext(SearchContext)
  const found = topics.filter(({ title, words }) => holds(searched, title, words))
  const open = found.find(({ id }) => id === tab) ?? found[0]
  if (!open)
    return (
      <Empty title={`Nothing in the help matches “${searched}”.`}>
        <p className="muted">Try one word, such as printer, password or refused.</p>
      </Empty>
    )
  return (
    <div className="beside">
      <ul className="picks topics" aria-label="Topics">
        {found.map(({ id, title }) => (
          <li key={id}>
            <button
              type="button"
              className="pick"
              aria-current={id === open.id || undefined}
              onClick={() => store.go({ page: 'help', tab: id })}
            >
              <span className="pick-name">{title}</span>
            </button>
          </li>
        ))}
      </ul>
      <article className="article" aria-live="polite">
        <h2>{open.title}</h2>
        <Prose words={open.words} />
      </article>
    </div>
  )
}
