/** A session bus of its own for a test. */
import type { Ending } from './ending.ts'
import { startProcess } from './process.ts'

/** Its address. */
export async function startBus(test: Ending): Promise<string> {
  const bus = await startProcess(test, ['dbus-daemon', '--session', '--nofork', '--print-address'])
  const [address] = await bus.waitFor(/^unix:\S+$/m)
  return address
}
