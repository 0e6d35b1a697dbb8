/** Secrets under the system's keychain, and those that the command line set meanwhile in the key file: the newest counts. */
/*
 * What is set here takes the place of what the key file has, and notes which writing of it that was: another one there is
 * newer, whatever the clocks say; the same one is left of a removal that was broken off.
 */
import { rename } from 'node:fs/promises'
import { join } from 'node:path'
import { isObject } from './path.ts'
import { readPlainText } from './plain-file.ts'
import { replaceFile } from './replace.ts'
import type { Secrets } from './secrets.ts'
import { errorCode } from './system-error.ts'

/** What the system offers: only this user can read back what was sealed. */
export interface Keychain {
  seal(text: string): Buffer
  /** Throws where it isn't from this user and machine. */
  unseal(sealed: Buffer): string
}

/** The key file, whose writings can be told apart. */
export interface OtherSecrets extends Secrets {
  markOf(name: string): string | undefined
}

/** What the file holds of a secret. */
interface Entry {
  /** In base64. */
  readonly sealed: string
  /** The mark of the key file's writing that it took the place of. */
  readonly instead?: string
}

export class KeychainSecrets implements Secrets {
  /** What was found damaged at the start, each a sentence that says what to do. */
  readonly damages: readonly string[]
  readonly #file: string
  readonly #keychain: Keychain
  /** As in the file, with what can't be read. */
  #sealed: ReadonlyMap<string, Entry>
  readonly #open: Map<string, string>
  readonly #others: OtherSecrets
  #turn: Promise<unknown> = Promise.resolve()

  /** `others` has what was set without the keychain; a name set anew moves over. */
  static async open(folder: string, keychain: Keychain, others: OtherSecrets): Promise<KeychainSecrets> {
    const file = fileIn(folder)
    const damages: string[] = []
    const sealed = await readEntries(file, damages)
    return new KeychainSecrets(file, keychain, sealed, others, damages)
  }

  private constructor(
    file: string,
    keychain: Keychain,
    sealed: ReadonlyMap<string, Entry>,
    others: OtherSecrets,
    damages: string[],
  ) {
    this.#file = file
    this.#keychain = keychain
    this.#sealed = sealed
    this.#others = others
    this.#open = new Map()
    for (const [name, entry] of sealed) {
      const value = unsealed(keychain, entry.sealed)
      if (value !== undefined) this.#open.set(name, value)
      else if (!this.#newer(name))
        damages.push(`Set the secret ${JSON.stringify(name)} again: the keychain doesn't open it any more.`)
    }
    this.damages = damages
  }

  get(name: string): string | undefined {
    return this.#newer(name) ?? this.#open.get(name)
  }

  /** The key file's, where it was written after ours. */
  #newer(name: string): string | undefined {
    const mark = this.#others.markOf(name)
    return mark === undefined || mark === this.#sealed.get(name)?.instead ? undefined : this.#others.get(name)
  }

  names(): readonly string[] {
    const others = this.#others.names().filter(name => this.#newer(name) !== undefined)
    return [...new Set([...this.#open.keys(), ...others])].sort()
  }

  set(name: string, value: string): Promise<void> {
    if (name.trim() === '' || name.length > 64)
      return Promise.reject(new Error('Give the secret a name of 1 to 64 characters.'))
    return this.#change(async () => {
      const sealed = this.#keychain.seal(value).toString('base64')
      const instead = this.#others.markOf(name)
      const entry = { sealed, ...(instead !== undefined && { instead }) }
      await this.#write(new Map([...this.#sealed, [name, entry]]))
      this.#open.set(name, value)
      await this.#others.remove(name)
    })
  }

  remove(name: string): Promise<boolean> {
    return this.#change(async () => {
      const was = this.#sealed.has(name)
      if (was) await this.#write(new Map([...this.#sealed].filter(([other]) => other !== name)))
      this.#open.delete(name)
      return (await this.#others.remove(name)) || was
    })
  }

  async #write(sealed: ReadonlyMap<string, Entry>): Promise<void> {
    const written = [...sealed].map(([name, entry]) => [
      name,
      entry.instead === undefined ? entry.sealed : entry,
    ])
    await replaceFile(this.#file, JSON.stringify(Object.fromEntries(written), undefined, '\t'))
    this.#sealed = sealed
  }

  #change<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.#turn.then(work)
    this.#turn = result.catch(() => undefined)
    return result
  }
}

function unsealed(keychain: Keychain, entry: string): string | undefined {
  try {
    return keychain.unseal(Buffer.from(entry, 'base64'))
  } catch {
    return undefined
  }
}

/** A sentence for each secret that only a keychain opens, where there is none now. */
export async function lockedAway(folder: string, others: Pick<Secrets, 'names'>): Promise<readonly string[]> {
  const damages: string[] = []
  const entries = await readEntries(fileIn(folder), damages)
  const there = new Set(others.names())
  const locked = [...entries.keys()].filter(name => !there.has(name)).map(name => JSON.stringify(name))
  if (locked.length === 0) return damages
  return [
    ...damages,
    `This system's keychain can't be reached, and only it opens the secrets ${locked.join(', ')}: unlock it and start Postern again, or set them again.`,
  ]
}

function fileIn(folder: string): string {
  return join(folder, 'secrets.keychain.json')
}

async function readEntries(file: string, damages: string[]): Promise<ReadonlyMap<string, Entry>> {
  const text = await readPlainText(file).catch(error => {
    if (errorCode(error) === 'ENOENT') return '{}'
    throw error
  })
  try {
    const value: unknown = JSON.parse(text)
    if (isObject(value)) return new Map(Object.entries(value).map(([name, entry]) => [name, entryOf(entry)]))
  } catch {}
  const aside = `${file}.damaged-${Date.now()}`
  await rename(file, aside)
  damages.push(`Set all secrets again: ${file} was damaged and is kept as ${aside}.`)
  return new Map()
}

function entryOf(value: unknown): Entry {
  if (!isObject(value)) return { sealed: String(value) }
  const { sealed, instead } = value
  return { sealed: String(sealed), ...(typeof instead === 'string' && { instead }) }
}
