/** The lock on a data folder: one relay at a time, and none that was killed stands in the way of the next. */
import { randomBytes } from 'node:crypto'
import { link, readdir, rm, truncate } from 'node:fs/promises'
import { join } from 'node:path'
import { isObject } from './path.ts'
import { readPlainText } from './plain-file.ts'
import { identify, isRunning, type Process } from './process.ts'
import { writeSynced } from './replace.ts'
import { errorCode } from './system-error.ts'

export class FolderHeld extends Error {
  readonly pid: number

  constructor(folder: string, pid: number) {
    super(
      `The data folder ${folder} is in use by a running Postern (process ${pid}). Stop that one first, or choose another folder with --data.`,
    )
    this.pid = pid
  }
}

/**
 * Files `lock.1`, `lock.2`, … name the holders; the highest number counts. Taking the lock is linking the next number,
 * which only one process can, and the highest one is never removed, so that a number is never given out twice. A file
 * that stood still while others moved on would else be taken for the newest. Release empties the holder's own file.
 */
export class FolderLock {
  readonly #file: string

  /** Rejects with `FolderHeld` while its holder runs. */
  static async take(folder: string): Promise<FolderLock> {
    const draft = join(folder, `lock-${randomBytes(6).toString('hex')}.tmp`)
    try {
      await writeSynced(draft, JSON.stringify(await identify(process.pid)))
      for (;;) {
        const file = await tryTake(folder, draft)
        if (file !== undefined) return new FolderLock(file)
      }
    } finally {
      await rm(draft, { force: true })
    }
  }

  private constructor(file: string) {
    this.#file = file
  }

  /** Lets the next one in; once more does nothing. */
  async release(): Promise<void> {
    await truncate(this.#file).catch(error => {
      if (errorCode(error) !== 'ENOENT') throw error
    })
  }
}

/** The file that holds the lock now; undefined when others moved in the meantime. */
async function tryTake(folder: string, draft: string): Promise<string | undefined> {
  const highest = Math.max(0, ...(await numbers(folder)))
  const holder = highest === 0 ? undefined : await readHolder(join(folder, `lock.${highest}`))
  if (holder && (await isRunning(holder))) throw new FolderHeld(folder, holder.pid)
  const mine = join(folder, `lock.${highest + 1}`)
  try {
    await link(draft, mine)
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return undefined
    throw error
  }
  const now = await numbers(folder)
  if (now.some(number => number > highest + 1)) {
    await rm(mine, { force: true })
    return undefined
  }
  // The one before the highest stays too: who reads the folder meanwhile sees at least one of the two.
  await Promise.all(
    now.filter(number => number < highest).map(number => rm(join(folder, `lock.${number}`), { force: true })),
  )
  return mine
}

async function numbers(folder: string): Promise<readonly number[]> {
  const names = await readdir(folder)
  return names.flatMap(name => {
    const found = /^lock\.(\d{1,15})$/.exec(name)
    return found ? [Number(found[1])] : []
  })
}

/** Undefined when it was released, or was removed while others moved on. */
async function readHolder(file: string): Promise<Process | undefined> {
  try {
    const value: unknown = JSON.parse(await readPlainText(file))
    if (!isObject(value) || typeof value['pid'] !== 'number' || typeof value['start'] !== 'string')
      return undefined
    return { pid: value['pid'], start: value['start'] }
  } catch {
    return undefined
  }
}
