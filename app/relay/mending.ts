/** A data folder whose settings.json is broken, opened to mend it. */
import { readMachine } from '../access/machine.ts'
import { compilePolicy } from '../access/policy.ts'
import type { Control } from '../control/control.ts'
import { mendingControl } from '../control/mending.ts'
import { refuseOpening } from '../control/open-relay-guard.ts'
import type { SettingsRefusal } from '../control/refusal.ts'
import { Journal } from '../log/journal.ts'
import { BrokenSettings } from '../settings/broken.ts'
import { DataFolder } from '../settings/folder.ts'
import { FolderLock } from '../settings/lock.ts'
import type { Changer, Settings } from '../settings/settings.ts'
import { CHECKS } from './checks.ts'

export interface Mending {
  readonly control: Control
  close(): Promise<void>
}

/** Rejects as `Relay.open` does, but for the settings. */
export async function openMending(path: string, refusal: SettingsRefusal): Promise<Mending> {
  const folder = await DataFolder.open(path)
  const lock = await FolderLock.take(folder.path)
  const journal = new Journal(folder.log)
  const { settingsFile: file, history: historyFolder } = folder
  const machine = await readMachine()
  const guard = (next: Settings, by: Changer) =>
    refuseOpening(next, undefined, by, settings => compilePolicy(settings, machine))
  const broken = new BrokenSettings({ file, historyFolder, checks: CHECKS, now: Date.now, guard })
  return {
    control: mendingControl({ broken, checks: CHECKS, journal }, refusal),
    async close() {
      await journal.close()
      await lock.release()
    },
  }
}
