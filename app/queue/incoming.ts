/** An incoming message's content: small ones stay in memory until they are committed, large ones go to a file. */
import { type FileHandle, open, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { writeFully } from './append.ts'
import { syncFolder } from './disk.ts'

/** Content up to this lies in the segment, and at most this much of each session's is held in memory. */
export const INLINE_BYTES = 64 * 1024

const MOST_CHUNKS = 64

/** Content that is complete; `file` (its name in the large folder) or `chunks`. */
export type Sealed = { readonly length: number; readonly crc: number } & (
  | { readonly kind: 'inline'; readonly chunks: readonly Buffer[] }
  | { readonly kind: 'file'; readonly file: string }
)

export class Incoming {
  readonly #folder: string
  readonly #name: string
  #chunks: Buffer[] = []
  /** Bytes in the chunks. */
  #held = 0
  #length = 0
  #crc = 0
  #file: FileHandle | undefined

  /** `folder`: where large content goes; `name`: its file's name there. */
  constructor(folder: string, name: string) {
    this.#folder = folder
    this.#name = name
  }

  get length(): number {
    return this.#length
  }

  /** Takes a chunk; wait for the promise before the next, where there is one. Rejects on disk errors. */
  write(chunk: Buffer): Promise<void> | undefined {
    this.#crc = crc32(chunk, this.#crc)
    this.#length += chunk.length
    this.#held += chunk.length
    this.#chunks.push(chunk)
    // A client may send a byte at a time: what is kept of it must not cost more than the bytes.
    if (this.#chunks.length === MOST_CHUNKS) this.#chunks = [Buffer.concat(this.#chunks)]
    return this.#held > INLINE_BYTES ? this.#spill() : undefined
  }

  /** Ends the content; large content is on disk for good when this resolves. */
  seal(): Sealed | Promise<Sealed> {
    const [length, crc] = [this.#length, this.#crc]
    return this.#file
      ? this.#sealFile(this.#file, length, crc)
      : { kind: 'inline', length, crc, chunks: this.#chunks }
  }

  /** Throws away what came; never rejects. */
  async discard(): Promise<void> {
    this.#chunks = []
    const file = this.#file
    if (!file) return
    this.#file = undefined
    await file.close().catch(() => {})
    await unlink(join(this.#folder, this.#name)).catch(() => {})
  }

  async #sealFile(file: FileHandle, length: number, crc: number): Promise<Sealed> {
    await this.#spill()
    await file.datasync()
    await file.close()
    await syncFolder(this.#folder)
    return { kind: 'file', length, crc, file: this.#name }
  }

  async #spill(): Promise<void> {
    this.#file ??= await open(join(this.#folder, this.#name), 'wx', 0o600)
    const [chunks, start] = [this.#chunks, this.#length - this.#held]
    this.#chunks = []
    this.#held = 0
    await writeFully(this.#file, chunks, start)
  }
}
