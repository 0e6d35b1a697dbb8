/** The way to a data folder's relay: through its socket while it runs, else its parts opened in this process. */
import { existsSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { type Connection, connectControl } from '../control/client.ts'
import type { Control } from '../control/control.ts'
import { controlAddressToAsk } from '../settings/folder.ts'
import { FolderHeld } from '../settings/lock.ts'
import type { Purpose, RelayDoor } from './environment.ts'

export type Reached =
  | { readonly running: true; readonly control: Control; readonly connection: Connection }
  | { readonly running: false; readonly control: Control }

/** How often a folder that is held is looked at again, and milliseconds between: 5 seconds in all. */
const LOOKS = 50
const BETWEEN = 100

type Door = Pick<RelayDoor, 'openOffline'>

export interface Errand {
  readonly folder: string
  readonly purpose: Purpose
  /** What was found damaged on the way, in sentences. */
  readonly say: (sentence: string) => void
}

/** Runs with the folder's control and closes what it opened, however the run ends. */
export async function reach(
  errand: Errand,
  door: Door,
  run: (reached: Reached) => Promise<number>,
): Promise<number> {
  const { reached, close } = await open(errand, door)
  try {
    return await run(reached)
  } finally {
    await close()
  }
}

interface Way {
  readonly reached: Reached
  close(): void | Promise<void>
}

/** A folder can be held for a moment: by another command, or by a relay that is about to listen. */
async function open(errand: Errand, door: Door): Promise<Way> {
  for (let looks = 1; ; looks++) {
    try {
      return (await dialRelay(errand.folder)) ?? (await openParts(errand, door))
    } catch (error) {
      if (!(error instanceof FolderHeld) || looks >= LOOKS) throw error
      await delay(BETWEEN)
    }
  }
}

async function dialRelay(folder: string): Promise<Way | undefined> {
  const connection = existsSync(folder) ? await connectControl(await controlAddressToAsk(folder)) : undefined
  if (!connection) return undefined
  return {
    reached: { running: true, control: connection.control, connection },
    close: () => connection.close(),
  }
}

async function openParts({ folder, purpose, say }: Errand, door: Door): Promise<Way> {
  const offline = await door.openOffline(folder, purpose, say)
  return { reached: { running: false, control: offline.control }, close: () => offline.close() }
}
