/** A table: rows of hostile text as aligned lines that fit the terminal. */
import { plain } from './plain.ts'
import { cut, width } from './width.ts'

export interface Column {
  readonly title: string
  /** Numbers stand better at the right. */
  readonly right?: boolean
  /** Of no use in part, such as an id that is copied: it is cut only when nothing else is left to cut. */
  readonly whole?: boolean
  /** Dresses a finished cell; it may add nothing that has a width. */
  readonly paint?: (cell: string) => string
}

const gap = '  '
/** Below this a column says nothing any more: three characters and `…`. */
const narrowest = 4

/**
 * Lines without line ends, the titles first. Where `columns` is undefined nothing is cut; where they are too few for
 * all, the last columns that aren't whole are left out.
 */
export function table(
  shape: readonly Column[],
  rows: readonly (readonly string[])[],
  columns: number | undefined,
): string[] {
  const dropped = columns === undefined ? -1 : tooMuch(shape, rows, columns)
  if (dropped >= 0)
    return table(
      shape.toSpliced(dropped, 1),
      rows.map(row => row.toSpliced(dropped, 1)),
      columns,
    )
  const titles = shape.map(({ title }) => title)
  const cells = rows.map(row => shape.map((_, at) => plain(row[at] ?? '')))
  const natural = titles.map((title, at) =>
    cells.reduce((most, row) => Math.max(most, width(row[at] ?? '')), width(title)),
  )
  const widths = columns === undefined ? natural : fit(natural, shape, columns)
  const unpainted = shape.map(({ right }) => (right ? { right } : {}))
  return [line(unpainted, titles, widths), ...cells.map(row => line(shape, row, widths))]
}

/** The column to leave out, where all can't fit even when they say hardly anything; -1 where they can. */
function tooMuch(shape: readonly Column[], rows: readonly (readonly string[])[], columns: number): number {
  if (shape.length <= 2) return -1
  const least = shape.map(({ title, whole }, at) => {
    const natural = rows.reduce((most, row) => Math.max(most, width(plain(row[at] ?? ''))), width(title))
    return whole ? natural : Math.min(natural, narrowest)
  })
  const room = columns - gap.length * (shape.length - 1)
  const fits = least.reduce((sum, wide) => sum + wide, 0) <= room
  return fits ? -1 : shape.findLastIndex(({ whole }) => !whole)
}

/** Takes from the widest columns first until all fit, and from the whole ones last. */
function fit(natural: readonly number[], shape: readonly Column[], columns: number): number[] {
  const room = columns - gap.length * (natural.length - 1)
  const parts = shrink(natural, room, at => (shape[at]?.whole ? Number.POSITIVE_INFINITY : narrowest))
  return shrink(parts, room, () => 1)
}

/** Takes column by column from the widest one that is over its least width until their sum is `room`, or none is. */
export function shrink(natural: readonly number[], room: number, least: (at: number) => number): number[] {
  const widths = [...natural]
  let over = widths.reduce((sum, wide) => sum + wide, 0) - room
  while (over > 0) {
    const widest = widths.reduce((most, wide, at) => (wide > least(at) ? Math.max(most, wide) : most), 0)
    if (widest === 0) break
    const at = widths.findLastIndex((wide, index) => wide === widest && wide > least(index))
    widths[at] = widest - 1
    over -= 1
  }
  return widths
}

function line(
  shape: readonly Omit<Column, 'title'>[],
  cells: readonly string[],
  widths: readonly number[],
): string {
  const parts = shape.map(({ right, paint }, at) => {
    const text = cut(cells[at] ?? '', widths[at] ?? 0)
    const space = ' '.repeat(Math.max(0, (widths[at] ?? 0) - width(text)))
    const painted = paint ? paint(text) : text
    return right ? space + painted : painted + space
  })
  return parts.join(gap).trimEnd()
}
