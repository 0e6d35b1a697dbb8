/** The data folder that a command works on. */
import { resolve } from 'node:path'
import envPaths from 'env-paths'

/** `--data`, else `POSTERN_DATA`, else the usual per-user place of the system; absolute. */
export function dataFolder(
  option: string | undefined,
  variables: Readonly<Record<string, string | undefined>>,
): string {
  const chosen = option || variables['POSTERN_DATA'] || envPaths('postern', { suffix: '' }).data
  return resolve(chosen)
}
