/** The rights on a data folder: what other users could read is closed to them, what is theirs is refused. */
import type { Stats } from 'node:fs'
import { chmod, lstat, readdir, realpath, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { errorCode } from './system-error.ts'

/** Its message is a sentence that says what to do. */
export class FolderUnusable extends Error {}

/** `what` is wrong and what to do, to which choosing another folder is the other way. */
export function unusable(what: string): FolderUnusable {
  return new FolderUnusable(`${what}, or choose another folder with --data.`)
}

const OTHERS = 0o077
const WRITABLE_BY_ALL = 0o002
/** In such a folder only its owner renames a file. */
const STICKY = 0o1000

/** Rejects with `FolderUnusable` where other users could put a folder of theirs in this one's place. */
export async function refuseMovable(folder: string): Promise<void> {
  if (process.platform === 'win32') return
  const link = await factsOf(folder)
  if (link?.isSymbolicLink() && link.uid !== 0 && !isOwn(link))
    throw unusable(
      `${folder} is a link that another user made (number ${link.uid}): have it removed, and name the folder itself`,
    )
  for (let at = await nearest(folder); at !== dirname(at); at = dirname(at)) {
    const above = dirname(at)
    const { mode } = await stat(above)
    if ((mode & WRITABLE_BY_ALL) !== 0 && (mode & STICKY) === 0)
      throw unusable(
        `Every user can put another folder in the place of ${folder}, for all may write in ${above}: take that right from them with "chmod o-w ${above}"`,
      )
  }
}

/** The real path of the folder, or of the first above it that is there, with one part that isn't. */
async function nearest(folder: string): Promise<string> {
  let missing = folder
  for (let at = folder; ; at = dirname(at)) {
    const real = await realpath(at).catch(() => undefined)
    if (real !== undefined) return at === folder ? real : join(real, missing.slice(at.length))
    missing = at
    if (at === dirname(at)) return at
  }
}

/**
 * Closes the files that stand in a folder to other users, with `deep` also those in all folders below. Rejects with
 * `FolderUnusable` where one belongs to another user, since that one could change it. A link is followed where it is
 * this user's own, and what it leads to is left alone where it is another's.
 */
export async function closeFiles(folder: string, deep: boolean): Promise<void> {
  if (process.platform === 'win32') return
  for (const name of await readdir(folder)) {
    const path = join(folder, name)
    const facts = await factsOf(path)
    // What a running relay has just put away.
    if (!facts) continue
    if (!isOwn(facts))
      throw unusable(
        `${path} belongs to another user (number ${facts.uid}): look at how it came there, and remove it or take it over with chown`,
      )
    if (facts.isSymbolicLink()) await closeTarget(path)
    else if (facts.isDirectory()) {
      if (deep) await closeBelow(path, facts)
    } else await close(path, facts, 0o600)
  }
}

async function closeBelow(folder: string, facts: Stats): Promise<void> {
  await close(folder, facts, 0o700)
  await closeFiles(folder, true)
}

async function closeTarget(link: string): Promise<void> {
  const facts = await stat(link).catch(() => undefined)
  if (facts?.isFile() && isOwn(facts)) await close(link, facts, 0o600)
}

async function close(path: string, { mode }: Stats, to: number): Promise<void> {
  if ((mode & OTHERS) === 0) return
  await chmod(path, to).catch(error => {
    if (errorCode(error) !== 'ENOENT') throw error
  })
}

/** Rejects with `FolderUnusable` where another user was first with this name, as all can be among temporary files. */
export async function checkOwn(folder: string): Promise<void> {
  const facts = await lstat(folder)
  if (!facts.isDirectory() || !isOwn(facts))
    throw unusable(`The folder ${folder} was made by another user: have it removed`)
  await close(folder, facts, 0o700)
}

/**
 * Whoever sends a secret to a relay must know whose relay it is: rejects with a sentence where the socket, or its folder
 * among the temporary ones, was made by another user. Root may ask the relay of the user whose data folder it is.
 */
export async function expectOwnSocket(address: string, data: string): Promise<void> {
  if (process.platform === 'win32') return
  const place = dirname(address)
  if (place !== data && (await factsOf(place))) await checkOwn(place)
  const socket = await factsOf(address)
  if (!socket || isOwn(socket)) return
  const owner = place === data && process.getuid?.() === 0 ? (await stat(data)).uid : undefined
  if (socket.uid !== owner)
    throw new Error(`The relay at ${address} belongs to another user; run the command as that user.`)
}

export function isOwn({ uid }: Pick<Stats, 'uid'>): boolean {
  const self = process.getuid?.()
  return self === undefined || uid === self
}

/** Of the link itself, where it is one; undefined where there is nothing. */
async function factsOf(path: string): Promise<Stats | undefined> {
  try {
    return await lstat(path)
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return undefined
    throw error
  }
}
