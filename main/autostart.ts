/** Start with the system, in the tray: a login item, or on Linux a file as the desktops' Autostart specification has it. */
import { existsSync, readFileSync } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { app } from 'electron'
import { replaceFile } from '../app/settings/replace.ts'
import { entryText, isEntryOn } from './autostart-entry.ts'
import { isOn, type LoginItem, loginItem, stillToDo } from './login-item.ts'

/** `data` where another data folder than the usual one was asked for. */
export function isAutostart(data: string | undefined): boolean {
  const platform = systemWithItems()
  if (platform === undefined) return existsSync(entryFile()) && isEntryOn(readFileSync(entryFile(), 'utf8'))
  try {
    return isOn(platform, app.getLoginItemSettings(itemOf(platform, data)))
  } catch {
    return false
  }
}

/** Rejects with a sentence where it can't be had, or where something is left for a person to do. */
export async function setAutostart(on: boolean, data: string | undefined): Promise<void> {
  const platform = systemWithItems()
  if (platform === undefined) return on ? writeEntry(data) : rm(entryFile(), { force: true })
  const item = itemOf(platform, data)
  app.setLoginItemSettings({ openAtLogin: on, enabled: on, ...item })
  const left = on ? stillToDo(platform, app.getLoginItemSettings(item)) : undefined
  if (left !== undefined) throw new Error(left)
}

/** Whether this very start was the system's: macOS says so, the others by `--hidden`. */
export function isStartedBySystem(): boolean {
  return process.platform === 'darwin' && app.getLoginItemSettings().wasOpenedAtLogin
}

function systemWithItems(): 'win32' | 'darwin' | undefined {
  const { platform } = process
  return platform === 'win32' || platform === 'darwin' ? platform : undefined
}

function itemOf(platform: 'win32' | 'darwin', data: string | undefined): LoginItem {
  const { isPackaged } = app
  return loginItem({ platform, isPackaged, program: process.execPath, folder: app.getAppPath() }, data)
}

async function writeEntry(data: string | undefined): Promise<void> {
  // An AppImage's program is gone from its mount with the next start.
  const program = process.env['APPIMAGE'] ?? process.execPath
  const folder = app.isPackaged ? [] : [app.getAppPath()]
  const command: [string, ...string[]] = [
    program,
    ...folder,
    '--hidden',
    ...(data === undefined ? [] : [`--data=${data}`]),
  ]
  await mkdir(dirname(entryFile()), { recursive: true })
  await replaceFile(entryFile(), entryText(command), 0o644)
}

/** `~/.config`, or where XDG_CONFIG_HOME says. */
function entryFile(): string {
  return join(app.getPath('appData'), 'autostart', 'postern.desktop')
}
