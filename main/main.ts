/** The program behind the window: puts the relay, what the window asks of it, and the tray together. */
import { app, clipboard, powerMonitor, shell } from 'electron'
import { sentenceOf } from '../app/control/sentence.ts'
import { StatusWatch } from '../app/control/status-watch.ts'
import { isAutostart, setAutostart } from './autostart.ts'
import type { Requests } from './bridge.ts'
import { deviceSettings } from './device-settings.ts'
import type { Answer } from './ipc.ts'
import { KeptDraft } from './kept-draft.ts'
import { setMenu } from './menu.ts'
import { newNeed } from './need.ts'
import { Notices } from './notices.ts'
import { ownAddress } from './own-address.ts'
import { prepareQuit } from './quit.ts'
import { quitWords } from './quit-words.ts'
import { RelayHost } from './relay-host.ts'
import { answer } from './requests.ts'
import { type KeptSecrets, openSecrets } from './secrets.ts'
import { SignInPages } from './sign-in-pages.ts'
import { Teller } from './tell.ts'
import { TrayIcon } from './tray.ts'
import type { TrayActions } from './tray-state.ts'
import type { Window } from './window.ts'
import { answersOf } from './window-answers.ts'

/** What the start gives the program. */
export interface Desk {
  readonly window: Window
  /** The data folder, where another than the usual one was asked for. */
  readonly unusual: string | undefined
  /** The folder of the pictures. */
  readonly images: string
  /** Resolves when nobody waits for the window: what isn't seen in it comes then. */
  readonly calm: Promise<void>
}

interface Serving {
  readonly answer: Answer
  /** Resolves when the relay has tried to start, and tray and menu stand. */
  readonly running: Promise<void>
}

/** What the window asks is answered from now on. */
export function serve(opened: Opened, desk: Desk): Serving {
  const { window, images, calm } = desk
  const { host, started, teller, watch, draft, answers } = prepare(opened, desk)
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
  const notices = new Notices(page => window.open(page))
  const actions = trayActions({ host, window, watch, notices, quit: () => quit.ask() })
  const running = Promise.all([started, calm]).then(() => showTray(images, actions, { watch, notices, host }))
  return { answer: (name, args) => answer(answers, name, args), running }
}

async function showTray(
  images: string,
  actions: TrayActions,
  { watch, notices, host }: Pick<TrayParts, 'watch' | 'notices' | 'host'>,
): Promise<void> {
  setMenu()
  const tray = new TrayIcon(images, await watch.look(), actions)
  let before = watch.last
  watch.subscribe(status => {
    tray.show(status)
    const need = before && newNeed(before, status, host.relay.earlierNeeds)
    before = status
    if (need !== undefined) notices.show(need)
  })
  powerMonitor.on('shutdown', () => app.quit())
}

interface Opened {
  readonly host: RelayHost
  /** Resolves when it has tried to start. */
  readonly started: Promise<void>
  readonly kept: KeptSecrets['kept']
}

/** Opens the relay and lets it start; rejects with a sentence where the data folder can't be used. */
export async function open(folder: string, say: (sentence: string) => void): Promise<Opened> {
  let kept: KeptSecrets | undefined
  const host = await RelayHost.open(folder, {
    version: app.getVersion(),
    secrets: async (opened, warn) => {
      kept = await openSecrets(opened)
      for (const damage of kept.damages) warn(damage)
      return kept.secrets
    },
    say,
  })
  const started = host.start()
  return { host, started, kept: kept?.kept ?? 'key file' }
}

/** What the window asks and is told, of the relay. */
function prepare({ host, started, kept }: Opened, { window, unusual }: Desk) {
  const watch = new StatusWatch(
    () => host.status(),
    listener => host.relay.subscribe(listener),
  )
  const teller = new Teller(host, watch, batch => window.tell(batch))
  const draft = new KeptDraft()
  const answers: Requests = answersOf({
    host,
    teller,
    kept: draft,
    app: () => ({
      version: app.getVersion(),
      platform: process.platform,
      secretsKept: kept,
      autostart: isAutostart(unusual),
    }),
    setAutostart: on => setAutostart(on, unusual),
    pages: new SignInPages({
      begin: (name, way) => host.relay.control.beginSignIn(name, way),
      openExternal: url => shell.openExternal(url),
    }),
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
