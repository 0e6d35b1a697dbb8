/** The measurements as tables, and whether they are what is wanted. */
import type { Measurement } from './measure.ts'
import { median } from './median.ts'

/** All runs of one target at one number of sessions. */
export interface Series {
  readonly target: string
  readonly sessions: number
  readonly runs: readonly Measurement[]
}

/** Wanted of Postern: at least so many times Postfix's messages per second, by sessions. */
const wantedRates: ReadonlyMap<number, number> = new Map([
  [1, 0.85],
  [10, 1.5],
  [50, 2],
])

/** Wanted of Postern: at most this part of Postfix's CPU time for a message. */
const wantedCpu = 0.4

export interface Bound {
  readonly words: string
  readonly met: boolean
}

/** What the libraries alone take: a bound beyond that can't be met on them, and says so. */
const FLOOR = 'libraries'

export function table(all: readonly Series[]): string {
  const rows = all.map(series => [
    `${series.sessions}`,
    series.target,
    middle(series, 'rate').toFixed(0),
    ratio(all, series, 'rate'),
    middle(series, 'cpu').toFixed(2),
    ratio(all, series, 'cpu'),
    (middle(series, 'memory') / 2 ** 20).toFixed(0),
    `${Math.min(...rates(series)).toFixed(0)}-${Math.max(...rates(series)).toFixed(0)}`,
  ])
  const head = [
    'sessions',
    'target',
    'msg/s',
    'x Postfix',
    'CPU ms/msg',
    'x Postfix',
    'peak MiB',
    'msg/s from-to',
  ]
  return layOut([head, ...rows])
}

/** Columns as wide as their widest cell, numbers to the right. */
export function layOut(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map(row => row[i]?.length ?? 0)))
  return rows
    .map(row =>
      row
        .map((cell, i) => (i === 1 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

/** Each bound that these measurements can tell about. */
export function bounds(all: readonly Series[]): Bound[] {
  return all
    .filter(({ target }) => target === 'postern')
    .flatMap(postern => {
      const postfix = partner(all, postern)
      if (!postfix) return []
      const rate = middle(postern, 'rate') / middle(postfix, 'rate')
      const cpu = middle(postern, 'cpu') / middle(postfix, 'cpu')
      const wanted = wantedRates.get(postern.sessions)
      const where = `at ${postern.sessions} ${postern.sessions === 1 ? 'session' : 'sessions'}`
      const rates = {
        words: `messages per second ${where}: ${rate.toFixed(2)} of ${wanted}`,
        met: rate >= (wanted ?? 0),
      }
      const floor = partner(all, postern, FLOOR)
      const least = floor ? middle(floor, 'cpu') / middle(postfix, 'cpu') : 0
      const reach = least > wantedCpu ? `, out of reach: the libraries alone take ${least.toFixed(2)}` : ''
      const cpus = {
        words: `CPU per message ${where}: ${cpu.toFixed(2)} of ${wantedCpu}${reach}`,
        met: cpu <= wantedCpu,
      }
      return wanted === undefined ? [cpus] : [rates, cpus]
    })
}

function ratio(all: readonly Series[], series: Series, what: keyof Measurement): string {
  const postfix = partner(all, series)
  return postfix ? (middle(series, what) / middle(postfix, what)).toFixed(2) : '-'
}

/** Postfix's, or another target's, series at the same number of sessions. */
function partner(all: readonly Series[], series: Series, target = 'postfix'): Series | undefined {
  return all.find(one => one.target === target && one.sessions === series.sessions)
}

function rates({ runs }: Series): number[] {
  return runs.map(({ rate }) => rate)
}

function middle({ runs }: Series, what: keyof Measurement): number {
  return median(runs.map(run => run[what]))
}
