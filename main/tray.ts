/** The tray icon: shows the status, opens the window at a click, and has the menu. */
import { Menu, type MenuItemConstructorOptions, nativeTheme, Tray } from 'electron'
import type { Status } from '../app/control/control.ts'
import { trayImage } from './tray-image.ts'
import { menuTemplate, type TrayActions, type TrayState, tooltip, trayState } from './tray-state.ts'

export class TrayIcon {
  readonly #folder: string
  readonly #actions: TrayActions
  readonly #tray: Tray
  #state: TrayState
  #shown = ''
  #shownMenu = ''
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
    const shown = JSON.stringify([this.#state, tooltip(status)])
    if (shown === this.#shown) return
    this.#shown = shown
    this.#tray.setToolTip(tooltip(status))
    this.#showMenu(menuTemplate(status, this.#actions))
    this.#tray.setImage(this.#image(this.#state))
  }

  /** Only a new one: on Linux a menu that is replaced while it is open closes under the pointer. */
  #showMenu(template: readonly MenuItemConstructorOptions[]): void {
    const shown = JSON.stringify(template)
    if (shown === this.#shownMenu) return
    this.#shownMenu = shown
    this.#menu = Menu.buildFromTemplate([...template])
    if (process.platform !== 'darwin') this.#tray.setContextMenu(this.#menu)
  }

  destroy(): void {
    this.#tray.destroy()
  }

  #image(state: TrayState) {
    return trayImage(this.#folder, state, nativeTheme.shouldUseDarkColors)
  }
}
