/** The frame of a page: title, sentence, search box, tabs, content. */
import { Search, X } from 'lucide-react'
import { useState } from 'react'
import { Button, Input, SearchField } from 'react-aria-components'
import { SearchContext } from './search.ts'

interface PageProps {
  readonly title: string
  readonly sentence: string
  /** What the search box looks through, as in `Search the queue`. */
  readonly search?: string
  readonly actions?: React.ReactNode
  readonly children: React.ReactNode
}

export function Page({ title, sentence, search = 'Search this page', actions, children }: PageProps) {
  const [searched, setSearched] = useState('')
  return (
    <SearchContext value={searched}>
      <header className="page-head">
        <div className="page-title">
          <h1>{title}</h1>
          <p className="muted">{sentence}</p>
        </div>
        <div className="page-actions">
          {actions}
          <SearchField className="search" aria-label={search} value={searched} onChange={setSearched}>
            <Search size={15} aria-hidden />
            <Input placeholder={search} data-search />
            <Button className="search-clear" aria-label="Clear the search">
              <X size={14} aria-hidden />
            </Button>
          </SearchField>
        </div>
      </header>
      {children}
    </SearchContext>
  )
}

interface SectionProps {
  readonly title: string
  readonly sentence?: string
  readonly children: React.ReactNode
  readonly actions?: React.ReactNode
}

export function Section({ title, sentence, children, actions }: SectionProps) {
  return (
    <section className="section">
      <div className="section-head">
        <div>
          <h2>{title}</h2>
          {sentence && <p className="muted">{sentence}</p>}
        </div>
        {actions}
      </div>
      {children}
    </section>
  )
}
