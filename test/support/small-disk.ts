/** A disk of its own for a test, small enough to be filled, of which a folder can be made read-only. */
import { execFile } from 'node:child_process'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { atEnd, type Ending } from './ending.ts'
import { makeFolder } from './folder.ts'

const run = promisify(execFile)

export class SmallDisk {
  readonly folder: string
  readonly #readOnly = new Set<string>()

  /** Use `makeSmallDisk`. */
  constructor(folder: string) {
    this.folder = folder
  }

  get isWhole(): boolean {
    return !this.isFull && this.#readOnly.size === 0
  }

  isFull = false

  async fill(): Promise<void> {
    this.isFull = true
    // It ends when there is no more room.
    await run('dd', ['if=/dev/zero', `of=${join(this.folder, 'fill')}`, 'bs=4k']).catch(() => {})
  }

  async free(): Promise<void> {
    await rm(join(this.folder, 'fill'), { force: true })
    this.isFull = false
  }

  /** Nothing more can be made or changed under it; what is open stays so. */
  async makeReadOnly(folder: string): Promise<void> {
    if (this.#readOnly.has(folder)) return
    this.#readOnly.add(folder)
    // Made so where nobody has a file open, for which it would be refused; a mount of it is like it.
    const aside = `${this.folder}-aside-${this.#readOnly.size}`
    await mkdir(aside, { recursive: true })
    await run('mount', ['--bind', folder, aside])
    await run('mount', ['-o', 'remount,bind,ro', aside])
    await run('mount', ['--bind', aside, folder])
    await run('umount', ['--lazy', aside])
  }

  async makeWritable(): Promise<void> {
    for (const folder of this.#readOnly) await run('umount', ['--lazy', folder])
    this.#readOnly.clear()
  }
}

/** `size` in bytes; gone when the test has ended. */
export async function makeSmallDisk(test: Ending, size: number): Promise<SmallDisk> {
  const folder = join(await makeFolder(test), 'disk')
  await mkdir(folder)
  await run('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', folder])
  const disk = new SmallDisk(folder)
  atEnd(test, async () => {
    await disk.makeWritable()
    await run('umount', ['--lazy', folder])
  })
  return disk
}
