/** The frame of a page: title, sentence, search box, tabs, content. */
import { Search, X } from 'lucide-react'
import { useContext, useDeferredValue, useState } from 'react'
import { Button, Input, SearchField } from 'react-aria-components'
import { SearchContext } from './search.ts'

interface PageProps {
  readonly title: string
  readonly sentence: React.ReactNode
  /** What the search box looks through, as in `Search the queue`. */
  readonly search?: string | false
  readonly actions?: React.ReactNode
  readonly children: React.ReactNode
}

export function Page({ title, sentence, search = 'Search this page', actions, children }: PageProps) {
  const [searched, setSearched] = useState('')
  // Looked for in the time that is left: what is typed shows at once.
  const looked = useDeferredValue(searched)
  return (
    <SearchContext value={looked}>
      <header className="page-head">
        <div className="page-title">
          <h1>{title}</h1>
          <p className="muted">{sentence}</p>
        </div>
        <div className="page-actions">
          {actions}
          {search !== false && <SearchBox label={search} value={searched} onChange={setSearched} />}
        </div>
      </header>
      {children}
    </SearchContext>
  )
}

interface SearchBoxProps {
  readonly label: string
  readonly value: string
  onChange(value: string): void
}

function SearchBox({ label, value, onChange }: SearchBoxProps) {
  return (
    <SearchField className="search" aria-label={label} value={value} onChange={onChange}>
      <Search size={15} aria-hidden />
      <Input placeholder={label} data-search />
      <Button className="search-clear" aria-label="Clear the search">
        <X size={14} aria-hidden />
      </Button>
    </SearchField>
  )
}

/** The fields of a page or tab, and words for when the search finds none of them. */
export function Fields({ children }: { readonly children: React.ReactNode }) {
  const searched = useContext(SearchContext)
  return (
    <div className="settings">
      {children}
      {searched !== '' && (
        <p className="none-found muted">
          No option here matches “{searched}”. Clear the search box to see all.
        </p>
      )}
    </div>
  )
}

interface SectionProps {
  readonly title: string
  /** What leads here, as a place's target. */
  readonly name?: string
  readonly sentence?: string
  readonly children: React.ReactNode
  readonly actions?: React.ReactNode
}

export function Section({ title, name, sentence, children, actions }: SectionProps) {
  return (
    <section className="section" {...(name !== undefined && { 'data-path': name })}>
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
