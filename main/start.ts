/** The start: the program loaded, and the window put before it. */
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { app, BrowserWindow, dialog, Menu, session } from 'electron'
import { sentenceOf } from '../app/control/sentence.ts'
import { DataFolder } from '../app/settings/folder.ts'
import { readArguments } from './arguments.ts'
import { isStartedBySystem } from './autostart.ts'
import { answerWindow } from './ipc.ts'
import { profileOf } from './profile.ts'
import { loadProgram } from './program.ts'
import { declareScheme, servePages } from './protocol.ts'
import { confineSession, Window } from './window.ts'
import { WindowMemory } from './window-memory.ts'

/** Milliseconds after which a window that opens has been drawn. */
const SOON = 500

const images = join(__dirname, 'images')

const given = readArguments(process.argv.slice(1))
const folder = DataFolder.choose(given.data)
const say = (sentence: string) => process.stderr.write(`${sentence}\n`)

if (!hasDisplay()) {
  say('There is no display to show Postern on: "postern serve" runs the relay without its window.')
  // Not app.exit, after which Chromium would still look for the display, and crash.
  process.exit(1)
}
declareScheme()
// Before Electron makes one of its own; ours can wait for the window.
Menu.setApplicationMenu(null)
// By this Windows takes notifications for those of the installed app; electron-builder.yml has the same.
app.setAppUserModelId('example.postern.app')
app.setPath('userData', profileOf(app.getPath('appData'), folder, DataFolder.choose(undefined, {})))
if (app.requestSingleInstanceLock({ hidden: given.hidden })) {
  const opened = app.whenReady().then(prepareWindow)
  const running = run(opened)
  running.catch(fail)
  app.on(
    'second-instance',
    (_event, _args, _folder, data) => void running.then(() => opened).then(window => again(window, data)),
  )
  app.on('activate', () => void opened.then(window => window.open()))
  // The relay and the tray stay when the window is closed.
  app.on('window-all-closed', () => undefined)
} else {
  say('Postern is running already: its window is opened.')
  app.exit(0)
}

function hasDisplay(): boolean {
  return process.platform !== 'linux' || Boolean(process.env['DISPLAY'] || process.env['WAYLAND_DISPLAY'])
}

function again(window: Window, data: unknown): void {
  const hidden = typeof data === 'object' && data !== null && 'hidden' in data && data.hidden === true
  if (!hidden) window.open()
}

/** Says why there is nothing to run, and ends. */
function fail(error: unknown): void {
  say(sentenceOf(error))
  for (const window of BrowserWindow.getAllWindows()) window.destroy()
  dialog.showErrorBox("Postern can't start", sentenceOf(error))
  app.exit(1)
}

/** The window opens first, in a process of its own: it and its page come up while the relay is loaded and opens. */
async function run(opened: Promise<Window>): Promise<void> {
  const window = await opened
  const opens = !given.hidden && !isStartedBySystem()
  if (opens) window.open()
  const calm = setTimeout(opens ? SOON : 0)
  const opening = loadAndOpen()
  const serving = opening.then(({ serve, relay }) =>
    serve(relay, { window, unusual: given.data && folder, images, calm }),
  )
  answerWindow(serving.then(({ answer }) => answer))
  await serving.then(({ running }) => running)
}

async function loadAndOpen() {
  const { open, serve } = loadProgram(join(__dirname, 'app.cjs'))
  return { serve, relay: await open(folder, say) }
}

function prepareWindow(): Window {
  servePages(join(__dirname, '..', 'renderer'))
  confineSession(session.defaultSession)
  return new Window(join(__dirname, 'preload.cjs'), join(images, 'postern-128.png'), new WindowMemory())
}
