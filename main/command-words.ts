/** The words of the `postern` command, where the program was started as that. */

/** What the scripts in assets/package put before a person's words; `--` keeps Chromium from reading on. */
const MARK = ['--postern-command', '--']

/** Undefined where the app itself was started. */
export function commandWords(args: readonly string[]): readonly string[] | undefined {
  const at = args.indexOf('--')
  // Whatever a person writes stands behind the first one.
  return at > 0 && args.slice(at - 1, at + 1).join() === MARK.join() ? args.slice(at + 1) : undefined
}
