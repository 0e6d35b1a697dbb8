/** The chart of the last 24 hours: accepted, refused, delivered, deferred per hour, as stacked bars. */
import { type Hour, type Kind, kinds } from '../state/hours.ts'

const titles: Readonly<Record<Kind, string>> = {
  accepted: 'Accepted',
  refused: 'Refused',
  delivered: 'Delivered',
  deferred: 'Deferred',
}

const height = 96
const width = 720

export function Chart({ hours }: { readonly hours: readonly Hour[] }) {
  const most = Math.max(1, ...hours.map(({ counts }) => total(counts)))
  const slot = width / hours.length
  return (
    <figure className="chart">
      <svg viewBox={`0 0 ${width} ${height + 18}`} role="img" aria-label={summary(hours)}>
        <line className="chart-base" x1="0" x2={width} y1={height} y2={height} />
        {hours.map((hour, at) => (
          <Bar
            key={hour.start}
            hour={hour}
            x={at * slot + slot * 0.15}
            width={slot * 0.7}
            most={most}
            isNamed={at % 6 === 5}
          />
        ))}
      </svg>
      <figcaption className="legend">
        {kinds.map(kind => (
          <span key={kind}>
            <span className={`legend-mark chart-${kind}`} aria-hidden /> {titles[kind]}{' '}
            <strong>{sum(hours, kind).toLocaleString('en')}</strong>
          </span>
        ))}
      </figcaption>
    </figure>
  )
}

interface BarProps {
  readonly hour: Hour
  readonly x: number
  readonly width: number
  readonly most: number
  readonly isNamed: boolean
}

function Bar({ hour, x, width, most, isNamed }: BarProps) {
  let top = height
  const name = new Date(hour.start).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' })
  return (
    <g>
      <title>{`${name}: ${kinds.map(kind => `${hour.counts[kind]} ${kind}`).join(', ')}`}</title>
      {kinds.map(kind => {
        const size = (hour.counts[kind] / most) * (height - 6)
        top -= size
        return <rect key={kind} className={`chart-${kind}`} x={x} y={top} width={width} height={size} />
      })}
      {isNamed && (
        <text className="chart-text" x={x + width / 2} y={height + 14}>
          {name}
        </text>
      )}
    </g>
  )
}

function total(counts: Hour['counts']): number {
  return kinds.reduce((all, kind) => all + counts[kind], 0)
}

function sum(hours: readonly Hour[], kind: Kind): number {
  return hours.reduce((all, { counts }) => all + counts[kind], 0)
}

function summary(hours: readonly Hour[]): string {
  return `The last 24 hours: ${kinds.map(kind => `${sum(hours, kind)} ${kind}`).join(', ')}`
}
