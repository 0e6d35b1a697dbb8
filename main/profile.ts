/** The profile: where Chromium and the window keep their own things, one for each data folder. */
import { createHash } from 'node:crypto'
import { join } from 'node:path'

/** Beside the data folder, not in it: nothing there is worth a backup. Who shares a profile shares the one window. */
export function profileOf(appData: string, folder: string, usual: string): string {
  if (folder === usual) return join(appData, 'postern-window')
  const hash = createHash('sha256').update(folder).digest('hex').slice(0, 12)
  return join(appData, `postern-window-${hash}`)
}
