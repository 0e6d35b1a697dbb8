/** The `postern` command of an installed Postern: run inside its own program, which needs no display and opens no window. */
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { app } from 'electron'

interface Command {
  /** The exit status, when all is done. */
  readonly done: Promise<number>
}

/** Electron would run on, and takes the signals to end for itself. */
export function runCommand(words: readonly string[]): void {
  app.setPath('userData', join(app.getPath('appData'), 'postern-command'))
  app.dock?.hide()
  app.on('window-all-closed', () => undefined)
  app.on('before-quit', event => {
    event.preventDefault()
    end()
  })
  const file = join(__dirname, '..', 'postern.cjs')
  process.argv = [process.execPath, file, ...words]
  const command: Command = createRequire(file)(file)
  command.done.then(async status => {
    for (const stream of [process.stdout, process.stderr])
      await new Promise<void>(resolve => void stream.write('', () => resolve()))
    process.exit(status)
  })
}

/** As a signal ends a command: it hears of it where it wants to. */
function end(): void {
  const heard = (['SIGTERM', 'SIGINT'] as const).find(name => process.listenerCount(name) > 0)
  if (heard === undefined) process.exit(143)
  process.emit(heard, heard)
}
