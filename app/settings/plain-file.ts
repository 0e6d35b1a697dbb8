/** Plain files: what is none, such as a named pipe, is told of at once, where reading it would wait for ever. */
import type { Stats } from 'node:fs'
import { constants } from 'node:fs'
import { open, readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'

/** Its message is a sentence that says what to do. */
export class NotAFile extends Error {
  constructor(path: string, facts: Kind) {
    super(`Move ${path} elsewhere: it is ${wordOf(facts)}, not a file.`)
  }
}

type Kind = Pick<Stats, 'isDirectory' | 'isFIFO' | 'isSocket'>

/** Rejects with `NotAFile` for folders, pipes, sockets and devices, else with the system's error. Links are followed. */
export async function readPlainFile(path: string): Promise<Buffer> {
  // A socket can't be opened, on Windows no folder either; a pipe is without waiting for whoever writes to it.
  const handle = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)).catch(async error => {
    throw (await oddityOf(path)) ?? error
  })
  try {
    const facts = await handle.stat()
    if (!facts.isFile()) throw new NotAFile(path, facts)
    return await handle.readFile()
  } finally {
    await handle.close()
  }
}

export async function readPlainText(path: string): Promise<string> {
  return (await readPlainFile(path)).toString('utf8')
}

/** Rejects with `NotAFile` where something in the folder is neither file nor folder; links are followed. */
export async function expectPlain(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (entry.isFile() || entry.isDirectory()) continue
    const path = join(folder, entry.name)
    const facts = await stat(path).catch(() => undefined)
    if (facts && !facts.isFile() && !facts.isDirectory()) throw new NotAFile(path, facts)
  }
}

async function oddityOf(path: string): Promise<NotAFile | undefined> {
  const facts = await stat(path).catch(() => undefined)
  return facts && !facts.isFile() ? new NotAFile(path, facts) : undefined
}

function wordOf(facts: Kind): string {
  if (facts.isDirectory()) return 'a folder'
  if (facts.isFIFO()) return 'a named pipe'
  return facts.isSocket() ? 'a socket' : 'a device'
}
