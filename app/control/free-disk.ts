/** Free disk: how much room is left where the mail is kept. */
import { statfs } from 'node:fs/promises'

/** Bytes that this user may still write to the disk of a folder. */
export async function freeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder)
  return bavail * bsize
}
