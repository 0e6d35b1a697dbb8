/** Start with the system, in the tray: a login item, or on Linux a file as the desktops' Autostart specification has it. */
import { existsSync } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { app } from 'electron'
import { replaceFile } from '../app/settings/replace.ts'
import { entryText } from './autostart-entry.ts'

export function isAutostart(): boolean {
  if (process.platform === 'linux') return existsSync(entryFile())
  return app.getLoginItemSettings().openAtLogin
}

/** `data` where another data folder than the usual one was asked for. */
export async function setAutostart(on: boolean, data: string | undefined): Promise<void> {
  const args = ['--hidden', ...(data === undefined ? [] : [`--data=${data}`])]
  if (process.platform !== 'linux') return app.setLoginItemSettings({ openAtLogin: on, args })
  if (!on) return rm(entryFile(), { force: true })
  await mkdir(dirname(entryFile()), { recursive: true })
  await replaceFile(entryFile(), entryText([...ownCommand(), ...args]), 0o644)
}

/** `~/.config`, or where XDG_CONFIG_HOME says. */
function entryFile(): string {
  return join(app.getPath('appData'), 'autostart', 'postern.desktop')
}

/** An AppImage's program is gone from its mount with the next start. */
function ownCommand(): readonly string[] {
  const program = process.env['APPIMAGE'] ?? process.execPath
  return app.isPackaged ? [program] : [program, app.getAppPath()]
}
