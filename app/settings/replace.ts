/** Replaces a small file whole or not at all, and for good. */
/*
 * Not write-file-atomic: on a disk that fills up it takes a short write for a whole one and renames the stump over the
 * good file, and it leaves the rename itself unsynced.
 */
import { randomBytes } from 'node:crypto'
import { open, realpath, rename, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'

/** Characters, encoded in a few milliseconds. */
const PIECE = 1024 ** 2

/**
 * `file` may be a link: the file that it leads to is replaced, or where that is none, such as a device, the link itself.
 * Rejects with the system's error, the old file unharmed.
 */
export async function replaceFile(file: string, content: string | Uint8Array, mode = 0o600): Promise<void> {
  const target = await targetOf(file)
  const draft = `${target}.${randomBytes(6).toString('hex')}.tmp`
  try {
    await writeSynced(draft, content, mode)
    await rename(draft, target)
  } catch (error) {
    await rm(draft, { force: true })
    throw error
  }
  await syncFolder(dirname(target))
}

async function targetOf(file: string): Promise<string> {
  const target = await realpath(file).catch(() => file)
  const facts = await stat(target).catch(() => undefined)
  return facts && !facts.isFile() ? file : target
}

/** Writes a new file and waits until the disk has it; rejects with `EEXIST` where there is one. */
export async function writeSynced(file: string, content: string | Uint8Array, mode = 0o600): Promise<void> {
  const handle = await open(file, 'wx', mode)
  try {
    for (const piece of piecesOf(content)) await handle.writeFile(piece)
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** What is encoded at once: a settings file of many megabytes would hold up whatever else this process does. */
function* piecesOf(content: string | Uint8Array): Generator<string | Uint8Array> {
  if (typeof content !== 'string') return yield content
  for (let at = 0; at < content.length; ) {
    const end = at + PIECE
    // Two halves of one character go together.
    const next = isFirstHalf(content.charCodeAt(end - 1)) ? end - 1 : end
    yield content.slice(at, next)
    at = next
  }
}

function isFirstHalf(code: number): boolean {
  return code >= 0xd800 && code <= 0xdbff
}

/** Makes the names in a folder last; Windows has no such call and needs none. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
