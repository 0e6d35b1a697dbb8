/** The queue's filter: by state, and by the page's search box. */
import { useContext, useEffect } from 'react'
import { ToggleButton, ToggleButtonGroup } from 'react-aria-components'
import { SearchContext } from '../parts/search.ts'
import { useSettled } from '../state/ask.ts'

export interface QueueFilter {
  readonly state: 'all' | 'waiting' | 'held'
  readonly match: string
}

interface QueueFiltersProps {
  readonly filter: QueueFilter
  onChange(filter: QueueFilter): void
}

const states = [
  { id: 'all', title: 'All' },
  { id: 'waiting', title: 'Waiting' },
  { id: 'held', title: 'Held' },
] as const

/** The filter that the window's place names, as in `queue/held`. */
export function stateNamed(name: string | undefined): QueueFilter['state'] {
  return states.find(({ id }) => id === name)?.id ?? 'all'
}

export function QueueFilters({ filter, onChange }: QueueFiltersProps) {
  const searched = useSettled(useContext(SearchContext), 150)
  useEffect(() => {
    if (searched !== filter.match) onChange({ ...filter, match: searched })
  }, [searched, filter, onChange])
  return (
    <ToggleButtonGroup
      className="segments"
      aria-label="Which messages"
      selectionMode="single"
      disallowEmptySelection
      selectedKeys={[filter.state]}
      onSelectionChange={keys =>
        onChange({ ...filter, state: states.find(({ id }) => keys.has(id))?.id ?? 'all' })
      }
    >
      {states.map(({ id, title }) => (
        <ToggleButton key={id} id={id} className="segment">
          {title}
        </ToggleButton>
      ))}
    </ToggleButtonGroup>
  )
}
