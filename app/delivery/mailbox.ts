/** A mailbox: a Maildir folder, into which a message comes whole or not at all. */
import { createReadStream } from 'node:fs'
import { type FileHandle, mkdir, open, readdir, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Content } from '../queue/content.ts'
import { syncFolder } from '../queue/disk.ts'

export interface Arrival {
  /** Queue id and the recipient's index: makes a name that is the same when delivery is tried again. */
  readonly id: string
  readonly index: number
  /** Milliseconds since the epoch. */
  readonly received: number
  /** An earlier attempt may have got through without our having noted it. */
  readonly again: boolean
  /** Fields put above the message's own, without line end each. */
  readonly fields: readonly string[]
  readonly content: Content
}

/**
 * Delivers into `folder`/{tmp,new,cur} and resolves when the message would survive a power cut. Lines end in LF
 * there, as Maildir readers expect. Delivering the same arrival twice leaves one message. `safe`: the mailboxes that
 * are known to survive one themselves.
 */
export async function deliverToMailbox(
  folder: string,
  arrival: Arrival,
  safe: Set<string> = new Set(),
): Promise<void> {
  await makeFolders(folder, safe)
  const name = `${Math.floor(arrival.received / 1000)}.${arrival.id}R${arrival.index}.postern`
  if (arrival.again && (await stands(folder, name))) {
    // Whoever put it there may not have come to this.
    for (const part of ['new', 'cur']) await syncFolder(join(folder, part))
    return
  }
  const temporary = join(folder, 'tmp', name)
  try {
    await writeArrival(temporary, arrival)
    await rename(temporary, join(folder, 'new', name))
  } catch (error) {
    // On a full disk the half message would take the space that the next attempt needs.
    await rm(temporary, { force: true })
    throw error
  }
  await syncFolder(join(folder, 'new'))
}

async function writeArrival(path: string, { fields, content }: Arrival): Promise<void> {
  const file = await open(path, 'w', 0o600)
  try {
    await file.writeFile(fields.map(field => `${field}\n`).join(''))
    await writeContent(file, content)
    await file.datasync()
  } finally {
    await file.close()
  }
}

/**
 * New folders, too, must survive a power cut, or the message in them would be lost; whoever finds them can't know whether
 * they do, when another one is still at it, or failed.
 */
async function makeFolders(folder: string, safe: Set<string>): Promise<void> {
  let made = false
  for (const part of ['tmp', 'new', 'cur'])
    made = (await mkdir(join(folder, part), { recursive: true, mode: 0o700 })) !== undefined || made
  if (!made && safe.has(folder)) return
  safe.delete(folder)
  await syncFolder(folder)
  await syncFolder(dirname(folder))
  safe.add(folder)
}

async function writeContent(file: FileHandle, content: Content): Promise<void> {
  if (content.kind === 'bytes') {
    await file.writeFile(withoutCr(content.bytes))
    return
  }
  for await (const chunk of createReadStream(content.path)) await file.writeFile(withoutCr(chunk))
}

/** Accepted content has CR in CR LF only, so that each CR can go, wherever a chunk ends. */
function withoutCr(bytes: Buffer): Buffer {
  const out = Buffer.allocUnsafe(bytes.length)
  let length = 0
  for (const byte of bytes) {
    if (byte !== 0x0d) out[length++] = byte
  }
  return out.subarray(0, length)
}

/** Read messages have flags behind their name (`:2,S`). */
async function stands(folder: string, name: string): Promise<boolean> {
  const names = [...(await readdir(join(folder, 'new'))), ...(await readdir(join(folder, 'cur')))]
  return names.some(found => found === name || found.startsWith(`${name}:`))
}
