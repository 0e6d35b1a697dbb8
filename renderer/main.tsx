/** Where the window begins: the store over the bridge, and the frame on the screen. */
import { createRoot } from 'react-dom/client'
import { Frame } from './frame/frame.tsx'
import { formText, rememberedForm } from './setup/form.ts'
import { keepDraft } from './state/keep-draft.ts'
import { LongBridge } from './state/long-bridge.ts'
import { firstPlace, placeText, Store } from './state/store.ts'
import { DeskContext } from './state/use.ts'
import { VisibleBridge } from './state/visible-bridge.ts'
import './style/tokens.css'
import './style/base.css'
import './style/frame.css'
import './style/dialogs.css'
import './style/draft-bar.css'
import './style/controls.css'
import './style/choices.css'
import './style/notices.css'
import './style/grid.css'
import './style/tables.css'
import './style/status.css'
import './style/help.css'
import './style/pages.css'
import './style/setup.css'
import './style/sign-in.css'
import './style/narrow.css'
import './style/contrast.css'

/** Milliseconds for which an empty window puzzles nobody. */
const soon = 300

const bridge = new LongBridge(new VisibleBridge(window.postern))
const store = new Store(bridge, firstPlace(location.hash))

// The page's address is what the main process remembers and opens again; storage of its own would hold up the start.
let shown = placeText(store.get().place)
let kept = store.get().firstRun
store.subscribe(() => {
  const { place, firstRun } = store.get()
  const text = placeText(place)
  if (firstRun && firstRun !== kept) localStorage.setItem('first-run', formText(firstRun))
  kept = firstRun
  if (text === shown) return
  shown = text
  history.replaceState(null, '', `#${text}`)
})

const element = document.getElementById('window')
const root = element && createRoot(element)
function draw(): void {
  root?.render(
    <DeskContext value={{ store, bridge }}>
      <Frame />
    </DeskContext>,
  )
}

// The snapshot is there at once, as a rule, and the page is drawn but once; else it says what it waits for.
const waiting = setTimeout(draw, soon)
void store.start().then(() => {
  const { connection } = store.get()
  // Only where the first questions are open, so that no other start waits for the storage.
  if (connection.kind === 'ready' && connection.status.unfinished)
    store.keepFirstRun(rememberedForm(localStorage.getItem('first-run')))
  clearTimeout(waiting)
  draw()
  return keepDraft(store, bridge)
})
