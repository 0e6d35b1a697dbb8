/** The chart of the last hours: in each what came in (accepted, refused) and what went out (delivered, deferred). */
import { type Hour, type Kind, kinds } from '../state/hours.ts'
import { hourAndMinute } from '../words/dates.ts'
import { amountWords } from '../words/plain.ts'

const titles: Readonly<Record<Kind, string>> = {
  accepted: 'Accepted',
  refused: 'Refused',
  delivered: 'Delivered',
  deferred: 'Deferred',
}

/** Beside each other in every hour; each is a stack, its first kind at the bottom. */
const stacks = [
  ['accepted', 'refused'],
  ['delivered', 'deferred'],
] as const

export function Chart({ hours }: { readonly hours: readonly Hour[] }) {
  const most = Math.max(1, ...hours.flatMap(({ counts }) => stacks.map(stack => height(counts, stack))))
  return (
    <figure className="chart">
      <div className="chart-plot" role="img" aria-label={summary(hours)}>
        <span className="chart-most">{amountWords(most)}</span>
        {hours.map(hour => (
          <Bars key={hour.start} hour={hour} most={most} />
        ))}
      </div>
      <div className="chart-times" aria-hidden>
        {hours.map(({ start }, at) => (
          <span key={start}>{at % 6 === 5 && (at === hours.length - 1 ? 'now' : hourAndMinute(start))}</span>
        ))}
      </div>
      <figcaption className="legend">
        {kinds.map(kind => (
          <span key={kind}>
            <span className={`legend-mark chart-${kind}`} aria-hidden /> {titles[kind]}{' '}
            <strong>{amountWords(sum(hours, kind))}</strong>
          </span>
        ))}
      </figcaption>
    </figure>
  )
}

function Bars({ hour, most }: { readonly hour: Hour; readonly most: number }) {
  const words = kinds.map(kind => `${hour.counts[kind]} ${kind}`).join(', ')
  return (
    <div className="chart-hour" title={`From ${hourAndMinute(hour.start)}: ${words}`}>
      {stacks.map(stack => (
        <div key={stack[0]} className="chart-stack">
          {stack.map(kind => (
            <div
              key={kind}
              className={`chart-bar chart-${kind}`}
              style={{ height: `${(hour.counts[kind] / most) * 100}%` }}
            />
          ))}
        </div>
      ))}
    </div>
  )
}

function height(counts: Hour['counts'], stack: readonly Kind[]): number {
  return stack.reduce((all, kind) => all + counts[kind], 0)
}

function sum(hours: readonly Hour[], kind: Kind): number {
  return hours.reduce((all, { counts }) => all + counts[kind], 0)
}

function summary(hours: readonly Hour[]): string {
  return `The last 24 hours: ${kinds.map(kind => `${sum(hours, kind)} ${kind}`).join(', ')}`
}
