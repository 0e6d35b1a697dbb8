/** The tools of this machine that electron-builder is to use instead of those it would fetch. */
import { chmod, mkdir, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Place } from './plan.ts'

/** Where `folder` is a place for made files. */
export async function provideTools(folder: string, place: Place): Promise<void> {
  await mkdir(folder, { recursive: true })
  await linkCommand(join(folder, 'usr-bin-postern'))
  if (place.sevenZip !== undefined) process.env['ELECTRON_BUILDER_7ZIP_PATH'] = place.sevenZip
  if (place.hasDpkg) process.env['CUSTOM_FPM_PATH'] = await writeFpm(join(folder, 'fpm'))
}

/** As it will stand in /usr/bin; here it leads nowhere. */
async function linkCommand(file: string): Promise<void> {
  await rm(file, { force: true })
  await symlink('../../opt/Postern/bin/postern', file)
}

async function writeFpm(file: string): Promise<string> {
  const script = fileURLToPath(new URL('fpm.ts', import.meta.url))
  const tsx = import.meta.resolve('tsx')
  await writeFile(file, `#!/bin/sh\nexec '${process.execPath}' --import '${tsx}' '${script}' "$@"\n`)
  await chmod(file, 0o755)
  return file
}
