/** Setting aside: copies of what was damaged, kept for a person in the damaged folder, on disk for good. */
import { access, copyFile, open, rename, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { syncFolder } from './disk.ts'
import type { Message } from './message.ts'

export function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}

/** Moves a file into the folder, over none that is there; returns its new path. */
export async function moveAside(path: string, folder: string): Promise<string> {
  const name = basename(path)
  let to = join(folder, name)
  for (let count = 2; await exists(to); count++) to = join(folder, `${name}.${count}`)
  await rename(path, to)
  await syncFolder(folder)
  return to
}

/** Copies a file into the folder. False when a copy was there already, which stays as it is; so in the others. */
export function copyAside(path: string, folder: string, name: string): Promise<boolean> {
  return keep(folder, name, part => copyFile(path, part))
}

export function keepContent(bytes: Buffer, folder: string, id: string): Promise<boolean> {
  return keep(folder, `${id}.eml`, part => writeFile(part, bytes, { mode: 0o600 }))
}

export function keepEnvelope(message: Message, folder: string): Promise<boolean> {
  const text = `${JSON.stringify(message, undefined, 2)}\n`
  return keep(folder, `${message.id}.json`, part => writeFile(part, text, { mode: 0o600 }))
}

/** What stands under a name is complete, and stays so in a power cut. */
async function keep(folder: string, name: string, write: (part: string) => Promise<void>): Promise<boolean> {
  const path = join(folder, name)
  if (await exists(path)) return false
  const part = `${path}.part`
  await write(part)
  const file = await open(part, 'r+')
  try {
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(part, path)
  await syncFolder(folder)
  return true
}
