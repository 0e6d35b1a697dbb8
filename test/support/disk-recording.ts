/** A recording of what a program does to its files: Node's own calls, passed on as they are and written down. */
import files, { type FileHandle } from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'
import { join } from 'node:path'
import { atEnd, type Ending } from './ending.ts'

export type DiskAction =
  | { readonly kind: 'create' | 'unlink' }
  | { readonly kind: 'write'; readonly offset: number; readonly bytes: Buffer }
  | { readonly kind: 'truncate'; readonly size: number }
  /** Of a file's content, or of a folder's names. */
  | { readonly kind: 'sync' }

/** A call; times are counted from 0, one for each beginning, end or mark. */
export interface DiskCall {
  readonly action: DiskAction
  readonly path: string
  readonly begun: number
  /** Undefined while it hasn't returned. */
  ended?: number
  failed?: boolean
}

type Methods = Record<string, (...args: unknown[]) => Promise<unknown>>

export class DiskRecording {
  readonly calls: DiskCall[] = []
  /** Where it says so the call isn't passed on, but fails with EIO. */
  fails: (action: DiskAction, path: string) => boolean = () => false
  /** Awaited before each sync is passed on. */
  beforeSync: (path: string) => Promise<void> | void = () => {}
  readonly #folder: string
  readonly #paths = new WeakMap<object, string>()
  #time = 0

  /** Use `recordDisk`. */
  constructor(folder: string) {
    this.#folder = folder
  }

  /** The present moment, which no other event has. */
  mark(): number {
    return this.#time++
  }

  count(kind: DiskAction['kind']): number {
    return this.calls.filter(({ action }) => action.kind === kind).length
  }

  async call<T>(path: string, action: DiskAction, pass: () => Promise<T>): Promise<T> {
    if (!path.startsWith(this.#folder)) return pass()
    const call: DiskCall = { action, path, begun: this.mark() }
    this.calls.push(call)
    try {
      if (this.fails(action, path)) throw Object.assign(new Error('EIO: i/o error'), { code: 'EIO' })
      if (action.kind === 'sync') await this.beforeSync(path)
      return await pass()
    } catch (error) {
      call.failed = true
      throw error
    } finally {
      call.ended = this.mark()
    }
  }

  opened(handle: object, path: string): void {
    this.#paths.set(handle, path)
  }

  pathOf(handle: object): string {
    return this.#paths.get(handle) ?? ''
  }
}

/** Records every change in `folder` until the test ends. One at a time in a process. */
export async function recordDisk(test: Ending, folder: string): Promise<DiskRecording> {
  const recording = new DiskRecording(folder)
  const { open, unlink } = files
  const prototype = await prototypeOfHandles()
  const kept = Object.fromEntries(Object.keys(actions).map(name => [name, prototype[name]]))
  const changes: typeof files = files
  changes.open = async (path, flags, mode) => {
    const name = String(path)
    const pass = () => open(path, flags, mode)
    const creates = typeof flags === 'string' && flags.includes('x')
    const handle = await (creates ? recording.call(name, { kind: 'create' }, pass) : pass())
    recording.opened(handle, name)
    return handle
  }
  changes.unlink = path => recording.call(String(path), { kind: 'unlink' }, () => unlink(path))
  syncBuiltinESMExports()
  for (const [name, actionOf] of Object.entries(actions)) {
    const original = kept[name]
    if (!original) throw new Error(`Node's files have no ${name} any more.`)
    prototype[name] = function (this: object, ...args: unknown[]) {
      return recording.call(recording.pathOf(this), actionOf(args), () => original.apply(this, args))
    }
  }
  atEnd(test, () => {
    Object.assign(prototype, kept)
    Object.assign(files, { open, unlink })
    syncBuiltinESMExports()
  })
  return recording
}

/** How each method of a file handle changes the disk. */
const actions: Readonly<Record<string, (args: unknown[]) => DiskAction>> = {
  writev: ([buffers, position]) => writing(Buffer.concat(buffers as Buffer[]), position),
  write: ([buffer, offset, length, position]) =>
    writing((buffer as Buffer).subarray(Number(offset), Number(offset) + Number(length)), position),
  /** Only ever used to append. */
  writeFile: ([data]) => writing(Buffer.from(data as Buffer), -1),
  truncate: ([size]) => ({ kind: 'truncate', size: Number(size) }),
  datasync: () => ({ kind: 'sync' }),
  sync: () => ({ kind: 'sync' }),
}

/** Offset -1: behind all that was written before. */
function writing(bytes: Buffer, position: unknown): DiskAction {
  return { kind: 'write', offset: Number(position), bytes: Buffer.from(bytes) }
}

async function prototypeOfHandles(): Promise<Methods> {
  const handle: FileHandle = await files.open(join(import.meta.dirname, 'disk-recording.ts'))
  await handle.close()
  return Object.getPrototypeOf(handle)
}
