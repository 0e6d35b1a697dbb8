/** The arguments of the app: `--data FOLDER` and `--hidden`; Chromium's own are passed over. */

export interface Arguments {
  readonly data?: string
  /** Start in the tray, without the window. */
  readonly hidden: boolean
}

export function readArguments(args: readonly string[]): Arguments {
  const hidden = args.includes('--hidden')
  const joined = args.find(arg => arg.startsWith('--data='))?.slice('--data='.length)
  const at = args.indexOf('--data')
  const data = joined ?? (at < 0 ? undefined : args[at + 1])
  return data === undefined || data === '' ? { hidden } : { data, hidden }
}
