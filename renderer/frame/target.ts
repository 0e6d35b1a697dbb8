/** Brings what the window's place points at into view and gives it the focus. */
import { type RefObject, useEffect } from 'react'
import type { Place } from '../state/place.ts'

export function useTarget(place: Place, page: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    if (place.target === undefined) return
    // The tab that holds it is drawn first.
    const frame = requestAnimationFrame(() => point(page.current, place.target ?? ''))
    return () => cancelAnimationFrame(frame)
  }, [place, page])
}

function point(page: HTMLElement | null, target: string): void {
  const found = nearest(page, target)
  if (!found) return
  const folded = found.closest('details')
  if (folded) folded.open = true
  found.scrollIntoView({ block: 'center' })
  fieldIn(found)?.focus()
}

/** Of a whole entry its first field, not the buttons that move or remove it. */
function fieldIn(found: HTMLElement): HTMLElement | null {
  if (found.matches('input, textarea, select, button')) return found
  return (
    found.querySelector<HTMLElement>('input:not([type="hidden"]), select, textarea') ??
    found.querySelector<HTMLElement>('button:enabled')
  )
}

/** The field itself, else the nearest that holds it: `users[0].addresses[1]` is in `users[0].addresses`. */
function nearest(page: HTMLElement | null, target: string): HTMLElement | undefined {
  for (let path = target; path !== ''; path = path.replace(/(\.[^.[\]]+|\[[^[\]]*\]|^[^.[\]]+)$/, '')) {
    const found = page?.querySelector<HTMLElement>(`[data-path="${CSS.escape(path)}"]`)
    if (found) return found
  }
  return undefined
}
