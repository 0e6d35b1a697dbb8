/** Rows moved with the pointer: the handle is taken, and the row goes where it is let go. */
import { useCallback, useRef, useState } from 'react'

export interface RowDrag {
  /** The row that is held. */
  readonly from: number | undefined
  /** Where it would go. */
  readonly to: number | undefined
  /** The same function each time. */
  readonly start: (event: React.PointerEvent<HTMLElement>, row: number) => void
}

export function useRowDrag(move: (from: number, to: number) => void): RowDrag {
  const [held, setHeld] = useState<{ readonly from: number; readonly to: number }>()
  const latest = useRef(move)
  latest.current = move
  const start = useCallback((event: React.PointerEvent<HTMLElement>, from: number) => {
    if (event.button !== 0) return
    const handle = event.currentTarget
    const grid = handle.closest('.grid')
    handle.setPointerCapture(event.pointerId)
    let to = from
    const end = new AbortController()
    const { signal } = end
    const over = ({ clientY }: PointerEvent) => {
      to = rowAt(grid, clientY, from)
      setHeld({ from, to })
    }
    const drop = () => {
      end.abort()
      setHeld(undefined)
      if (to !== from) latest.current(from, to)
    }
    const leave = ({ key }: KeyboardEvent) => {
      if (key !== 'Escape') return
      end.abort()
      setHeld(undefined)
    }
    handle.addEventListener('pointermove', over, { signal })
    handle.addEventListener('pointerup', drop, { signal })
    handle.addEventListener('pointercancel', () => end.abort(), { signal })
    window.addEventListener('keydown', leave, { signal })
  }, [])
  return { from: held?.from, to: held?.to, start }
}

/** The place among the rows that a height on the screen means; only those of one page are drawn. */
function rowAt(grid: Element | null, y: number, otherwise: number): number {
  const rows = [...(grid?.querySelectorAll<HTMLElement>('[data-row]') ?? [])]
  if (rows.length === 0) return otherwise
  const first = Number(rows[0]?.dataset['row'])
  const above =
    first +
    rows.filter(row => {
      const { top, height } = row.getBoundingClientRect()
      return y > top + height / 2
    }).length
  return Math.min(first + rows.length - 1, above > otherwise ? above - 1 : above)
}
