/** The one window: opened, shown again, and brought back when its process ends; it may leave its page for none other. */
import { BrowserWindow, nativeTheme, type Session } from 'electron'
import type { Told } from './bridge.ts'
import { firstPage, isOwnPage } from './protocol.ts'
import { smallest, type WindowMemory } from './window-memory.ts'

/** A page that ends again within so many milliseconds isn't brought back. */
const TOO_SOON = 5000

export class Window {
  readonly #preload: string
  readonly #icon: string
  readonly #memory: WindowMemory
  #window: BrowserWindow | undefined
  #ended = 0

  constructor(preload: string, icon: string, memory: WindowMemory) {
    this.#preload = preload
    this.#icon = icon
    this.#memory = memory
  }

  /** Opens it, or brings it to the front; on this page, or where it was. */
  open(page?: string): void {
    const window = this.#window
    if (!window) this.#create(page ?? this.#memory.page)
    else if (page !== undefined) this.tell([{ kind: 'open-page', page }])
    if (window?.isMinimized()) window.restore()
    window?.show()
    window?.focus()
  }

  close(): void {
    this.#window?.close()
  }

  tell(batch: readonly Told[]): void {
    if (this.#window && !this.#window.webContents.isCrashed()) this.#window.webContents.send('told', batch)
  }

  #create(page: string): void {
    const window = new BrowserWindow({
      ...this.#memory.bounds,
      minWidth: smallest.width,
      minHeight: smallest.height,
      title: 'Postern',
      icon: this.#icon,
      show: false,
      backgroundColor: nativeTheme.shouldUseDarkColors ? '#1a1d21' : '#f5f6f8',
      webPreferences: {
        preload: this.#preload,
        sandbox: true,
        contextIsolation: true,
        nodeIntegration: false,
        spellcheck: false,
        // Kept compiled from the first start on, whole: the page is drawn without compiling anything.
        v8CacheOptions: 'bypassHeatCheckAndEagerCompile',
      },
    })
    this.#window = window
    window.setMenuBarVisibility(false)
    window.once('ready-to-show', () => window.show())
    window.on('closed', () => {
      this.#window = undefined
    })
    confine(window)
    this.#remember(window)
    this.#bringBack(window)
    void load(window, page)
  }

  #remember(window: BrowserWindow): void {
    window.on('close', () => void this.#memory.keep(window.getNormalBounds()))
    window.webContents.on('did-navigate-in-page', (_event, url, isMainFrame) => {
      if (isMainFrame) this.#memory.keepPage(new URL(url).hash.slice(1))
    })
  }

  #bringBack(window: BrowserWindow): void {
    window.webContents.on('render-process-gone', (_event, { reason }) => {
      if (reason === 'clean-exit' || window.isDestroyed()) return
      const soon = performance.now() - this.#ended < TOO_SOON && this.#ended > 0
      this.#ended = performance.now()
      if (soon) window.destroy()
      else void load(window, this.#memory.page)
    })
  }
}

function load(window: BrowserWindow, page: string): Promise<void> {
  // What keeps a page from loading is shown in its place, or ends its process, which is seen to elsewhere.
  return window.loadURL(page === '' ? firstPage : `${firstPage}#${page}`).catch(() => undefined)
}

/** No other page, no other window, no page within it. */
function confine({ webContents }: BrowserWindow): void {
  webContents.setWindowOpenHandler(() => ({ action: 'deny' }))
  webContents.on('will-navigate', (event, url) => {
    if (!isOwnPage(url)) event.preventDefault()
  })
  webContents.on('will-frame-navigate', event => {
    if (!event.isMainFrame || !isOwnPage(event.url)) event.preventDefault()
  })
  webContents.on('will-attach-webview', event => event.preventDefault())
}

/** No permission for anything, and nothing from anywhere but the app. */
export function confineSession(session: Session): void {
  session.setPermissionRequestHandler((_contents, _permission, answer) => answer(false))
  session.setPermissionCheckHandler(() => false)
  session.setDevicePermissionHandler(() => false)
  session.webRequest.onBeforeRequest(({ url }, answer) => {
    const ours = /^(app|devtools|data|blob):/.test(url)
    answer({ cancel: !ours })
  })
  session.on('will-download', event => event.preventDefault())
}
