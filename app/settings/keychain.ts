/** Secrets under the system's keychain, before those in the key file, which the command line can read too. */
import { readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { isObject } from './path.ts'
import { replaceFile } from './replace.ts'
import type { Secrets } from './secrets.ts'
import { errorCode } from './system-error.ts'

/** What the system offers: only this user can read back what was sealed. */
export interface Keychain {
  seal(text: string): Buffer
  /** Throws where it isn't from this user and machine. */
  unseal(sealed: Buffer): string
}

export class KeychainSecrets implements Secrets {
  /** What was found damaged at the start, each a sentence that says what to do. */
  readonly damages: readonly string[]
  readonly #file: string
  readonly #keychain: Keychain
  /** As in the file, with what can't be read. */
  #sealed: ReadonlyMap<string, string>
  readonly #open: Map<string, string>
  readonly #others: Secrets
  #turn: Promise<unknown> = Promise.resolve()

  /** `others` has what was set without the keychain; a name set anew moves over. */
  static async open(folder: string, keychain: Keychain, others: Secrets): Promise<KeychainSecrets> {
    const file = join(folder, 'secrets.keychain.json')
    const damages: string[] = []
    const sealed = await readEntries(file, damages)
    return new KeychainSecrets(file, keychain, sealed, others, damages)
  }

  private constructor(
    file: string,
    keychain: Keychain,
    sealed: ReadonlyMap<string, string>,
    others: Secrets,
    damages: string[],
  ) {
    this.#file = file
    this.#keychain = keychain
    this.#sealed = sealed
    this.#others = others
    this.#open = new Map()
    for (const [name, entry] of sealed) {
      const value = unsealed(keychain, entry)
      if (value !== undefined) this.#open.set(name, value)
      else
        damages.push(`Set the secret ${JSON.stringify(name)} again: the keychain doesn't open it any more.`)
    }
    this.damages = damages
  }

  get(name: string): string | undefined {
    return this.#open.get(name) ?? this.#others.get(name)
  }

  names(): readonly string[] {
    return [...new Set([...this.#open.keys(), ...this.#others.names()])].sort()
  }

  set(name: string, value: string): Promise<void> {
    if (name.trim() === '' || name.length > 64)
      return Promise.reject(new Error('Give the secret a name of 1 to 64 characters.'))
    return this.#change(async () => {
      const sealed = this.#keychain.seal(value).toString('base64')
      await this.#write(new Map([...this.#sealed, [name, sealed]]))
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

  async #write(sealed: ReadonlyMap<string, string>): Promise<void> {
    await replaceFile(this.#file, JSON.stringify(Object.fromEntries(sealed), undefined, '\t'))
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

async function readEntries(file: string, damages: string[]): Promise<ReadonlyMap<string, string>> {
  const text = await readFile(file, 'utf8').catch(error => {
    if (errorCode(error) === 'ENOENT') return '{}'
    throw error
  })
  try {
    const value: unknown = JSON.parse(text)
    if (isObject(value)) return new Map(Object.entries(value).map(([name, entry]) => [name, String(entry)]))
  } catch {}
  const aside = `${file}.damaged-${Date.now()}`
  await rename(file, aside)
  damages.push(`Set all secrets again: ${file} was damaged and is kept as ${aside}.`)
  return new Map()
}
