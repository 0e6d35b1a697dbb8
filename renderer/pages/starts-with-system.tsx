/** Whether Postern starts with the system, and which version it is. */
import { useAct, useDesk, useReady } from '../state/use.ts'

export function StartsWithSystem() {
  const { store } = useDesk()
  const app = useReady(ready => ready.app)
  const act = useAct()
  const turn = (isOn: boolean) =>
    act(async bridge => {
      await bridge.ask('setAutostart', isOn)
      store.patch({ app: { ...app, autostart: isOn } })
    })
  return (
    <>
      <label className="plain-check">
        <input type="checkbox" checked={app.autostart} onChange={event => turn(event.target.checked)} /> Start
        with the system, hidden in the tray
      </label>
      <p className="muted">Postern {app.version}. Closing the window leaves it running in the tray.</p>
    </>
  )
}
