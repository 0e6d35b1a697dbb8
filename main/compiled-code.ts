/** Compiled code, kept in a file from start to start; it holds for one program only, and never when it was damaged. */
import { createHash } from 'node:crypto'
import { closeSync, fstatSync, openSync, readFileSync, type Stats, statSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { replaceFile } from '../app/settings/replace.ts'

const DIGEST = 32
const OTHERS_WRITE = 0o022

export class CompiledCode {
  readonly #file: string
  readonly #program: string | Buffer

  constructor(file: string, program: string | Buffer) {
    this.#file = file
    this.#program = program
  }

  /**
   * Undefined where there is none for this program, or where another user could have written it, for it is run. V8 looks
   * itself whether it made it.
   */
  read(): Buffer | undefined {
    try {
      const kept = this.#readOwn()
      const code = kept.subarray(DIGEST)
      return kept.subarray(0, DIGEST).equals(this.#digest(code)) ? code : undefined
    } catch {
      return undefined
    }
  }

  #readOwn(): Buffer {
    expectOwn(statSync(dirname(this.#file)))
    const file = openSync(this.#file, 'r')
    try {
      expectOwn(fstatSync(file))
      return readFileSync(file)
    } finally {
      closeSync(file)
    }
  }

  /** Never rejects: without it the next start takes longer, no more. */
  async write(code: Buffer): Promise<void> {
    try {
      await mkdir(dirname(this.#file), { recursive: true, mode: 0o700 })
      await replaceFile(this.#file, Buffer.concat([this.#digest(code), code]))
    } catch {}
  }

  #digest(code: Buffer): Buffer {
    return createHash('sha256').update(this.#program).update(code).digest()
  }
}

function expectOwn({ uid, mode }: Pick<Stats, 'uid' | 'mode'>): void {
  const self = process.getuid?.()
  if (self !== undefined && (uid !== self || (mode & OTHERS_WRITE) !== 0))
    throw new Error('another user can write there')
}
