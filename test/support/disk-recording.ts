/** A recording of what a program does to its files: Node's own calls, passed on as they are and written down. */
import files, { type FileHandle } from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'
import { dirname, join } from 'node:path'
import { atEnd, type Ending } from './ending.ts'

export type DiskAction =
  /** Of a file, or of a folder. */
  | { readonly kind: 'create' | 'mkdir' | 'unlink' }
  | { readonly kind: 'rename'; readonly to: string }
  | { readonly kind: 'write'; readonly offset: number; readonly bytes: Buffer }
  | { readonly kind: 'truncate'; readonly size: number }
  /** Of a file's content, or of a folder's names. */
  | { readonly kind: 'sync' }

/** A call; times are counted from 0, one for each beginning, end or mark. */
export interface DiskCall {
  readonly action: DiskAction
  readonly path: string
  /** The file, whatever it is called later; undefined for a folder. */
  readonly node: number | undefined
  readonly begun: number
  /** Undefined while it hasn't returned. */
  ended?: number
  failed?: boolean
}

interface Opened {
  readonly path: string
  readonly node: number | undefined
}

type Methods = Record<string, (...args: unknown[]) => Promise<unknown>>

export class DiskRecording {
  readonly calls: DiskCall[] = []
  /** Where it says so the call isn't passed on, but fails with EIO. */
  fails: (action: DiskAction, path: string) => boolean = () => false
  /** Awaited before each sync is passed on. */
  beforeSync: (path: string) => Promise<void> | void = () => {}
  /** Awaited before each write is passed on. */
  beforeWrite: () => Promise<void> | void = () => {}
  readonly #folder: string
  readonly #handles = new WeakMap<object, Opened>()
  /** The files that are there, by path. */
  readonly #nodes = new Map<string, number>()
  #lastNode = 0
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

  /** The file of this path; of one that is to be made, a new one. */
  nodeOf(path: string, isNew = false): number | undefined {
    return isNew ? ++this.#lastNode : this.#nodes.get(path)
  }

  async call<T>({ path, node }: Opened, action: DiskAction, pass: () => Promise<T>): Promise<T> {
    if (!path.startsWith(this.#folder)) return pass()
    const call: DiskCall = { action, path, node, begun: this.mark() }
    this.calls.push(call)
    try {
      if (this.fails(action, path)) throw Object.assign(new Error('EIO: i/o error'), { code: 'EIO' })
      if (action.kind === 'sync') await this.beforeSync(path)
      if (action.kind === 'write') await this.beforeWrite()
      const result = await pass()
      this.#follow(call)
      return result
    } catch (error) {
      call.failed = true
      throw error
    } finally {
      call.ended = this.mark()
    }
  }

  #follow({ action, path, node }: DiskCall): void {
    if (action.kind === 'unlink' || action.kind === 'rename') this.#nodes.delete(path)
    if (node === undefined) return
    if (action.kind === 'create') this.#nodes.set(path, node)
    if (action.kind === 'rename') this.#nodes.set(action.to, node)
  }

  opened(handle: object, opened: Opened): void {
    this.#handles.set(handle, opened)
  }

  openedAs(handle: object): Opened {
    return this.#handles.get(handle) ?? { path: '', node: undefined }
  }
}

/** Records every change in `folder` until the test ends. One at a time in a process. */
export async function recordDisk(test: Ending, folder: string): Promise<DiskRecording> {
  const recording = new DiskRecording(folder)
  const own = { ...files }
  const prototype = await prototypeOfHandles()
  const kept = Object.fromEntries(Object.keys(actions).map(name => [name, prototype[name]]))
  Object.assign(files, changesOf(recording, own))
  syncBuiltinESMExports()
  for (const [name, actionOf] of Object.entries(actions)) {
    const original = kept[name]
    if (!original) throw new Error(`Node's files have no ${name} any more.`)
    prototype[name] = function (this: object, ...args: unknown[]) {
      return recording.call(recording.openedAs(this), actionOf(args), () => original.apply(this, args))
    }
  }
  atEnd(test, () => {
    Object.assign(prototype, kept)
    Object.assign(files, own)
    syncBuiltinESMExports()
  })
  return recording
}

/** What changes names: those of files and folders. Whatever else changes the disk fails. */
function changesOf(recording: DiskRecording, own: typeof files): Partial<typeof files> {
  const there = (path: unknown) => ({ path: String(path), node: recording.nodeOf(String(path)) })
  const open: typeof files.open = async (path, flags = 'r', mode) => {
    const pass = () => own.open(path, flags, mode)
    const known = there(path)
    const changes = /[wax]/.test(String(flags))
    if (!changes || (known.node !== undefined && /a/.test(String(flags)))) {
      const handle = await pass()
      recording.opened(handle, known)
      return handle
    }
    const opened = known.node === undefined ? { ...known, node: recording.nodeOf(known.path, true) } : known
    const action =
      known.node === undefined ? ({ kind: 'create' } as const) : ({ kind: 'truncate', size: 0 } as const)
    const handle = await recording.call(opened, action, pass)
    recording.opened(handle, opened)
    return handle
  }
  return {
    open,
    appendFile: async (path, data, options) => {
      const mode = typeof options === 'object' ? options?.mode : undefined
      const handle = await open(String(path), 'a', mode)
      await handle.writeFile(data as string).finally(() => handle.close())
    },
    unlink: path => recording.call(there(path), { kind: 'unlink' }, () => own.unlink(path)),
    rm: (path, options) => recording.call(there(path), { kind: 'unlink' }, () => own.rm(path, options)),
    rename: (from, to) =>
      recording.call(there(from), { kind: 'rename', to: String(to) }, () => own.rename(from, to)),
    mkdir: makeFolders(recording, own.mkdir),
  } as Partial<typeof files>
}

/** With those above it, each by itself. */
function makeFolders(recording: DiskRecording, mkdir: typeof files.mkdir): typeof files.mkdir {
  const make = async (
    path: string,
    options: { recursive?: boolean; mode?: number } = {},
  ): Promise<string | undefined> => {
    const { recursive = false, ...rest } = options
    try {
      await recording.call({ path, node: undefined }, { kind: 'mkdir' }, () => mkdir(path, rest))
      return path
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined
      if (!recursive || (code !== 'EEXIST' && code !== 'ENOENT')) throw error
      if (code === 'EEXIST') return undefined
      const first = await make(dirname(path), options)
      const last = await make(path, options)
      return first ?? last
    }
  }
  return make as typeof files.mkdir
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
