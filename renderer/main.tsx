/** The window's first page, until there are others: the snapshot as it comes. */
import { createRoot } from 'react-dom/client'

const place = document.getElementById('window')
if (place) {
  const root = createRoot(place)
  const show = (text: string) => root.render(<pre>{text}</pre>)
  window.postern.ask('snapshot').then(
    snapshot => show(JSON.stringify(snapshot, undefined, 2)),
    error => show(String(error)),
  )
}
