/** The tray icon: shows the status, opens the window at a click, and has the menu. */
import { Menu, nativeTheme, Tray } from 'electron'
import type { Status } from '../app/control/control.ts'
import { trayImage } from './tray-image.ts'
import { menuTemplate, type TrayActions, type TrayState, tooltip, trayState } from './tray-state.ts'

export class TrayIcon {
  readonly #folder: string
  readonly #actions: TrayActions
  readonly #tray: Tray
  #state: TrayState
  #shown = ''
  #menu = Menu.buildFromTemplate([])

  /** `folder` has the pictures. */
  constructor(folder: string, status: Status, actions: TrayActions) {
    this.#folder = folder
    this.#actions = actions
    this.#state = trayState(status)
    this.#tray = new Tray(this.#image(this.#state))
    this.#tray.on('click', () => actions.open())
    // On macOS a menu that is set would open at a click.
    if (process.platform === 'darwin')
      this.#tray.on('right-click', () => this.#tray.popUpContextMenu(this.#menu))
    nativeTheme.on('updated', () => this.#tray.setImage(this.#image(this.#state)))
    this.show(status)
  }

  show(status: Status): void {
    this.#state = trayState(status)
    const shown = JSON.stringify([this.#state, tooltip(status), menuTemplate(status, this.#actions)])
    if (shown === this.#shown) return
    this.#shown = shown
    this.#tray.setImage(this.#image(this.#state))
    this.#tray.setToolTip(tooltip(status))
    this.#menu = Menu.buildFromTemplate(menuTemplate(status, this.#actions))
    if (process.platform !== 'darwin') this.#tray.setContextMenu(this.#menu)
  }

  destroy(): void {
    this.#tray.destroy()
  }

  #image(state: TrayState) {
    return trayImage(this.#folder, state, nativeTheme.shouldUseDarkColors)
  }
}
