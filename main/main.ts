/** The app: puts the relay, the window and the tray together. */
import { join } from 'node:path'
import { app, BrowserWindow, clipboard, dialog, powerMonitor, session } from 'electron'
import { sentenceOf } from '../app/control/sentence.ts'
import { StatusWatch } from '../app/control/status-watch.ts'
import { DataFolder } from '../app/settings/folder.ts'
import { readArguments } from './arguments.ts'
import { isAutostart, isStartedBySystem, setAutostart } from './autostart.ts'
import { deviceSettings } from './device-settings.ts'
import { answerWindow } from './ipc.ts'
import { KeptDraft } from './kept-draft.ts'
import { setMenu } from './menu.ts'
import { newNeed } from './need.ts'
import { Notices } from './notices.ts'
import { ownAddress } from './own-address.ts'
import { profileOf } from './profile.ts'
import { declareScheme, servePages } from './protocol.ts'
import { prepareQuit } from './quit.ts'
import { quitWords } from './quit-words.ts'
import { RelayHost } from './relay-host.ts'
import { type KeptSecrets, openSecrets } from './secrets.ts'
import { Teller } from './tell.ts'
import { TrayIcon } from './tray.ts'
import type { TrayActions } from './tray-state.ts'
import { confineSession, Window } from './window.ts'
import { answersOf } from './window-answers.ts'
import { WindowMemory } from './window-memory.ts'

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
// Before Electron makes one of its own.
setMenu()
// By this Windows takes notifications for those of the installed app; electron-builder.yml has the same.
app.setAppUserModelId('example.postern.app')
app.setPath('userData', profileOf(app.getPath('appData'), folder, DataFolder.choose(undefined, {})))
if (app.requestSingleInstanceLock({ hidden: given.hidden })) {
  const running = run().catch(fail)
  app.on(
    'second-instance',
    (_event, _args, _folder, data) => void running.then(window => again(window, data)),
  )
  app.on('activate', () => void running.then(window => window?.open()))
  // The relay and the tray stay when the window is closed.
  app.on('window-all-closed', () => undefined)
} else {
  say('Postern is running already: its window is opened.')
  app.exit(0)
}

function hasDisplay(): boolean {
  return process.platform !== 'linux' || Boolean(process.env['DISPLAY'] || process.env['WAYLAND_DISPLAY'])
}

function again(window: Window | undefined, data: unknown): void {
  const hidden = typeof data === 'object' && data !== null && 'hidden' in data && data.hidden === true
  if (!hidden) window?.open()
}

/** Says why there is nothing to run, and ends. */
async function fail(error: unknown): Promise<undefined> {
  say(sentenceOf(error))
  await app.whenReady()
  for (const window of BrowserWindow.getAllWindows()) window.destroy()
  dialog.showErrorBox("Postern can't start", sentenceOf(error))
  app.exit(1)
  return undefined
}

async function run(): Promise<Window> {
  // The relay opens while Electron gets ready, and the window while the relay opens: neither waits for the other.
  const opening = openRelay()
  opening.catch(() => undefined)
  await app.whenReady()
  const window = prepareWindow()
  const serving = opening.then(opened => serve(opened, window))
  answerWindow(serving.then(({ answers }) => answers))
  if (!given.hidden && !isStartedBySystem()) window.open()
  const { host, started, teller, watch, draft } = await serving
  // Before it has started: who can ask the relay may end it too, and it stops as it should.
  const quit = prepareQuit(
    async () => {
      window.close()
      teller.close()
      watch.close()
      await host.stop()
    },
    () => quitWords(watch.last, draft.draft !== null),
  )
  await started
  const notices = new Notices(page => window.open(page))
  const tray = new TrayIcon(
    images,
    await watch.look(),
    trayActions({ host, window, watch, notices, quit: () => quit.ask() }),
  )
  let before = watch.last
  watch.subscribe(status => {
    tray.show(status)
    const need = before && newNeed(before, status)
    before = status
    if (need !== undefined) notices.show(need)
  })
  powerMonitor.on('shutdown', () => app.quit())
  return window
}

interface Opened {
  readonly host: RelayHost
  /** Resolves when it has tried to start. */
  readonly started: Promise<void>
  readonly kept: KeptSecrets['kept']
}

async function openRelay(): Promise<Opened> {
  let kept: KeptSecrets | undefined
  const host = await RelayHost.open(folder, {
    version: app.getVersion(),
    secrets: async opened => {
      kept = await openSecrets(opened)
      return kept.secrets
    },
    say,
  })
  const started = host.start()
  for (const damage of kept?.damages ?? []) say(damage)
  return { host, started, kept: kept?.kept ?? 'key file' }
}

function prepareWindow(): Window {
  servePages(join(__dirname, '..', 'renderer'))
  confineSession(session.defaultSession)
  return new Window(join(__dirname, 'preload.cjs'), join(images, 'postern-128.png'), new WindowMemory())
}

/** What the window asks and is told, of the relay. */
function serve({ host, started, kept }: Opened, window: Window) {
  const watch = new StatusWatch(
    () => host.status(),
    listener => host.relay.subscribe(listener),
  )
  const teller = new Teller(host, watch, batch => window.tell(batch))
  const draft = new KeptDraft()
  const answers = answersOf({
    host,
    teller,
    kept: draft,
    app: () => ({
      version: app.getVersion(),
      platform: process.platform,
      secretsKept: kept,
      autostart: isAutostart(given.data && folder),
    }),
    setAutostart: on => setAutostart(on, given.data && folder),
    copyText: text => clipboard.writeText(text),
  })
  return { host, started, watch, teller, draft, answers }
}

interface TrayParts {
  readonly host: RelayHost
  readonly window: Window
  readonly watch: StatusWatch
  readonly notices: Notices
  readonly quit: () => Promise<void>
}

function trayActions({ host, window, watch, notices, quit }: TrayParts): TrayActions {
  return {
    open: () => window.open(),
    pause: paused =>
      void host
        .pause(paused)
        .then(() => watch.look())
        .catch(error => notices.show(sentenceOf(error))),
    sendNow: () => void host.relay.control.retryMessages({ ids: [], all: true }),
    copyDeviceSettings: async () => clipboard.writeText(deviceSettings(await host.status(), ownAddress())),
    help: () => window.open('help'),
    quit: () => void quit(),
  }
}
