/** The way to a data folder's relay: through its socket while it runs, else its parts opened in this process. */
import { existsSync } from 'node:fs'
import { type Connection, connectControl } from '../control/client.ts'
import type { Control } from '../control/control.ts'
import { controlAddressOf } from '../settings/folder.ts'
import type { RelayDoor } from './environment.ts'

export type Reached =
  | { readonly running: true; readonly control: Control; readonly connection: Connection }
  | { readonly running: false; readonly control: Control }

/** Runs with the folder's control and closes what it opened, however the run ends. */
export async function reach(
  folder: string,
  door: Pick<RelayDoor, 'openOffline'>,
  run: (reached: Reached) => Promise<number>,
): Promise<number> {
  const connection = existsSync(folder) ? await connectControl(await controlAddressOf(folder)) : undefined
  if (!connection) return reachOffline(folder, door, run)
  try {
    return await run({ running: true, control: connection.control, connection })
  } finally {
    connection.close()
  }
}

async function reachOffline(
  folder: string,
  door: Pick<RelayDoor, 'openOffline'>,
  run: (reached: Reached) => Promise<number>,
): Promise<number> {
  const offline = await door.openOffline(folder)
  try {
    return await run({ running: false, control: offline.control })
  } finally {
    await offline.close()
  }
}
