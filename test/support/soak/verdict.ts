/** What a soak found, as a table, and whether it is what is promised. */
import type { Findings, Sample } from './soak.ts'

export interface Bound {
  readonly words: string
  readonly met: boolean
}

/** The last third of a soak may take so many times the memory of the second; the first is for warming up. */
export const FLAT = 1.05

/** Means of the samples in the second third and in the last, bytes; NaN where there is none. */
export function thirds(
  samples: readonly Sample[],
  duration: number,
): readonly [second: number, last: number] {
  const within = (from: number, to: number) =>
    mean(samples.filter(({ at }) => at >= from * duration && at < to * duration).map(({ bytes }) => bytes))
  return [within(1 / 3, 2 / 3), within(2 / 3, Number.POSITIVE_INFINITY)]
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

/** Memory that falls leaks nothing. */
export function flatness(words: string, samples: readonly Sample[], duration: number, most = FLAT): Bound {
  const [second, last] = thirds(samples, duration)
  const change = ((last / second - 1) * 100).toFixed(1)
  const bound = `at most ${((most - 1) * 100).toFixed(0)} % more`
  return {
    words: `${words}: ${mega(second)} MB in the second third, ${mega(last)} MB in the last: ${change} %, ${bound}`,
    met: last <= most * second,
  }
}

/** All but memory. */
export function soundness({ stage, descriptors, resources, imbalance }: Findings): readonly Bound[] {
  const { books, arrivals, bounced, spoilt } = stage.ledger
  const { length: accepted } = books.accepted
  const copies = books.copies(arrivals)
  const sums = `${accepted} accepted, ${arrivals.length} arrived (${copies} of them copies), ${bounced.length} bounced`
  return [
    bound(`the books balance: ${sums}`, imbalance === undefined ? [] : [imbalance.slice(0, 8000)]),
    bound(
      'every letter came as it was sent',
      spoilt.slice(0, 20).flatMap(({ at, words }) => [`${at}: ${words}`, ...stage.around(at, 10_000)]),
    ),
    bound('as many descriptors as at the beginning', descriptors),
    bound('as many handles and timers as at the beginning', resources),
    bound('good clients are answered, good changes taken, bad ones refused', stage.problems.slice(0, 10)),
    { words: `something was sent: ${accepted} recipients`, met: accepted > 20 },
  ]
}

function bound(words: string, against: readonly string[]): Bound {
  return { words: [words, ...against].join('\n         '), met: against.length === 0 }
}

/** How often what happened, and the memory in ten parts. */
export function table({ stage, resident, kept }: Findings, duration: number): string {
  const counted = [...stage.counts].sort(([one], [other]) => (one < other ? -1 : 1))
  const width = Math.max(...counted.map(([name]) => name.length))
  const parts = Array.from({ length: 10 }, (_, part) => {
    const cells = [resident, kept].map(samples => {
      const within = samples.filter(({ at }) => Math.min(9, Math.floor((at / duration) * 10)) === part)
      return mega(mean(within.map(({ bytes }) => bytes))).padStart(9)
    })
    return `${`${part * 10} %`.padStart(9)}${cells.join('')}`
  })
  return [
    ...counted.map(([name, count]) => `${name.padEnd(width)}  ${`${count}`.padStart(7)}`),
    '',
    `${'after'.padStart(9)}${'in memory'.padStart(10)}${'kept'.padStart(8)}  (MB)`,
    ...parts,
  ].join('\n')
}

function mega(bytes: number): string {
  return (bytes / 1e6).toFixed(1)
}
