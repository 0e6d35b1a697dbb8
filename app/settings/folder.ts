/** The data folder: everything Postern keeps, in one place that only this user can open. */
import { createHash } from 'node:crypto'
import { constants } from 'node:fs'
import { access, chmod, mkdir, readdir, realpath, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import envPaths from 'env-paths'
import { expectPlain, NotAFile } from './plain-file.ts'
import { syncFolder } from './replace.ts'
import { checkOwn, closeFiles, expectOwnSocket, FolderUnusable, refuseMovable, unusable } from './rights.ts'
import { errorCode, errorText } from './system-error.ts'

export { FolderUnusable } from './rights.ts'

const parts = ['spool', 'mail', 'log', 'tls', 'history'] as const
const ours: readonly string[] = ['settings.json', ...parts]
/** Of few files, which are looked at each time; spool and mail are closed by their folders. */
const small: readonly string[] = ['log', 'tls', 'history']
/** Whose files are opened by many hands, so that they are looked at beforehand. */
const plain: readonly string[] = ['log', 'spool', 'spool/large', 'spool/damaged']

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

  /**
   * Makes the folders that are missing, for this user only, and closes what was open to others; rejects with
   * `FolderUnusable`.
   */
  static async open(path: string): Promise<DataFolder> {
    const folder = resolve(path)
    try {
      await refuseMovable(folder)
      const wasOpen = await makePrivate(folder)
      await closeFiles(folder, false)
      for (const part of parts) await openPart(join(folder, part), wasOpen, small.includes(part))
      for (const part of plain) await expectPlainFolder(join(folder, part))
      return new DataFolder(folder, await chooseControlAddress(folder))
    } catch (error) {
      if (error instanceof FolderUnusable || error instanceof NotAFile) throw error
      throw unusable(`The folder ${folder} can't be used (${errorText(error)}): mend that`)
    }
  }

  /** Rejects with `FolderUnusable` where no settings were ever kept, for whoever only wants to read; makes nothing. */
  static async expect(path: string): Promise<void> {
    const folder = resolve(path)
    if (!(await isThere(folder)))
      throw unusable(`There is no data folder ${folder}: begin one with "postern serve"`)
    if (!(await isThere(join(folder, 'settings.json'))))
      throw unusable(
        `The folder ${folder} holds no settings.json, so that there is nothing to read: begin one with "postern serve"`,
      )
  }

  private constructor(path: string, controlAddress: string) {
    this.path = path
    this.controlAddress = controlAddress
  }

  get settingsFile(): string {
    return join(this.path, 'settings.json')
  }

  /** The last addresses of host names in rows. */
  get names(): string {
    return join(this.path, 'names.json')
  }

  /** What domains ask of whoever sends them mail (MTA-STS). */
  get policies(): string {
    return join(this.path, 'policies.json')
  }

  /** Who is blocked, and where accounts logged on. */
  get guard(): string {
    return join(this.path, 'blocked.json')
  }

  /** What alerts told of. */
  get alerts(): string {
    return join(this.path, 'alerts.json')
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

/** Where it is there, it is a folder, and holds nothing that opens like a file and is none. */
async function expectPlainFolder(folder: string): Promise<void> {
  if (await isMissing(folder)) return
  await checkKind(folder)
  await expectPlain(folder)
}

/** All that is in it is looked at where somebody else could have been in it. */
async function openPart(part: string, wasOpen: boolean, isSmall: boolean): Promise<void> {
  const partWasOpen = await makePrivate(part)
  const deep = wasOpen || partWasOpen
  if (deep || isSmall) await closeFiles(part, deep)
}

/** Whether it was open to other users. */
async function makePrivate(folder: string): Promise<boolean> {
  await makeFolder(folder)
  const { mode, uid } = await checkKind(folder)
  if (process.platform === 'win32') return false
  const self = process.getuid?.()
  if (self !== undefined && uid !== self)
    throw unusable(`The folder ${folder} belongs to another user (number ${uid}): run Postern as that user`)
  const isOpen = (mode & 0o077) !== 0
  if (isOpen) await closeToOthers(folder)
  await access(folder, constants.R_OK | constants.W_OK | constants.X_OK)
  return isOpen
}

/** With those above it. Node's own recursive way never ends where the system says ENOENT for good, as in /proc. */
async function makeFolder(folder: string): Promise<void> {
  const missing: string[] = []
  for (let at = folder; at !== dirname(at) && (await isMissing(at)); at = dirname(at)) missing.unshift(at)
  for (const next of missing) {
    await mkdir(next, { mode: 0o700 }).catch(error => {
      if (errorCode(error) === 'ENOENT')
        throw unusable(
          `The folder ${folder} can't be made, since ${dirname(next)} takes no folders: check its name`,
        )
      if (errorCode(error) !== 'EEXIST') throw error
    })
    await keepName(next)
  }
}

/** Or all that is kept in it would be gone after a power cut. A folder above that can't be read can't be synced either. */
async function keepName(folder: string): Promise<void> {
  await syncFolder(dirname(folder)).catch(error => {
    if (!['EACCES', 'EPERM', 'EINVAL'].includes(errorCode(error) ?? '')) throw error
  })
}

async function isMissing(path: string): Promise<boolean> {
  try {
    await stat(path)
    return false
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return true
    throw error
  }
}

/** Also where that can't be known: whoever opens it then says why. */
async function isThere(path: string): Promise<boolean> {
  return !(await isMissing(path).catch(() => false))
}

async function checkKind(folder: string): Promise<{ mode: number; uid: number }> {
  const facts = await stat(folder)
  if (!facts.isDirectory()) throw unusable(`${folder} is a file, not a folder: move it elsewhere`)
  return facts
}

/** Never a folder that holds other things, such as /tmp or a home: taking it from others could break the system. */
async function closeToOthers(folder: string): Promise<void> {
  const names = await readdir(folder)
  const isOurs =
    names.length === 0 || names.some(name => ours.includes(name)) || parts.some(part => folder.endsWith(part))
  if (!isOurs)
    throw unusable(`The folder ${folder} holds other things and is open to other users: close it to them`)
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

/** The same for whoever wants to ask a relay there; rejects with a sentence where another user waits for the question. */
export async function controlAddressToAsk(folder: string): Promise<string> {
  const address = await controlAddressOf(folder)
  await expectOwnSocket(address, resolve(folder))
  return address
}

async function chooseControlAddress(folder: string): Promise<string> {
  const address = await controlAddressOf(folder)
  if (process.platform === 'win32' || dirname(address) === folder) return address
  await makeFolder(dirname(address))
  await checkOwn(dirname(address))
  return address
}
