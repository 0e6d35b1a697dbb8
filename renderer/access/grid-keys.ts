/** The keyboard in a grid: arrows from cell to cell, Alt+Up and Alt+Down move the row, one cell in the Tab order. */
import { useLayoutEffect, useRef, useState } from 'react'
import { columns } from './columns.ts'

export interface Cell {
  readonly row: number
  readonly column: number
}

export type GridKeys = ReturnType<typeof useGridKeys>

export function useGridKeys(count: number, move: (from: number, to: number) => void) {
  const ref = useRef<HTMLDivElement>(null)
  const [active, setActive] = useState<Cell>({ row: 0, column: 1 })
  const [wanted, setWanted] = useState<Cell>()
  const inside: Cell = { ...active, row: Math.max(0, Math.min(active.row, count - 1)) }
  useLayoutEffect(() => {
    if (!wanted) return
    setWanted(undefined)
    widgetAt(ref.current, wanted)?.focus()
  }, [wanted])
  const focus = (cell: Cell) => {
    setActive(cell)
    setWanted(cell)
  }
  return {
    ref,
    active: inside,
    /** Another row, without the focus. */
    activate: (row: number) => setActive({ ...active, row }),
    /** Takes effect once the rows are drawn as they then are. */
    focus,
    onFocus: (event: React.FocusEvent) => {
      const cell = cellOf(event.target)
      if (cell) setActive(cell)
      if (isText(event.target)) event.target.select()
    },
    onKeyDown: (event: React.KeyboardEvent) => {
      const cell = cellOf(event.target)
      if (!cell) return
      if (event.altKey && (event.key === 'ArrowUp' || event.key === 'ArrowDown')) {
        event.preventDefault()
        move(cell.row, cell.row + (event.key === 'ArrowUp' ? -1 : 1))
        return
      }
      if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return
      const next = nextCell(event, cell, count)
      if (next) {
        event.preventDefault()
        focus(next)
      } else open(event)
    },
  }
}

function nextCell(
  { key, target }: React.KeyboardEvent,
  { row, column }: Cell,
  count: number,
): Cell | undefined {
  const inText = isText(target)
  if (key === 'ArrowUp') return { row: Math.max(0, row - 1), column }
  if (key === 'ArrowDown' || (key === 'Enter' && inText)) return { row: Math.min(count - 1, row + 1), column }
  if (key === 'ArrowLeft' && (!isText(target) || isAtEdge(target, 'start')))
    return { row, column: Math.max(0, column - 1) }
  if (key === 'ArrowRight' && (!isText(target) || isAtEdge(target, 'end')))
    return { row, column: Math.min(columns.length - 1, column + 1) }
  if (key === 'Home' && !inText) return { row, column: 0 }
  if (key === 'End' && !inText) return { row, column: columns.length - 1 }
  return undefined
}

function isText(target: EventTarget): target is HTMLTextAreaElement {
  return target instanceof HTMLTextAreaElement
}

/** Text just entered is selected as a whole, and the arrows leave it; with a caret in it they walk the text first. */
function isAtEdge(input: HTMLTextAreaElement, edge: 'start' | 'end'): boolean {
  const { selectionStart, selectionEnd, value } = input
  if (selectionStart === 0 && selectionEnd === value.length) return true
  return edge === 'start' ? selectionEnd === 0 : selectionStart === value.length
}

/** Enter and F2 open what the cell holds: a list, or the text with the caret at its end. */
function open(event: React.KeyboardEvent): void {
  const { target } = event
  if (event.key !== 'Enter' && event.key !== 'F2') return
  if (target instanceof HTMLSelectElement) {
    event.preventDefault()
    target.showPicker()
  }
  if (isText(target)) {
    event.preventDefault()
    target.setSelectionRange(target.value.length, target.value.length)
  }
}

function cellOf(target: EventTarget): Cell | undefined {
  const cell = target instanceof Element ? target.closest<HTMLElement>('[data-cell]') : null
  const [row, column] = (cell?.dataset['cell'] ?? '').split(':').map(Number)
  return row === undefined || column === undefined ? undefined : { row, column }
}

function widgetAt(grid: HTMLElement | null, { row, column }: Cell): HTMLElement | null {
  return grid?.querySelector<HTMLElement>(`[data-cell="${row}:${column}"] [data-widget]`) ?? null
}
