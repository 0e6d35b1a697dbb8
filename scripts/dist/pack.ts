/** Packs the built app with electron-builder, as electron-builder.yml says. */
import { rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { type AfterPackContext, build, type Configuration, Platform } from 'electron-builder'
import type { ElectronBuild } from '../electron.ts'
import type { Package } from './plan.ts'

export interface PackOptions {
  readonly electron: ElectronBuild
  /** The folder for the packages. */
  readonly output: string
  /** Hardly compressed. */
  readonly quick: boolean
}

/** What belongs together is packed together: the app's folder is laid out once for it. */
const platforms = [
  { platform: Platform.LINUX, of: ['deb', 'tar.gz', 'AppImage'] },
  { platform: Platform.WINDOWS, of: ['nsis'] },
  { platform: Platform.MAC, of: ['dmg'] },
] as const

/** The files that were made. */
export async function pack(names: readonly Package[], options: PackOptions): Promise<readonly string[]> {
  const files: string[] = []
  for (const { platform, of } of platforms) {
    const wanted = of.filter(name => names.includes(name))
    if (wanted.length === 0) continue
    setLevel(platform === Platform.LINUX, options.quick)
    const targets = platform.createTarget([...wanted])
    files.push(...(await build({ targets, publish: 'never', config: configuration(options) })))
  }
  return files
}

/** The archive for Linux would take minutes for its last twentieth. */
function setLevel(isLinux: boolean, quick: boolean): void {
  const level = quick ? '1' : isLinux ? '5' : undefined
  if (level === undefined) delete process.env['ELECTRON_BUILDER_COMPRESSION_LEVEL']
  else process.env['ELECTRON_BUILDER_COMPRESSION_LEVEL'] = level
}

/** Laid over electron-builder.yml. */
function configuration({ electron, output, quick }: PackOptions): Configuration {
  return {
    directories: { output },
    ...(electron.isStandIn && {
      electronVersion: electron.version,
      electronDist: dirname(electron.program),
      afterPack: removeDefaultApp,
    }),
    ...(quick && { deb: { compression: 'gz' } }),
  }
}

/** electron-builder does it only where it fetched Electron itself. */
async function removeDefaultApp({ appOutDir }: AfterPackContext): Promise<void> {
  await rm(join(appOutDir, 'resources', 'default_app.asar'))
  await rm(join(appOutDir, 'version'))
}
