/** The grid of an access list: its rows in VPOP3's columns, edited in place, in the order that counts. */

import { type RefObject, useContext, useEffect } from 'react'
import { Problems } from '../parts/field.tsx'
import { Empty } from '../parts/notice.tsx'
import { holds, SearchContext } from '../parts/search.ts'
import { formatPath, moved, type Path } from '../state/paths.ts'
import type { AccessRow } from '../state/settings.ts'
import { useDesk, useProblems, useSetting } from '../state/use.ts'
import { count } from '../words/plain.ts'
import { columns } from './columns.ts'
import { useGridKeys } from './grid-keys.ts'
import { GridRow } from './grid-row.tsx'
import { GridTools } from './grid-tools.tsx'
import { useRowDrag } from './row-drag.ts'
import { rowWords } from './rows.ts'

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
  const searched = useContext(SearchContext)
  const found = rows.flatMap((row, index) => (holds(searched, rowWords(row), row.comment) ? [index] : []))
  useScrollTo(keys.ref, searched === '' ? undefined : found[0])
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
            isPassedOver={!found.includes(index)}
          />
        ))}
      </div>
      {searched !== '' && rows.length > 0 && (
        <p className="muted" role="status">
          {count(found.length, 'row')} of {rows.length} {found.length === 1 ? 'matches' : 'match'} “{searched}
          ”.
        </p>
      )}
      {rows.length === 0 && <NoRows isGlobal={list.length === 1} />}
      <Problems problems={problems} />
      <GridTools list={list} rows={rows} keys={keys} onMove={move} />
    </div>
  )
}

/** The row that is found first is brought into view; the focus stays in the search box. */
function useScrollTo(grid: RefObject<HTMLElement | null>, row: number | undefined): void {
  useEffect(() => {
    if (row !== undefined)
      grid.current?.querySelector(`[data-row="${row}"]`)?.scrollIntoView({ block: 'nearest' })
  }, [grid, row])
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
