/** The data folder: everything Postern keeps, in one place that only this user can open. */
import { createHash } from 'node:crypto'
import { constants } from 'node:fs'
import { access, chmod, lstat, mkdir, readdir, realpath, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import envPaths from 'env-paths'
import { errorText } from './file.ts'

/** Its message is a sentence that says what to do. */
export class FolderUnusable extends Error {}

const parts = ['spool', 'mail', 'log', 'tls', 'history'] as const
const ours: readonly string[] = ['settings.json', ...parts]

/** Bytes of a socket's path; macOS takes 104 with the ending NUL, Linux 108. */
const longestSocketPath = 100

export class DataFolder {
  readonly path: string
  /** A Unix socket, or a named pipe on Windows, in a place that only this user can open. */
  readonly controlAddress: string

  /** `option` is `--data`; then comes POSTERN_DATA, then the system's usual place for this user. */
  static choose(
    option?: string,
    variables: Readonly<Record<string, string | undefined>> = process.env,
  ): string {
    return resolve(option || variables['POSTERN_DATA'] || envPaths('postern', { suffix: '' }).data)
  }

  /** Makes the folders that are missing, for this user only; rejects with `FolderUnusable`. */
  static async open(path: string): Promise<DataFolder> {
    const folder = resolve(path)
    try {
      await makePrivate(folder)
      for (const part of parts) await makePrivate(join(folder, part))
      return new DataFolder(folder, await chooseControlAddress(folder))
    } catch (error) {
      if (error instanceof FolderUnusable) throw error
      throw unusable(folder, `can't be used (${errorText(error)}): make it usable`)
    }
  }

  private constructor(path: string, controlAddress: string) {
    this.path = path
    this.controlAddress = controlAddress
  }

  get settingsFile(): string {
    return join(this.path, 'settings.json')
  }

  get spool(): string {
    return join(this.path, 'spool')
  }

  get mail(): string {
    return join(this.path, 'mail')
  }

  get log(): string {
    return join(this.path, 'log')
  }

  get tls(): string {
    return join(this.path, 'tls')
  }

  get history(): string {
    return join(this.path, 'history')
  }
}

async function makePrivate(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 }).catch(error => {
    if (error?.code !== 'EEXIST') throw error
  })
  const { mode, uid } = await checkKind(folder)
  if (process.platform === 'win32') return
  const self = process.getuid?.()
  if (self !== undefined && uid !== self)
    throw unusable(folder, `belongs to another user (number ${uid}): run Postern as that user`)
  if ((mode & 0o077) !== 0) await closeToOthers(folder)
  await access(folder, constants.R_OK | constants.W_OK | constants.X_OK)
}

async function checkKind(folder: string): Promise<{ mode: number; uid: number }> {
  const facts = await stat(folder)
  if (!facts.isDirectory()) throw unusable(folder, 'is a file, not a folder: move the file elsewhere')
  return facts
}

/** Never a folder that holds other things, such as /tmp or a home: taking it from others could break the system. */
async function closeToOthers(folder: string): Promise<void> {
  const names = await readdir(folder)
  const isOurs =
    names.length === 0 || names.some(name => ours.includes(name)) || parts.some(part => folder.endsWith(part))
  if (!isOurs) throw unusable(folder, 'holds other things and is open to other users: close it to them')
  await chmod(folder, 0o700)
}

/**
 * Where the relay of a data folder is reached, for this user only: a named pipe on Windows, else a socket in the
 * folder, or where its path is too long for one, in this user's own folder among the temporary ones. The folder
 * must be there.
 */
export async function controlAddressOf(folder: string): Promise<string> {
  const path = resolve(folder)
  const hash = createHash('sha256')
    .update(await realpath(path))
    .digest('hex')
    .slice(0, 20)
  if (process.platform === 'win32') return `\\\\.\\pipe\\postern-${hash}`
  const inside = join(path, 'control.sock')
  if (Buffer.byteLength(inside) <= longestSocketPath) return inside
  return join(tmpdir(), `postern-${process.getuid?.() ?? 'user'}`, `${hash}.sock`)
}

async function chooseControlAddress(folder: string): Promise<string> {
  const address = await controlAddressOf(folder)
  if (process.platform === 'win32' || dirname(address) === folder) return address
  await mkdir(dirname(address), { recursive: true, mode: 0o700 })
  await checkOwn(dirname(address))
  return address
}

/** In a folder where anyone may write, someone else can have been first with this name. */
async function checkOwn(folder: string): Promise<void> {
  const facts = await lstat(folder)
  if (!facts.isDirectory() || facts.uid !== process.getuid?.())
    throw unusable(folder, 'was made by another user: have it removed')
  if ((facts.mode & 0o077) !== 0) await chmod(folder, 0o700)
}

function unusable(folder: string, why: string): FolderUnusable {
  return new FolderUnusable(`The folder ${folder} ${why}, or choose another folder with --data.`)
}
