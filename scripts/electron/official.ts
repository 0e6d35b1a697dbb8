/** The official Electron: where `npm` installed it, or fetched from its makers. */
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { downloadArtifact } from '@electron/get'
import { extract } from '@electron-internal/extract-zip'

const require = createRequire(import.meta.url)
const root = dirname(require.resolve('electron/package.json'))

/** The version that package.json asks for. */
export const officialVersion: string = require('electron/package.json').version

/** Undefined where npm installed the package without its binary. */
export function installedElectron(): string | undefined {
  const pathFile = join(root, 'path.txt')
  if (!existsSync(pathFile)) return undefined
  const file = join(root, 'dist', readFileSync(pathFile, 'utf8'))
  return existsSync(file) ? file : undefined
}

/** Checked against the checksums that come with the package; rejects where its makers can't be reached. */
export async function fetchOfficial(folder: string): Promise<void> {
  const { platform, arch } = process
  const checksums = require('electron/checksums.json')
  const zip = await downloadArtifact({
    version: officialVersion,
    artifactName: 'electron',
    checksums,
    platform,
    arch,
  })
  await extract(zip, { dir: folder })
}

/** The program in a distribution's folder. */
export function programIn(folder: string): string {
  const names = { darwin: 'Electron.app/Contents/MacOS/Electron', win32: 'electron.exe', other: 'electron' }
  const { platform } = process
  return join(folder, platform === 'darwin' || platform === 'win32' ? names[platform] : names.other)
}
