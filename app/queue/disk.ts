/** What the spool needs of a disk beyond node:fs: syncs of folders, and full disks told from other errors. */
import { open } from 'node:fs/promises'

/**
 * Makes names in a folder survive a power cut. Windows has no such call and needs none: NTFS journals names.
 */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** No space, quota or file size limit reached. */
export function isDiskFull(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return code === 'ENOSPC' || code === 'EDQUOT' || code === 'EFBIG'
}

/** One sentence for a person; `doing` as in `keep the message`. */
export function diskProblem(error: unknown, doing: string): string {
  const why = error instanceof Error ? error.message : String(error)
  return isDiskFull(error)
    ? `The disk is full: Postern can't ${doing} until space is freed.`
    : `Postern can't ${doing}: ${why}.`
}
