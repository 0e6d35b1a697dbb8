/** The bridge's end in the window: passes requests on and tells what it is told; holds nothing. */
import { contextBridge, ipcRenderer } from 'electron'
import type { Told } from './bridge.ts'
import type { Answered } from './ipc.ts'

contextBridge.exposeInMainWorld('postern', {
  async ask(name: unknown, ...args: unknown[]): Promise<unknown> {
    const answered: Answered = await ipcRenderer.invoke('ask', name, args)
    if (answered.ok) return answered.value
    throw new Error(answered.sentence)
  },
  onTold(listener: (told: Told) => void): () => void {
    const take = (_event: unknown, batch: readonly Told[]) => {
      for (const told of batch) listener(told)
    }
    ipcRenderer.on('told', take)
    return () => ipcRenderer.off('told', take)
  },
})
