/** A folder that is made once, however many processes ask for it at the same time. */
import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'

/**
 * Makes it beside its place and renames it there, so that it is whole or not there at all; of two at once the second
 * throws its own away.
 */
export async function makeOnce(folder: string, make: (draft: string) => Promise<void>): Promise<void> {
  if (existsSync(folder)) return
  const draft = `${folder}.${randomBytes(6).toString('hex')}.tmp`
  try {
    await mkdir(draft, { recursive: true })
    await make(draft)
    await rename(draft, folder).catch(error => {
      if (!existsSync(folder)) throw error
    })
  } finally {
    await rm(draft, { recursive: true, force: true })
  }
}
