/** An access list compiled: the whole address space cut into ranges in which one row decides. */
import type { Client, Span } from './network.ts'

/** Range i holds the addresses from its start to before the next start; the first one starts at 0. */
export interface Ranges {
  readonly v4Starts: Uint32Array
  /**
   * Where to look: IPv4's space in equal parts, for each the range in which it begins, and after them the last range.
   * Their number is a power of two, about that of the ranges.
   */
  readonly v4Index: Uint32Array
  /** The row that decides, counted from 1; 0 where none does. */
  readonly v4Rows: Uint32Array
  readonly v6Starts: readonly bigint[]
  /** The starts as rounded numbers: what is smaller rounded is smaller, and numbers are compared faster. */
  readonly v6Keys: Float64Array
  readonly v6Rows: Uint32Array
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
  return {
    v4Starts,
    v4Index: indexOf(v4Starts),
    v4Rows: Uint32Array.from(numbers.rows),
    v6Starts: bigints.starts,
    v6Keys: Float64Array.from(bigints.starts, Number),
    v6Rows: Uint32Array.from(bigints.rows),
  }
}

/** The row that decides for this client, counted from 1; 0 where none does. O(log n). */
export function rowAt(ranges: Ranges, { family, key, value }: Client): number {
  if (family === 4) return ranges.v4Rows[v4At(ranges, key)] ?? 0
  const { v6Starts, v6Keys, v6Rows } = ranges
  const at = lastUpToNumber(v6Keys, key)
  // Only starts that are rounded to the same number are told apart by their digits.
  const isSure = (v6Keys[at] ?? 0) < key || (v6Starts[at] ?? 0n) <= value
  return v6Rows[isSure ? at : lastUpTo(v6Starts, value)] ?? 0
}

/** The range in which an IPv4 address lies. */
function v4At({ v4Starts, v4Index }: Ranges, value: number): number {
  // The parts are numbered by the address's first bits.
  const part = value >>> (1 + Math.clz32(v4Index.length - 1))
  let low = v4Index[part] ?? 0
  let high = (v4Index[part + 1] ?? 0) + 1
  while (high - low > 1) {
    const middle = (low + high) >>> 1
    if ((v4Starts[middle] ?? 0) <= value) low = middle
    else high = middle
  }
  return low
}

/** At most 2^16 parts: they take little time to make. */
function indexOf(starts: Uint32Array): Uint32Array {
  const bits = Math.min(16, 33 - Math.clz32(starts.length))
  const size = 2 ** (32 - bits)
  const index = new Uint32Array(2 ** bits + 1)
  let at = 0
  for (let part = 0; part < 2 ** bits; part++) {
    while ((starts[at + 1] ?? 2 ** 32) <= part * size) at++
    index[part] = at
  }
  index[2 ** bits] = starts.length - 1
  return index
}

/** As `lastUpTo`, without a branch that a processor could guess wrong: half the time of a decision. */
function lastUpToNumber(starts: Float64Array, value: number): number {
  let low = 0
  let left = starts.length
  while (left > 1) {
    const half = left >>> 1
    low += half * (Number((starts[low + half] ?? 0) <= value) | 0)
    left -= half
  }
  return low
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
