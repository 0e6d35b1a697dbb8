/** The `postern` command. */
import { SettingsRefusal } from '../control/refusal.ts'
import { openMending } from '../relay/mending.ts'
import { Relay } from '../relay.ts'
import { DataFolder } from '../settings/folder.ts'
import {
  type Offline,
  type Purpose,
  processEnvironment,
  type RelayDoor,
  type ServeReport,
} from './environment.ts'
import { runCommand } from './program.ts'
import { VERSION } from './version.ts'

const door: RelayDoor = { version: VERSION, openOffline, serve }

async function openOffline(
  folder: string,
  purpose: Purpose,
  say: (sentence: string) => void,
): Promise<Offline> {
  if (purpose === 'read') await DataFolder.expect(folder)
  try {
    const relay = await Relay.open(folder, { version: VERSION, say })
    return { control: relay.control, close: () => relay.stop() }
  } catch (error) {
    if (error instanceof SettingsRefusal) return openMending(folder, error)
    throw error
  }
}

async function serve(folder: string, report: ServeReport): Promise<number> {
  const relay = await Relay.open(folder, { version: VERSION, say: sentence => report.say(sentence) })
  const told = stopSignal()
  try {
    await relay.start()
    // Not before: what keeps it from starting is thrown, and said by whoever catches it.
    relay.subscribe(event => {
      if (event.kind === 'error' || event.kind === 'warning') report.say(event.text)
      // Whoever gave a command was answered there; a hand that wrote the file was not.
      if (event.kind === 'settings-refused' && event.by === 'file') report.say(refusedWords(event.problems))
    })
    for (const { address, port, encryption } of relay.listeners) report.listening(address, port, encryption)
    if (relay.openRelay !== undefined) report.say(relay.openRelay)
    report.ready()
    await told
    return 0
  } finally {
    await relay.stop()
  }
}

function refusedWords(problems: readonly string[]): string {
  return `settings.json was changed by hand and is not used: ${problems.join(' ')}`
}

/** Resolves at the first SIGTERM or SIGINT. */
function stopSignal(): Promise<void> {
  return new Promise(resolve => {
    process.once('SIGTERM', () => resolve())
    process.once('SIGINT', () => resolve())
  })
}

/** The exit status, for a program that runs this one inside itself and doesn't end with it. */
export const done = runCommand(process.argv.slice(2), processEnvironment(door)).then(status => {
  process.exitCode = status
  return status
})
