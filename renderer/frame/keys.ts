/** The keys that work everywhere: F6 between panes, Ctrl+S, Ctrl+Z, Ctrl+Y, Ctrl+F, F1. */
import { useEffect, useRef } from 'react'
import { applyDraft } from '../state/apply.ts'
import { type Desk, useDesk } from '../state/use.ts'

interface Keys {
  /** Told the pattern of the focused field's option; empty where the focus is in none. */
  explain(option: string): void
}

export function useKeys(keys: Keys): void {
  const desk = useDesk()
  const latest = useRef(keys)
  latest.current = keys
  useEffect(() => {
    const listener = (event: KeyboardEvent) => press(event, desk, latest.current)
    // Captured: text fields keep the keys they hear to themselves.
    window.addEventListener('keydown', listener, true)
    return () => window.removeEventListener('keydown', listener, true)
  }, [desk])
}

function press(event: KeyboardEvent, { store, bridge }: Desk, keys: Keys): void {
  const action = actionOf(event)
  if (action === undefined) return
  if (isOverlaid() && action !== 'explain') return
  event.preventDefault()
  if (action === 'apply') void applyDraft(store, bridge)
  if (action === 'undo') store.undo()
  if (action === 'redo') store.redo()
  if (action === 'search') {
    const box = document.querySelector<HTMLInputElement>('[data-search]')
    if (box) box.select()
    else store.say({ tone: 'plain', text: 'There is nothing to search on this page.' })
  }
  if (action === 'next-pane') nextPane(event.shiftKey ? -1 : 1)
  if (action === 'explain') keys.explain(focusedOption())
}

type Action = 'apply' | 'undo' | 'redo' | 'search' | 'next-pane' | 'explain'

function actionOf(event: KeyboardEvent): Action | undefined {
  if (event.key === 'F1') return 'explain'
  if (event.key === 'F6') return 'next-pane'
  if (!(event.ctrlKey || event.metaKey) || event.altKey) return undefined
  const key = event.key.toLowerCase()
  if (key === 's') return 'apply'
  if (key === 'f') return 'search'
  if (isFreeText(event.target)) return undefined
  if (key === 'z') return event.shiftKey ? 'redo' : 'undo'
  return key === 'y' ? 'redo' : undefined
}

/** Text that is no part of the draft, such as a search box, keeps its own undo. */
function isFreeText(target: EventTarget | null): boolean {
  return target instanceof HTMLInputElement && target.closest('[data-path]') === null
}

function isOverlaid(): boolean {
  return document.querySelector('.overlay') !== null
}

function focusedOption(): string {
  return document.activeElement?.closest<HTMLElement>('[data-option]')?.dataset['option'] ?? ''
}

function nextPane(step: number): void {
  const panes = [...document.querySelectorAll<HTMLElement>('[data-pane]')]
  const at = panes.findIndex(pane => pane.contains(document.activeElement))
  const pane = panes.at((at + step + panes.length) % panes.length)
  const current = pane?.querySelector<HTMLElement>('[aria-current="page"]')
  const first = pane?.querySelector<HTMLElement>(
    'button:not([disabled]):not([tabindex="-1"]), input:not([disabled]):not([tabindex="-1"]), select, a[href], [tabindex="0"]',
  )
  ;(current ?? first ?? pane)?.focus()
}
