/** Secrets in a file, encrypted under a key in another: a copied or printed settings folder betrays none by itself. */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { chmod, rename, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { isObject } from './path.ts'
import { NotAFile, readPlainText } from './plain-file.ts'
import { replaceFile, syncFolder, writeSynced } from './replace.ts'
import type { Secrets } from './secrets.ts'
import { errorCode, errorText } from './system-error.ts'

/** What an entry of secrets.json holds: `base64url(nonce).base64url(tag).base64url(text)`. */
type Sealed = string

const cipher = 'aes-256-gcm'

export class KeyFileSecrets implements Secrets {
  /** What was found damaged at the start, each a sentence that says what to do. */
  readonly damages: readonly string[]
  readonly #file: string
  readonly #key: Buffer
  readonly #sealed: Map<string, unknown>
  readonly #open: Map<string, string>
  #turn: Promise<unknown> = Promise.resolve()

  /** Rejects with a sentence where the folder can't be read or written. */
  static async open(folder: string): Promise<KeyFileSecrets> {
    const damages: string[] = []
    const file = join(folder, 'secrets.json')
    try {
      const key = await openKey(join(folder, 'secrets.key'), damages)
      const sealed = await readEntries(file, damages)
      return new KeyFileSecrets(file, key, sealed, damages)
    } catch (error) {
      if (error instanceof NotAFile) throw error
      throw new Error(`Make ${folder} readable and writable for this user: ${errorText(error)}.`)
    }
  }

  private constructor(file: string, key: Buffer, sealed: Map<string, unknown>, damages: string[]) {
    this.#file = file
    this.#key = key
    this.#sealed = sealed
    this.#open = new Map()
    for (const [name, entry] of sealed) {
      const value = unseal(key, name, entry)
      if (value !== undefined) this.#open.set(name, value)
      else
        damages.push(
          `Set the secret ${JSON.stringify(name)} again with "postern secret set": it can't be read.`,
        )
    }
    this.damages = damages
  }

  get(name: string): string | undefined {
    return this.#open.get(name)
  }

  /** Tells one writing of a secret from another, and nothing of its value; undefined where there is none of that name. */
  markOf(name: string): string | undefined {
    const entry = this.#sealed.get(name)
    return typeof entry === 'string' ? entry.split('.')[0] : undefined
  }

  names(): readonly string[] {
    return [...this.#open.keys()].sort()
  }

  set(name: string, value: string): Promise<void> {
    if (name.trim() === '' || name.length > 64)
      return Promise.reject(new Error('Give the secret a name of 1 to 64 characters.'))
    return this.#change(async () => {
      const sealed = seal(this.#key, name, value)
      await this.#write(new Map([...this.#sealed, [name, sealed]]))
      this.#sealed.set(name, sealed)
      this.#open.set(name, value)
    })
  }

  remove(name: string): Promise<boolean> {
    return this.#change(async () => {
      if (!this.#sealed.has(name)) return false
      await this.#write(new Map([...this.#sealed].filter(([other]) => other !== name)))
      this.#open.delete(name)
      return this.#sealed.delete(name)
    })
  }

  async #write(entries: ReadonlyMap<string, unknown>): Promise<void> {
    await replaceFile(this.#file, JSON.stringify(Object.fromEntries(entries), undefined, '\t'))
  }

  #change<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.#turn.then(work)
    this.#turn = result.catch(() => undefined)
    return result
  }
}

async function openKey(file: string, damages: string[]): Promise<Buffer> {
  const found = await readPrivate(file)
  const key = Buffer.from(found?.trim() ?? '', 'base64url')
  if (key.length === 32) return key
  if (found !== undefined) await setAside(file, damages)
  return makeKey(file)
}

async function makeKey(file: string): Promise<Buffer> {
  const key = randomBytes(32)
  try {
    await writeSynced(file, key.toString('base64url'))
    await syncFolder(join(file, '..'))
    return key
  } catch (error) {
    // Another process made it in the same moment.
    if (errorCode(error) === 'EEXIST') return Buffer.from(await readPlainText(file), 'base64url')
    throw error
  }
}

async function readEntries(file: string, damages: string[]): Promise<Map<string, unknown>> {
  const text = await readPrivate(file)
  if (text === undefined) return new Map()
  try {
    const value: unknown = JSON.parse(text)
    if (isObject(value)) return new Map(Object.entries(value))
  } catch {}
  await setAside(file, damages)
  return new Map()
}

async function setAside(file: string, damages: string[]): Promise<void> {
  const aside = `${file}.damaged-${Date.now()}`
  await rename(file, aside)
  damages.push(
    `Set all secrets again with "postern secret set": ${file} was damaged and is kept as ${aside}.`,
  )
}

/** Takes the rights of others away first. */
async function readPrivate(file: string): Promise<string | undefined> {
  try {
    if (((await stat(file)).mode & 0o077) !== 0) await chmod(file, 0o600)
    return await readPlainText(file)
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined
    throw error
  }
}

/** The name is authenticated too, so that no entry can be passed off as another. */
function seal(key: Buffer, name: string, value: string): Sealed {
  const nonce = randomBytes(12)
  const sealing = createCipheriv(cipher, key, nonce).setAAD(Buffer.from(name))
  const text = Buffer.concat([sealing.update(value, 'utf8'), sealing.final()])
  return [nonce, sealing.getAuthTag(), text].map(part => part.toString('base64url')).join('.')
}

function unseal(key: Buffer, name: string, sealed: unknown): string | undefined {
  if (typeof sealed !== 'string') return undefined
  const [nonce, tag, text, ...more] = sealed.split('.').map(part => Buffer.from(part, 'base64url'))
  if (nonce?.length !== 12 || tag?.length !== 16 || !text || more.length > 0) return undefined
  try {
    const opening = createDecipheriv(cipher, key, nonce).setAAD(Buffer.from(name)).setAuthTag(tag)
    return Buffer.concat([opening.update(text), opening.final()]).toString('utf8')
  } catch {
    return undefined
  }
}
