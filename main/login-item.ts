/** The login item of Windows and macOS that starts the app with the system: what Electron is asked for. */

/** How this app runs. */
export interface Running {
  readonly platform: 'win32' | 'darwin'
  readonly isPackaged: boolean
  /** The program's file. */
  readonly program: string
  /** The app's folder, which Electron's own program must be given. */
  readonly folder: string
}

export interface LoginItem {
  readonly path?: string
  readonly args?: string[]
}

/** `data` where another data folder than the usual one was asked for. Throws a sentence where there can be none. */
export function loginItem({ platform, isPackaged, program, folder }: Running, data?: string): LoginItem {
  if (platform === 'win32') {
    const args = ['--hidden', ...(data === undefined ? [] : [`--data=${data}`])]
    // Windows asks for the same words again when it is to say whether the item is there.
    return { path: program, args: [...(isPackaged ? [] : [folder]), ...args].map(quote) }
  }
  // A login item of macOS has no arguments; that it was one, the app is told at its start.
  if (!isPackaged)
    throw new Error('Only the installed Postern can start with a Mac: build it with "npm run dist".')
  if (data === undefined) return {}
  throw new Error(
    `A Mac starts Postern with its usual data folder only: start it without --data, or keep starting it by hand.`,
  )
}

/** As Windows takes a command line apart again (CommandLineToArgvW); Electron joins the words with spaces only. */
function quote(word: string): string {
  if (/^[^\s"]+$/.test(word)) return word
  return `"${word.replace(/(\\*)"/g, '$1$1\\"').replace(/(\\+)$/, '$1$1')}"`
}

/** What Electron says of it, of either system. */
export interface Found {
  readonly openAtLogin: boolean
  /** Windows: false too where a person has switched it off in the task manager. */
  readonly executableWillLaunchAtLogin: boolean
  /** macOS: `requires-approval` where a person has to allow it. */
  readonly status: string
}

export function isOn(platform: 'win32' | 'darwin', found: Found): boolean {
  return platform === 'win32' ? found.executableWillLaunchAtLogin : found.openAtLogin
}

/** What a person has still to do after it was switched on. */
export function stillToDo(platform: 'win32' | 'darwin', found: Found): string | undefined {
  if (platform === 'win32' || found.status !== 'requires-approval') return undefined
  return 'The Mac asks for your leave: allow Postern in System Settings, General, Login Items.'
}
