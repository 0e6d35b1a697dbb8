/** The grid of an access list: its rows in VPOP3's columns, edited in place, in the order that counts. */

import { Problems } from '../parts/field.tsx'
import { Empty } from '../parts/notice.tsx'
import { formatPath, moved, type Path } from '../state/paths.ts'
import type { AccessRow } from '../state/settings.ts'
import { useDesk, useProblems, useSetting } from '../state/use.ts'
import { columns } from './columns.ts'
import { useGridKeys } from './grid-keys.ts'
import { GridRow } from './grid-row.tsx'
import { GridTools } from './grid-tools.tsx'
import { useRowDrag } from './row-drag.ts'

interface GridProps {
  readonly list: Path
  readonly label: string
}

export function Grid({ list, label }: GridProps) {
  const { store } = useDesk()
  const { value: rows, set } = useSetting<readonly AccessRow[]>(list)
  const problems = useProblems(list)
  const keys = useGridKeys(rows.length, (from, to) => move(from, to))
  const move = (from: number, to: number) => {
    const place = Math.max(0, Math.min(rows.length - 1, to))
    if (place === from) return
    set(moved(rows, from, place))
    keys.focus({ ...keys.active, row: place })
    store.say({ tone: 'plain', text: `Row ${from + 1} is now row ${place + 1}.` })
  }
  const drag = useRowDrag(move)
  return (
    <div className="grid-frame" data-path={formatPath(list)}>
      <div
        className="grid"
        role="grid"
        aria-label={label}
        aria-rowcount={rows.length + 1}
        ref={keys.ref}
        onKeyDown={keys.onKeyDown}
        onFocus={keys.onFocus}
        data-dragging={drag.from !== undefined || undefined}
        data-empty={rows.length === 0 || undefined}
      >
        <div role="row" className="grid-row grid-head">
          {columns.map(({ id, title }) => (
            <div role="columnheader" key={id} className={`cell cell-${id}`}>
              {title}
            </div>
          ))}
        </div>
        {rows.map((row, index) => (
          <GridRow
            // biome-ignore lint/suspicious/noArrayIndexKey: rows have no name but their place.
            key={index}
            list={list}
            index={index}
            row={row}
            active={keys.active}
            drag={drag}
          />
        ))}
      </div>
      {rows.length === 0 && <NoRows isGlobal={list.length === 1} />}
      <Problems problems={problems} />
      <GridTools list={list} rows={rows} keys={keys} onMove={move} />
    </div>
  )
}

/** An empty list of the service's lets nobody in; an empty global one doesn't count. */
function NoRows({ isGlobal }: { readonly isGlobal: boolean }) {
  if (isGlobal)
    return (
      <Empty title="No global rows: each service’s own rows decide alone.">
        <p className="muted">Add a row to refuse an address or a network everywhere.</p>
      </Empty>
    )
  return (
    <Empty title="No rows: nobody can send to addresses outside.">
      <p className="muted">Add a row, or take the default for your LAN, which lets your own network send.</p>
    </Empty>
  )
}
