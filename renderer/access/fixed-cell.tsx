/** A cell in which nothing can be edited; the arrows come to it all the same. */

interface FixedCellProps {
  readonly tabIndex: 0 | -1
  /** For who hears the grid. */
  readonly label: string
  readonly title?: string
  readonly children?: React.ReactNode
}

export function FixedCell({ tabIndex, label, title, children }: FixedCellProps) {
  return (
    <span className="cell-fixed" data-widget tabIndex={tabIndex} title={title}>
      <span className="visually-hidden">{label}</span>
      {children}
    </span>
  )
}
