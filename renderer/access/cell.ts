/** What each cell of the grid is given. */
import type { AccessRow } from '../state/settings.ts'

export interface CellProps {
  readonly row: AccessRow
  /** `row 2`, for who hears the grid. */
  readonly where: string
  readonly tabIndex: 0 | -1
  readonly isInvalid: boolean
  set(change: Partial<AccessRow>, goesOn?: boolean): void
}
