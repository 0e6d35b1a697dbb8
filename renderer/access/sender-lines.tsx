/** The map in lines: who may send, with the rows that decide. */
import { Breakable } from '../parts/breakable.tsx'
import { formatPath } from '../state/paths.ts'
import type { MapLine } from '../state/settings.ts'
import { useDesk } from '../state/use.ts'

const marks: Readonly<Record<MapLine['permission'], string>> = {
  anyone: 'mark-anyone',
  'after-login': 'mark-login',
  never: 'mark-never',
}

/** Rows that are linked. */
const linked = 4

export function SenderLines({ lines }: { readonly lines: readonly MapLine[] }) {
  return (
    <ul className="who-list">
      {lines.map(line => (
        <SenderLine key={`${line.who} ${line.words}`} line={line} />
      ))}
    </ul>
  )
}

function SenderLine({ line }: { readonly line: MapLine }) {
  const { who, words, rows, permission, ranges, rangeCount, isOpen } = line
  const more = rangeCount - ranges.length
  const exact = `${ranges.join('\n')}${more > 0 ? `\nand ${more} ranges more` : ''}`
  return (
    <li>
      <span className={`mark ${isOpen ? 'mark-never' : marks[permission]}`} aria-hidden />
      <div>
        <p className="who-name" title={exact}>
          <Breakable text={who} />
        </p>
        <p className="muted">
          {words}
          {isOpen && <strong className="bad"> · open relay</strong>}
          {rows.length > 0 && ' · '}
          {rows.slice(0, linked).map((row, at) => (
            <span key={row}>
              {at > 0 && ', '}
              <RowLink row={row} />
            </span>
          ))}
          {rows.length > linked && ` and ${rows.length - linked} more`}
        </p>
      </div>
    </li>
  )
}

function RowLink({ row }: { readonly row: number }) {
  const { store } = useDesk()
  const target = formatPath(['smtp', 'access', row - 1])
  return (
    <button type="button" className="link" onClick={() => store.go({ page: 'smtp', tab: 'access', target })}>
      row {row}
    </button>
  )
}
