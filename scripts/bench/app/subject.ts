/** What is started and measured: Postern, and beside it the smallest app that opens a window with an empty page. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { freePort } from '../../../test/support/port.ts'
import { officeWith } from '../../../test/support/relay.ts'

export interface Subject {
  readonly name: 'postern' | 'bare'
  /** The app's folder and its own arguments. */
  readonly args: readonly string[]
  /** On 127.0.0.1, where it takes mail, if it does. */
  readonly port: number | undefined
}

/** In a tray app's way: it stays when its window is closed. */
const program = `const { app, BrowserWindow } = require('electron')
app.on('window-all-closed', () => undefined)
app.whenReady().then(() => {
  const window = new BrowserWindow({ width: 960, height: 680, show: false })
  window.once('ready-to-show', () => window.show())
  window.loadFile('index.html')
})
process.on('SIGTERM', () => app.exit(0))
`

export function bareApp(folder: string): Subject {
  const app = join(folder, 'bare')
  mkdirSync(app)
  writeFileSync(
    join(app, 'package.json'),
    JSON.stringify({ name: 'bare', version: '0.0.0', main: 'main.js' }),
  )
  writeFileSync(join(app, 'main.js'), program)
  writeFileSync(join(app, 'index.html'), '<!doctype html><title>Bare</title>\n')
  return { name: 'bare', args: [app], port: undefined }
}

/** The built app, on a data folder of its own. */
export async function posternApp(folder: string): Promise<Subject> {
  const data = join(folder, 'data')
  const port = await freePort()
  mkdirSync(data, { mode: 0o700 })
  const listeners = [{ address: '127.0.0.1', port, encryption: 'none' }]
  writeFileSync(join(data, 'settings.json'), JSON.stringify(officeWith({ smtp: { listeners } })))
  return { name: 'postern', args: [resolve('.'), '--data', data], port }
}
