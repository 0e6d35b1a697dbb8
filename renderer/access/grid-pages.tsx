/** The pages of a long grid: a page of rows is drawn, the one that holds the row at hand. */
import { ArrowLeft, ArrowRight } from 'lucide-react'
import { IconButton } from '../parts/button.tsx'
import type { GridKeys } from './grid-keys.ts'

/** Rows drawn at a time; a screen shows about fifteen. */
export const perPage = 50

export function firstOfPage(row: number): number {
  return row - (row % perPage)
}

/** Nothing where all rows are on one page. */
export function GridPages({ count, keys }: { readonly count: number; readonly keys: GridKeys }) {
  if (count <= perPage) return null
  const first = firstOfPage(keys.active.row)
  const last = firstOfPage(count - 1)
  const shown = `${(first + 1).toLocaleString('en')} to ${Math.min(first + perPage, count).toLocaleString('en')}`
  return (
    <nav className="grid-pages" aria-label="Rows shown">
      <IconButton
        icon={ArrowLeft}
        label="Earlier rows"
        isDisabled={first === 0}
        onPress={() => keys.activate(first - perPage)}
      />
      <p role="status">
        Rows {shown} of {count.toLocaleString('en')}
      </p>
      <IconButton
        icon={ArrowRight}
        label="Later rows"
        isDisabled={first === last}
        onPress={() => keys.activate(first + perPage)}
      />
    </nav>
  )
}
