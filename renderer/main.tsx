/** Where the window begins: the store over the bridge, and the frame on the screen. */
import { createRoot } from 'react-dom/client'
import { Frame } from './frame/frame.tsx'
import { formText, rememberedForm } from './setup/form.ts'
import { keepDraft } from './state/keep-draft.ts'
import { firstPlace, placeText, Store } from './state/store.ts'
import { DeskContext } from './state/use.ts'
import './style/tokens.css'
import './style/base.css'
import './style/frame.css'
import './style/controls.css'
import './style/grid.css'
import './style/pages.css'
import './style/setup.css'

const bridge = window.postern
const store = new Store(bridge, firstPlace(location.hash), rememberedForm(localStorage.getItem('first-run')))

// The page's address is what the main process remembers and opens again.
store.subscribe(() => {
  const { place, firstRun } = store.get()
  const address = `#${placeText(place)}`
  if (location.hash !== address) history.replaceState(null, '', address)
  if (firstRun) localStorage.setItem('first-run', formText(firstRun))
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
