/** GNOME's keyring as the Secret Service of a session bus: unlocked, and with nothing in it but what a test puts there. */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Ending } from './ending.ts'
import { type Process, runProcess, startProcess } from './process.ts'
import { waitFor } from './wait.ts'

/** `home`: where it keeps what it is given. */
export async function startKeyring(test: Ending, bus: string, home: string): Promise<Process> {
  await mkdir(join(home, 'run'), { recursive: true, mode: 0o700 })
  const env = {
    DBUS_SESSION_BUS_ADDRESS: bus,
    HOME: home,
    XDG_DATA_HOME: join(home, 'share'),
    XDG_RUNTIME_DIR: join(home, 'run'),
  }
  const command = ['gnome-keyring-daemon', '--foreground', '--components=secrets', '--unlock']
  const keyring = await startProcess(test, command, { env, input: 'of-the-keyring' })
  await waitFor('the keyring', async () => ((await isOpen(test, bus)) ? true : undefined), 15_000)
  return keyring
}

/** Whether it answers, and has a place where secrets go. */
async function isOpen(test: Ending, bus: string): Promise<boolean> {
  const [name, path] = ['org.freedesktop.secrets', '/org/freedesktop/secrets']
  const send = ['dbus-send', `--bus=${bus}`, '--print-reply', `--dest=${name}`, path]
  const { stdout } = await runProcess(test, [
    ...send,
    'org.freedesktop.Secret.Service.ReadAlias',
    'string:default',
  ])
  return stdout.includes(`${path}/collection/login`)
}
