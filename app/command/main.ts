/** The `postern` command. */
import { Relay } from '../relay.ts'
import { processEnvironment, type RelayDoor, type ServeReport } from './environment.ts'
import { runCommand } from './program.ts'
import { VERSION } from './version.ts'

const door: RelayDoor = {
  version: VERSION,
  async openOffline(folder) {
    const relay = await Relay.open(folder, { version: VERSION, say: () => {} })
    return { control: relay.control, close: () => relay.stop() }
  },
  serve,
}

async function serve(folder: string, report: ServeReport): Promise<number> {
  const relay = await Relay.open(folder, { version: VERSION, say: sentence => report.say(sentence) })
  relay.subscribe(event => {
    if (event.kind === 'error' || event.kind === 'warning') report.say(event.text)
  })
  const told = stopSignal()
  try {
    await relay.start()
    for (const { address, port, encryption } of relay.listeners) report.listening(address, port, encryption)
    report.ready()
    await told
    return 0
  } finally {
    await relay.stop()
  }
}

/** Resolves at the first SIGTERM or SIGINT. */
function stopSignal(): Promise<void> {
  return new Promise(resolve => {
    process.once('SIGTERM', () => resolve())
    process.once('SIGINT', () => resolve())
  })
}

runCommand(process.argv.slice(2), processEnvironment(door)).then(status => {
  process.exitCode = status
})
