/** Quitting: asks and says what stops, lets the relay finish what it is sending, and exits. */
import { app, dialog } from 'electron'

export interface Quit {
  /** Asks first. */
  ask(): Promise<void>
}

/** From now on the app ends only after `stop`; `wording` is asked when a person wants to quit. */
export function prepareQuit(stop: () => Promise<void>, wording: () => string): Quit {
  let ending = false
  app.on('before-quit', event => {
    event.preventDefault()
    if (ending) return
    ending = true
    stop().then(
      () => app.exit(0),
      error => {
        process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
        app.exit(1)
      },
    )
  })
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => app.quit())
  let asking = false
  return {
    async ask() {
      if (asking || ending) return
      asking = true
      const { response } = await dialog.showMessageBox({
        type: 'question',
        title: 'Quit Postern',
        message: 'Quit Postern?',
        detail: wording(),
        buttons: ['Quit', 'Keep running'],
        defaultId: 0,
        cancelId: 1,
      })
      asking = false
      if (response === 0) app.quit()
    },
  }
}
