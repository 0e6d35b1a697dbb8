/** The cells of the grid that hold one value: a list that opens, a text, a box to tick. */
import { useRevert } from '../parts/field.tsx'
import type { CellProps } from './cell.ts'
import { CellText } from './cell-text.tsx'
import { FixedCell } from './fixed-cell.tsx'
import { addressOf, fromOf, type RowType, typeLabels, withType } from './rows.ts'

export function RestrictCell({ row, where, tabIndex, set }: CellProps) {
  return (
    <select
      className={`cell-input cell-select ${row.action === 'allow' ? 'allow' : 'block'}`}
      data-widget
      tabIndex={tabIndex}
      aria-label={`Restrict, ${where}`}
      value={row.action}
      onChange={event => set({ action: event.target.value === 'allow' ? 'allow' : 'block' })}
    >
      <option value="allow">Allow</option>
      <option value="block">Block</option>
    </select>
  )
}

export function TypeCell({ row, where, tabIndex, set }: CellProps) {
  const { type } = addressOf(row.from)
  return (
    <select
      className="cell-input cell-select"
      data-widget
      tabIndex={tabIndex}
      aria-label={`Type, ${where}`}
      value={type}
      onChange={event => set({ from: withType(row.from, typeOf(event.target.value)) })}
    >
      {Object.entries(typeLabels).map(([value, label]) => (
        <option key={value} value={value}>
          {label}
        </option>
      ))}
    </select>
  )
}

function typeOf(value: string): RowType {
  const types: readonly RowType[] = ['any', 'local-networks', 'routers', 'ipv4', 'ipv6', 'name']
  return types.find(type => type === value) ?? 'ipv4'
}

export function PrefixCell({ row, where, tabIndex, isInvalid, set }: CellProps) {
  const parts = addressOf(row.from)
  const keys = useRevert(row.from, from => set({ from }, true))
  if ((parts.type !== 'ipv4' && parts.type !== 'ipv6') || parts.address.includes('-'))
    return <FixedCell tabIndex={tabIndex} label={`Prefix, ${where}: none`} />
  return (
    <CellText
      tabIndex={tabIndex}
      aria-label={`Prefix, ${where}`}
      aria-invalid={isInvalid}
      value={parts.prefix}
      placeholder={parts.type === 'ipv4' ? '32' : '128'}
      {...keys}
      onChange={prefix => set({ from: fromOf({ ...parts, prefix: prefix.trim() }) }, true)}
    />
  )
}

export function CommentCell({ row, where, tabIndex, set }: CellProps) {
  const keys = useRevert(row.comment, comment => set({ comment }, true))
  return (
    <CellText
      tabIndex={tabIndex}
      aria-label={`Comment, ${where}`}
      value={row.comment}
      {...keys}
      onChange={comment => set({ comment }, true)}
    />
  )
}

interface CheckCellProps extends CellProps {
  readonly title: string
  /** It has no meaning for this row; shown only while it is ticked, to be taken off. */
  readonly isIdle: boolean
  readonly value: boolean
  onChange(value: boolean): void
}

export function CheckCell({ where, tabIndex, title, isIdle, value, onChange }: CheckCellProps) {
  if (isIdle && !value)
    return <FixedCell tabIndex={tabIndex} label={`${title}, ${where}: has no meaning on a row that blocks`} />
  return (
    <input
      type="checkbox"
      className="cell-check"
      data-widget
      tabIndex={tabIndex}
      aria-label={`${title}, ${where}`}
      checked={value}
      onChange={event => onChange(event.target.checked)}
    />
  )
}
