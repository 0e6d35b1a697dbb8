/** The bridge's end in the window: passes requests on and tells what it is told; holds nothing but the first answer. */
import { contextBridge, ipcRenderer } from 'electron'
import type { Told } from './bridge.ts'
import { FirstSnapshot } from './first-snapshot.ts'
import type { Answered } from './ipc.ts'

function ask(name: unknown, args: readonly unknown[]): Promise<Answered> {
  return ipcRenderer.invoke('ask', name, args)
}

// The page asks for it as soon as it can, and begins with it.
const first = new FirstSnapshot<Answered, Told>(ask('snapshot', []))
ipcRenderer.on('told', (_event, batch: readonly Told[]) => first.tell(batch))

contextBridge.exposeInMainWorld('postern', {
  async ask(name: unknown, ...args: unknown[]): Promise<unknown> {
    const answered = await ((name === 'snapshot' && first.take()) || ask(name, args))
    if (answered.ok) return answered.value
    throw new Error(answered.sentence)
  },
  onTold(listener: (told: Told) => void): () => void {
    return first.listen(listener)
  },
})
