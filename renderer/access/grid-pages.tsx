/** The pages of a long grid: a page of rows is drawn, the one that holds the row at hand. */
import { ArrowLeft, ArrowRight } from 'lucide-react'
import { IconButton } from '../parts/button.tsx'
import { amountWords } from '../words/plain.ts'
import type { GridKeys } from './grid-keys.ts'

/** A list so long stands on one page; a screen shows about fifteen rows. */
const onePage = 60

/** Of a longer one so many rows: what the window has to lay out stays small. */
const perPage = 25

export function isPaged(count: number): boolean {
  return count > onePage
}

/** The rows of the page that holds a row, from the first to before the end. */
export function pageOf(row: number, count: number): { readonly first: number; readonly end: number } {
  if (!isPaged(count)) return { first: 0, end: count }
  const first = row - (row % perPage)
  return { first, end: Math.min(first + perPage, count) }
}

/** Nothing where all rows are on one page. */
export function GridPages({ count, keys }: { readonly count: number; readonly keys: GridKeys }) {
  if (!isPaged(count)) return null
  const { first, end } = pageOf(keys.active.row, count)
  const shown = `${amountWords(first + 1)} to ${amountWords(end)}`
  return (
    <nav className="grid-pages" aria-label="Rows shown">
      <IconButton
        icon={ArrowLeft}
        label="Earlier rows"
        isDisabled={first === 0}
        onPress={() => keys.activate(first - perPage)}
      />
      <p role="status">
        Rows {shown} of {amountWords(count)}
      </p>
      <IconButton
        icon={ArrowRight}
        label="Later rows"
        isDisabled={end === count}
        onPress={() => keys.activate(end)}
      />
    </nav>
  )
}
