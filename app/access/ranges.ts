/** An access list compiled: the whole address space cut into ranges in which one row decides. */
import { type Client, type Span, wordsOf } from './network.ts'
import { lookUp, makeTable, rowOf, type Table } from './table.ts'

/** Range i holds the addresses from its start to before the next start; the first one starts at 0. */
export interface Ranges {
  readonly v4Starts: Uint32Array
  /** The row that decides, counted from 1; 0 where none does. */
  readonly v4Rows: Uint32Array
  readonly v6Starts: readonly bigint[]
  readonly v6Rows: Uint32Array
  /** The same, to be looked up. */
  readonly v4: Table
  readonly v6: Table
}

/** Spans with the row they belong to, in the order of the rows. */
export interface RowSpan {
  readonly row: number
  readonly span: Span
}

interface Painted<T> {
  readonly starts: readonly T[]
  readonly rows: readonly number[]
}

/** O(n log n) in the number of spans; `spans` must be in the order in which the rows are tried. */
export function compileRanges(spans: readonly RowSpan[]): Ranges {
  const v4 = spans.filter(({ span }) => span.family === 4)
  const v6 = spans.filter(({ span }) => span.family === 6)
  const numbers = paint<number>(
    v4.map(({ span }) => Number(span.first)),
    v4.map(({ span }) => Number(span.last) + 1),
    v4.map(({ row }) => row),
    [0, 2 ** 32],
    sortNumbers,
  )
  const bigints = paint(
    v6.map(({ span }) => span.first),
    v6.map(({ span }) => span.last + 1n),
    v6.map(({ row }) => row),
    [0n, 1n << 128n],
    sortBigints,
  )
  const v4Starts = Uint32Array.from(numbers.starts)
  const v4Rows = Uint32Array.from(numbers.rows)
  const v6Rows = Uint32Array.from(bigints.rows)
  return {
    ...{ v4Starts, v4Rows, v4: makeTable(v4Starts, v4Rows, 1) },
    ...{ v6Starts: bigints.starts, v6Rows, v6: makeTable(wordsOf(bigints.starts), v6Rows, 4) },
  }
}

/** The row that decides for this client, counted from 1; 0 where none does. */
export function rowAt({ v4, v6 }: Ranges, { family, words }: Client): number {
  return family === 4 ? rowOf(v4, words[0] ?? 0) : lookUp(v6, words)
}

/**
 * Lays the spans on the line one after the other, each only where none lies yet. `next` jumps over what is taken
 * (a disjoint-set forest), so every cell is taken once, however the spans overlap.
 */
function paint<T extends number | bigint>(
  firsts: readonly T[],
  ends: readonly T[],
  rows: readonly number[],
  [bottom, top]: readonly [T, T],
  sort: (values: readonly T[]) => ArrayLike<T>,
): Painted<T> {
  const cells = sort([bottom, ...firsts, ...ends, top])
  const taken = new Uint32Array(cells.length)
  const next = new Uint32Array(cells.length)
  for (let cell = 0; cell < next.length; cell++) next[cell] = cell
  for (let index = 0; index < firsts.length; index++) {
    const [first, last, row] = [firsts[index], ends[index], rows[index]]
    if (first === undefined || last === undefined || row === undefined) continue
    const start = lastUpTo(cells, first)
    // Most are single addresses, which end at the next cell.
    const end = cells[start + 1] === last ? start + 1 : lastUpTo(cells, last)
    let cell = free(next, start)
    while (cell < end) {
      taken[cell] = row
      next[cell] = cell + 1
      cell = free(next, cell + 1)
    }
  }
  return merge(cells, taken)
}

/** The first cell at or after `cell` that is not taken; shortens the way for those who ask later. */
function free(next: Uint32Array, cell: number): number {
  let at = cell
  for (let to = next[at] ?? at; to !== at; to = next[at] ?? at) {
    next[at] = next[to] ?? to
    at = to
  }
  return at
}

/** Neighbours of one row become one range; the last cell is the end of the line. */
function merge<T>(cells: ArrayLike<T>, taken: Uint32Array): Painted<T> {
  const starts: T[] = []
  const rows: number[] = []
  for (let cell = 0; cell < cells.length - 1; cell++) {
    const [start, row] = [cells[cell], taken[cell] ?? 0]
    if (start === undefined || (cell > 0 && row === rows[rows.length - 1])) continue
    starts.push(start)
    rows.push(row)
  }
  return { starts, rows }
}

/** Each once. Numbers are sorted many times faster by a typed array. */
function sortNumbers(values: readonly number[]): Float64Array {
  const sorted = Float64Array.from(values).sort()
  let count = 0
  for (let at = 0; at < sorted.length; at++) {
    const value = sorted[at] ?? 0
    if (at === 0 || value !== sorted[count - 1]) sorted[count++] = value
  }
  return sorted.subarray(0, count)
}

function sortBigints(values: readonly bigint[]): readonly bigint[] {
  return values
    .toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0))
    .filter((value, at, sorted) => value !== sorted[at - 1])
}

/** Index of the last of the ascending `starts` that is not above `value`. */
function lastUpTo<T extends number | bigint>(starts: ArrayLike<T>, value: T): number {
  let low = 0
  let high = starts.length
  while (high - low > 1) {
    const middle = (low + high) >>> 1
    const start = starts[middle]
    if (start !== undefined && start <= value) low = middle
    else high = middle
  }
  return low
}

/** The rows that decide somewhere within the span, as often as they do; 0 where none does. */
export function rowsWithin(ranges: Ranges, { family, first, last }: Span): readonly number[] {
  if (family === 4) return slice(ranges.v4Starts, ranges.v4Rows, Number(first), Number(last))
  return slice(ranges.v6Starts, ranges.v6Rows, first, last)
}

/** The rows that decide within the spans, which are joined, and nowhere else. */
export function rowsOnlyWithin(ranges: Ranges, spans: readonly Span[]): ReadonlySet<number> {
  const left = countRows([...ranges.v4Rows, ...ranges.v6Rows])
  for (const { family, first, last } of spans) {
    const rows =
      family === 4
        ? sliceWhole(ranges.v4Starts, ranges.v4Rows, Number(first), Number(last) + 1)
        : sliceWhole(ranges.v6Starts, ranges.v6Rows, first, last + 1n)
    for (const row of rows) left.set(row, (left.get(row) ?? 0) - 1)
  }
  return new Set([...left].filter(([, count]) => count === 0).map(([row]) => row))
}

function countRows(rows: readonly number[]): Map<number, number> {
  const counts = new Map<number, number>()
  for (const row of rows) counts.set(row, (counts.get(row) ?? 0) + 1)
  return counts
}

function slice<T extends number | bigint>(
  starts: ArrayLike<T>,
  rows: Uint32Array,
  first: T,
  last: T,
): readonly number[] {
  return [...rows.subarray(lastUpTo(starts, first), lastUpTo(starts, last) + 1)]
}

/** Of the ranges that begin and end from `first` to before `end`. */
function sliceWhole<T extends number | bigint>(
  starts: ArrayLike<T>,
  rows: Uint32Array,
  first: T,
  end: T,
): readonly number[] {
  const at = lastUpTo(starts, first)
  const after = lastUpTo(starts, end)
  const isTop = end === 2 ** 32 || end === 1n << 128n
  return [...rows.subarray(starts[at] === first ? at : at + 1, isTop ? after + 1 : after)]
}
