/** What a decision and the map of a long list cost, beside ipaddr.js and net.BlockList: in words, and whether it will do. */
import { type Cost, least, measure } from '../../test/support/policy-cost.ts'

/** Nanoseconds of a decision and milliseconds of the map, at 10,000 rows. */
const mostDecide = 100
const mostMap = 50

const titles = ['rows', 'decide IPv4', 'decide IPv6', 'ipaddr.js', 'BlockList', 'compile', 'map']

function cells({ rows, decideV4, decideV6, ipaddr, blockList, compile, map }: Cost): readonly string[] {
  const ns = [decideV4, decideV6, ipaddr, blockList].map(
    value => `${Math.round(value).toLocaleString('en')} ns`,
  )
  return [rows.toLocaleString('en'), ...ns, `${compile.toFixed(1)} ms`, `${map.toFixed(1)} ms`]
}

function say(line: readonly string[]): void {
  process.stdout.write(`${line.map(cell => cell.padStart(13)).join('')}\n`)
}

/** How many times as long the slower of the two decisions takes. */
function timesAsLong({ decideV4, decideV6 }: Cost, than: Cost): number {
  return Math.max(decideV4 / than.decideV4, decideV6 / than.decideV6)
}

/** Each length is measured as often, in turns: a machine is faster at one moment than at another. */
const ROUNDS = 4
const lengths = [10, 100, 1000, 10_000, 100_000]
const rounds = Array.from({ length: ROUNDS }, () => lengths.map(measure))
const costs = lengths.flatMap((_, at) => {
  const [first, ...others] = rounds.flatMap(round => round[at] ?? [])
  return first ? [least([first, ...others])] : []
})
say(titles)
for (const cost of costs) say(cells(cost))
process.stdout.write(
  `\nA decision is whole, reply and reason included; ipaddr.js only finds the row, net.BlockList only whether any matches.\nOf ${ROUNDS} rounds the least of each.\n`,
)
const last = costs.find(({ rows }) => rows === 10_000)
const [shortest, longest] = [costs[0], costs.at(-1)]
/** 5 from 10 to 100,000 rows; a search row by row takes 10,000 times as long. */
const logarithm = shortest && longest ? Math.log(longest.rows) / Math.log(shortest.rows) : 0
const growth = shortest && longest ? timesAsLong(longest, shortest) : Number.POSITIVE_INFINITY
const wanted = [
  {
    words: `a decision grows no more than the logarithm: ${longest?.rows.toLocaleString('en')} rows take ${growth.toFixed(1)} times as long as ${shortest?.rows} (at most ${logarithm.toFixed(1)})`,
    met: growth <= logarithm,
  },
  {
    words: `a decision at 10,000 rows takes at most ${mostDecide} ns`,
    met: last && Math.max(last.decideV4, last.decideV6) <= mostDecide,
  },
  {
    words: `the map of 10,000 rows takes less than ${mostMap} ms`,
    met: last && last.compile + last.map < mostMap,
  },
]
for (const { words, met } of wanted) process.stdout.write(`${met ? 'met    ' : 'NOT MET'}  ${words}\n`)
process.exitCode = wanted.every(({ met }) => met) ? 0 : 1
