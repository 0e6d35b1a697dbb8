/** Where the window begins: the store over the bridge, and the frame on the screen. */
import { createRoot } from 'react-dom/client'
import { Frame } from './frame/frame.tsx'
import { keepDraft } from './state/keep-draft.ts'
import { firstPlace, placeText, Store } from './state/store.ts'
import { DeskContext } from './state/use.ts'
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
import './style/narrow.css'
import './style/contrast.css'

const bridge = window.postern
const store = new Store(bridge, firstPlace(location.hash))

// The page's address is what the main process remembers and opens again; storage of its own would hold up the start.
let shown = placeText(store.get().place)
store.subscribe(() => {
  const place = placeText(store.get().place)
  if (place === shown) return
  shown = place
  history.replaceState(null, '', `#${place}`)
})
void store.start().then(() => keepDraft(store, bridge))

const root = document.getElementById('window')
if (root) {
  createRoot(root).render(
    <DeskContext value={{ store, bridge }}>
      <Frame />
    </DeskContext>,
  )
}
