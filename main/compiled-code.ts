/** Compiled code, kept in a file from start to start; it holds for one program only, and never when it was damaged. */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { replaceFile } from '../app/settings/replace.ts'

const DIGEST = 32

export class CompiledCode {
  readonly #file: string
  readonly #program: string | Buffer

  constructor(file: string, program: string | Buffer) {
    this.#file = file
    this.#program = program
  }

  /** Undefined where there is none for this program. V8 looks itself whether it made it. */
  read(): Buffer | undefined {
    try {
      const kept = readFileSync(this.#file)
      const code = kept.subarray(DIGEST)
      return kept.subarray(0, DIGEST).equals(this.#digest(code)) ? code : undefined
    } catch {
      return undefined
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
