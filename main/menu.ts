/** The window's menu: hidden but on macOS, for the keys that edit and zoom. */
import { app, BrowserWindow, Menu, type MenuItemConstructorOptions } from 'electron'

export function setMenu(): void {
  const view: MenuItemConstructorOptions = {
    label: 'View',
    submenu: [
      { role: 'resetZoom' },
      { role: 'zoomIn' },
      { role: 'zoomIn', accelerator: 'CommandOrControl+=', visible: false },
      { role: 'zoomOut' },
      ...(app.isPackaged ? [] : [{ type: 'separator' } as const, { role: 'toggleDevTools' } as const]),
    ],
  }
  const mac: MenuItemConstructorOptions[] = process.platform === 'darwin' ? [{ role: 'appMenu' }] : []
  Menu.setApplicationMenu(
    Menu.buildFromTemplate([...mac, { role: 'editMenu' }, view, { role: 'windowMenu' }]),
  )
  // A window that stands already gets its bar only now: shown, it would take the keys after each Alt.
  for (const window of BrowserWindow.getAllWindows()) window.setMenuBarVisibility(false)
}
