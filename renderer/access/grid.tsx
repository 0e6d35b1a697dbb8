/** The grid of an access list: its rows in VPOP3's columns, edited in place, in the order that counts. */

import { useContext, useDeferredValue, useEffect, useLayoutEffect, useRef } from 'react'
import { Problems } from '../parts/field.tsx'
import { Empty } from '../parts/notice.tsx'
import { SearchContext } from '../parts/search.ts'
import { formatPath, getAt, moved, type Path } from '../state/paths.ts'
import type { AccessRow } from '../state/settings.ts'
import { useDesk, usePlace, useProblems, useReady } from '../state/use.ts'
import { count } from '../words/plain.ts'
import { columns } from './columns.ts'
import { type GridKeys, useGridKeys } from './grid-keys.ts'
import { GridPages, isPaged, pageOf } from './grid-pages.tsx'
import { dropEdge, GridRow } from './grid-row.tsx'
import { GridTools } from './grid-tools.tsx'
import { useRowDrag } from './row-drag.ts'
import { useDrawn } from './use-drawn.ts'
import { isAmong, useFound } from './use-found.ts'

interface GridProps {
  readonly list: Path
  readonly label: string
}

export function Grid({ list, label }: GridProps) {
  const { store } = useDesk()
  // The list is the grid's own, so its type is known.
  const rows = useReady(({ draft }) => getAt(draft.settings, list)) as readonly AccessRow[]
  const deferred = useDeferredValue(rows)
  const later = isPaged(rows.length) ? deferred : rows
  const problems = useProblems(list)
  const keys = useGridKeys(rows.length, (from, to) => move(from, to))
  const move = (from: number, to: number) => {
    const place = Math.max(0, Math.min(rows.length - 1, to))
    if (place === from) return
    store.edit(list, moved(rows, from, place))
    keys.focus({ ...keys.active, row: place })
    store.say({ tone: 'plain', text: `Row ${from + 1} is now row ${place + 1}.` })
  }
  const drag = useRowDrag(move)
  const searched = useContext(SearchContext)
  const found = useFound(rows, searched)
  const page = pageOf(keys.active.row, rows.length)
  const drawn = useDrawn(page.first, page.end, keys.active.row)
  useReveal(keys, list, found?.[0])
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
        data-paged={isPaged(rows.length) || undefined}
      >
        <div role="row" className="grid-row grid-head">
          {columns.map(({ id, title }) => (
            <div role="columnheader" key={id} className={`cell cell-${id}`}>
              {title}
            </div>
          ))}
        </div>
        {Array.from({ length: drawn.to - drawn.from }, (_, at) => {
          const index = drawn.from + at
          // What is typed into stands as it is in the draft; the others follow without holding it up.
          const row = (index === keys.active.row ? undefined : later[index]) ?? rows[index]
          if (!row) return null
          return (
            <GridRow
              key={index}
              list={list}
              index={index}
              row={row}
              column={keys.active.row === index ? keys.active.column : undefined}
              isHeld={drag.from === index}
              drop={dropEdge(drag, index)}
              onHold={drag.start}
              isPassedOver={found !== undefined && !isAmong(found, index)}
            />
          )
        })}
      </div>
      {found && rows.length > 0 && (
        <p className="muted" role="status">
          {count(found.length, 'row')} of {rows.length} {found.length === 1 ? 'matches' : 'match'} “{searched}
          ”.
        </p>
      )}
      {rows.length === 0 && <NoRows isGlobal={list.length === 1} />}
      <GridPages count={rows.length} keys={keys} />
      <Problems problems={problems} />
      <GridTools list={list} rows={rows} keys={keys} onMove={move} />
    </div>
  )
}

/** The row that is found first is brought into view, the focus staying in the search box; or the one pointed at. */
function useReveal({ ref, activate }: GridKeys, list: Path, found: number | undefined): void {
  const { target } = usePlace()
  const start = `${formatPath(list)}[`
  const pointed = target?.startsWith(start) ? Number.parseInt(target.slice(start.length), 10) : undefined
  const latest = useRef(activate)
  latest.current = activate
  useLayoutEffect(() => {
    if (pointed !== undefined) latest.current(pointed)
  }, [pointed])
  useEffect(() => {
    if (found === undefined) return
    latest.current(found)
    const row = requestAnimationFrame(() =>
      ref.current?.querySelector(`[data-row="${found}"]`)?.scrollIntoView({ block: 'nearest' }),
    )
    return () => cancelAnimationFrame(row)
  }, [ref, found])
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
