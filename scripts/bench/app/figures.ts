/** The figures of the starts as a table, and whether they are what is wanted. */
import { median } from '../median.ts'
import { type Bound, layOut } from '../report.ts'
import type { Start } from './start.ts'

/** Wanted of Postern beside the bare app: milliseconds and megabytes more, at most. */
const wanted = { ready: 150, open: 40, closed: 15 }
const megabyte = 2 ** 20

export interface Starts {
  readonly postern: readonly Start[]
  readonly bare: readonly Start[]
}

export function startTable({ postern, bare }: Starts): string {
  const head = ['', 'figure', 'postern', 'bare', 'more', 'from-to']
  const rows = (
    [
      ['window ready, ms', ({ ready }) => ready],
      ['SMTP port greets, ms', ({ greeted }) => greeted],
      ['memory, window open, MB', ({ open }) => open / megabyte],
      ['memory, window closed, MB', ({ closed }) => closed / megabyte],
    ] satisfies [string, (start: Start) => number | undefined][]
  ).map(([words, of]) => row(words, postern.map(of), bare.map(of)))
  return layOut([head, ...rows])
}

function row(
  words: string,
  postern: readonly (number | undefined)[],
  bare: readonly (number | undefined)[],
): string[] {
  const [own, other] = [postern, bare].map(all => all.filter(value => value !== undefined))
  const [mine, theirs] = [median(own ?? []), median(other ?? [])]
  const has = (other ?? []).length > 0
  const range = `${Math.min(...(own ?? [])).toFixed(0)}-${Math.max(...(own ?? [])).toFixed(0)}`
  return [
    '',
    words,
    mine.toFixed(0),
    has ? theirs.toFixed(0) : '-',
    has ? (mine - theirs).toFixed(0) : '-',
    range,
  ]
}

export function startBounds({ postern, bare }: Starts): Bound[] {
  const more = (of: (start: Start) => number) => median(postern.map(of)) - median(bare.map(of))
  const ready = more(start => start.ready)
  const open = more(start => start.open) / megabyte
  const closed = more(start => start.closed) / megabyte
  const late = postern.filter(start => (start.greeted ?? Number.POSITIVE_INFINITY) >= start.ready).length
  return [
    bound(
      `window ready ${ready.toFixed(0)} ms after the bare one's, of ${wanted.ready}`,
      ready <= wanted.ready,
    ),
    bound(
      `SMTP port open before the window is ready in ${postern.length - late} of ${postern.length} starts`,
      late === 0,
    ),
    bound(`memory over bare, window open: ${open.toFixed(1)} MB of ${wanted.open}`, open <= wanted.open),
    bound(
      `memory over bare, window closed: ${closed.toFixed(1)} MB of ${wanted.closed}`,
      closed <= wanted.closed,
    ),
  ]
}

function bound(words: string, met: boolean): Bound {
  return { words, met }
}
