/** A session bus of its own for a test. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Ending } from './ending.ts'
import { makeFolder } from './folder.ts'
import { startProcess } from './process.ts'

/** Its address. */
export async function startBus(test: Ending): Promise<string> {
  return start(test, '--session')
}

/** The same, where nobody answers but who was started by the test: else the bus starts what the system has installed. */
export async function startEmptyBus(test: Ending): Promise<string> {
  const config = join(await makeFolder(test), 'bus.conf')
  const all = '<allow send_destination="*"/><allow receive_sender="*"/><allow own="*"/>'
  const policy = `<policy context="default">${all}</policy>`
  await writeFile(
    config,
    `<busconfig><type>session</type><listen>unix:tmpdir=/tmp</listen>${policy}</busconfig>`,
  )
  return start(test, `--config-file=${config}`)
}

async function start(test: Ending, which: string): Promise<string> {
  const bus = await startProcess(test, ['dbus-daemon', which, '--nofork', '--print-address'])
  const [address] = await bus.waitFor(/^unix:\S+$/m)
  return address
}
