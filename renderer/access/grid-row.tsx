/** A row of the grid: each cell holds the one control that edits it. */
import { GripVertical } from 'lucide-react'
import { memo } from 'react'
import { Problems } from '../parts/field.tsx'
import { formatPath, type Path } from '../state/paths.ts'
import type { AccessRow } from '../state/settings.ts'
import { useDesk, useProblems } from '../state/use.ts'
import { AddressCell } from './address-cell.tsx'
import type { CellProps } from './cell.ts'
import { CheckCell, CommentCell, PrefixCell, RestrictCell, TypeCell } from './cells.tsx'
import { type ColumnId, columns } from './columns.ts'
import type { RowDrag } from './row-drag.ts'
import { addressOf, isBlank } from './rows.ts'
import { UsersCell } from './users-cell.tsx'

interface GridRowProps {
  readonly list: Path
  readonly index: number
  readonly row: AccessRow
  /** The column of the cell at hand, where it is in this row. */
  readonly column: number | undefined
  readonly isHeld: boolean
  /** Where a row that is held would go, beside this one. */
  readonly drop: 'above' | 'below' | undefined
  /** The same function each time: a row is drawn anew only when something of its own changes. */
  readonly onHold: RowDrag['start']
  /** The search box holds words that this row doesn't. */
  readonly isPassedOver: boolean
}

const fields: Readonly<Record<ColumnId, keyof AccessRow | undefined>> = {
  order: undefined,
  action: 'action',
  type: undefined,
  address: 'from',
  prefix: undefined,
  unauth: 'withoutAuthentication',
  mends: 'mendLineEnds',
  users: 'users',
  comment: 'comment',
  enabled: 'enabled',
}

export const GridRow = memo(function GridRow(props: GridRowProps) {
  const { list, index, row, column: at, isHeld, drop, onHold, isPassedOver } = props
  const { store } = useDesk()
  const path = [...list, index]
  const problems = useProblems(path, true)
  const set = (change: Partial<AccessRow>, goesOn = false) => {
    const [field = ''] = Object.keys(change)
    if (goesOn) store.edit([...path, field], change[field as keyof AccessRow], true)
    else store.edit(path, { ...row, ...change })
    // What is typed is told of at once, and what isn't typed yet only when it is left.
    if (change.from !== undefined) store.spare(!goesOn && isBlank(change.from) ? formatPath(path) : '')
  }
  return (
    <>
      <div
        role="row"
        className="grid-row"
        data-row={index}
        data-type={addressOf(row.from).type}
        data-path={formatPath(path)}
        data-active={at !== undefined || undefined}
        data-passed-over={isPassedOver || undefined}
        data-off={!row.enabled || undefined}
        data-held={isHeld || undefined}
        data-drop={drop}
        aria-rowindex={index + 2}
        onBlur={({ currentTarget, relatedTarget }) => {
          if (!currentTarget.contains(relatedTarget)) store.leaveField()
        }}
      >
        {columns.map(({ id }, column) => {
          const field = fields[id]
          const cell: CellProps = {
            row,
            where: `row ${index + 1}`,
            tabIndex: at === column ? 0 : -1,
            isInvalid: problems.some(
              problem => field && problem.path.startsWith(formatPath([...path, field])),
            ),
            set,
          }
          return (
            <div
              role="gridcell"
              key={id}
              className={`cell cell-${id}`}
              data-cell={`${index}:${column}`}
              {...(field && { 'data-path': formatPath([...path, field]) })}
              data-option={`${formatPath(list)}[].${field ?? 'from'}`}
            >
              {id === 'order' ? <OrderCell {...cell} index={index} onHold={onHold} /> : cellOf(id, cell)}
            </div>
          )
        })}
      </div>
      {problems.length > 0 && (
        <div role="row" className="grid-problems">
          <div role="gridcell" aria-colspan={columns.length}>
            <Problems problems={problems} />
          </div>
        </div>
      )}
    </>
  )
})

interface OrderCellProps extends CellProps, Pick<GridRowProps, 'index' | 'onHold'> {}

function OrderCell({ where, tabIndex, index, onHold }: OrderCellProps) {
  return (
    <button
      type="button"
      className="handle"
      data-widget
      tabIndex={tabIndex}
      aria-label={`Order, ${where}: drag to move, or press Alt with the up or down arrow`}
      onPointerDown={event => onHold(event, index)}
    >
      <GripVertical size={14} aria-hidden />
      {index + 1}
    </button>
  )
}

function cellOf(id: ColumnId, props: CellProps): React.ReactNode {
  const { row, set } = props
  switch (id) {
    case 'action':
      return <RestrictCell {...props} />
    case 'type':
      return <TypeCell {...props} />
    case 'address':
      return <AddressCell {...props} />
    case 'prefix':
      return <PrefixCell {...props} />
    case 'unauth':
      return (
        <CheckCell
          {...props}
          title="Allow Unauth"
          isIdle={row.action === 'block'}
          value={row.withoutAuthentication}
          onChange={withoutAuthentication => set({ withoutAuthentication })}
        />
      )
    case 'mends':
      return (
        <CheckCell
          {...props}
          title="Mend Lines"
          isIdle={false}
          value={row.mendLineEnds}
          onChange={mendLineEnds => set({ mendLineEnds })}
        />
      )
    case 'users':
      return <UsersCell {...props} />
    case 'comment':
      return <CommentCell {...props} />
    default:
      return (
        <CheckCell
          {...props}
          title="On"
          isIdle={false}
          value={row.enabled}
          onChange={enabled => set({ enabled })}
        />
      )
  }
}

export function dropEdge({ from, to }: RowDrag, index: number): 'above' | 'below' | undefined {
  if (from === undefined || to === undefined || to !== index || to === from) return undefined
  return to < from ? 'above' : 'below'
}
