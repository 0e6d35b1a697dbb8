/** A certificate in files of a person's own: PEM with the chain and a key, or a PFX, under a passphrase or without. */
import { createPrivateKey } from 'node:crypto'
import { NotAFile, readPlainFile } from '../settings/plain-file.ts'
import type { CertificateSettings } from '../settings/settings.ts'
import { errorCode } from '../settings/system-error.ts'
import { type Certificate, CertificateUnusable, certificateOf, type KeyMaterial } from './certificate.ts'

/** Which setting is to be mended. */
export type FileSetting = 'file' | 'keyFile' | 'passphrase'

export class FilesUnusable extends CertificateUnusable {
  readonly setting: FileSetting

  constructor(setting: FileSetting, message: string) {
    super(message)
    this.setting = setting
  }
}

/** Rejects with `FilesUnusable`; `secret` gives what is kept under a name. */
export async function readCertificateFiles(
  settings: CertificateSettings,
  secret: (name: string) => string | undefined,
): Promise<Certificate> {
  const { file = '', keyFile, passphrase: name } = settings
  const passphrase = name === undefined ? undefined : secret(name)
  if (name !== undefined && passphrase === undefined)
    throw new FilesUnusable(
      'passphrase',
      `Set the passphrase with "postern secret set ${name}": it isn't in the secret store.`,
    )
  const content = await readFileOf('file', file)
  if (!content.includes('-----BEGIN ')) return readPfx(content, file, passphrase)
  const keys = keyFile === undefined ? content : await readFileOf('keyFile', keyFile)
  return readPem(content.toString(), keys.toString(), keyFile ?? file, file, passphrase)
}

async function readFileOf(setting: FileSetting, path: string): Promise<Buffer> {
  const content = await readIfThere(path).catch(error => {
    throw new FilesUnusable(setting, error instanceof Error ? error.message : String(error))
  })
  if (content) return content
  throw new FilesUnusable(setting, `There is no file ${path}: write where it is, or put it there.`)
}

/** Undefined where there is none; rejects with `CertificateUnusable`. */
export async function readIfThere(path: string): Promise<Buffer | undefined> {
  try {
    return await readPlainFile(path)
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined
    if (error instanceof NotAFile) throw new CertificateUnusable(error.message)
    throw new CertificateUnusable(`The file ${path} can't be read: give this user the right to.`)
  }
}

function readPem(
  certificates: string,
  keys: string,
  keyPath: string,
  path: string,
  passphrase: string | undefined,
): Certificate {
  const chain = blocksOf(certificates, /CERTIFICATE/)
  if (chain === '')
    throw new FilesUnusable('file', `There is no whole certificate in ${path}: put it there, with its chain.`)
  const key = plainKey(blocksOf(keys, /(?:\w+ )*PRIVATE KEY/), keyPath, passphrase)
  return usable({ key, cert: chain }, path)
}

/** The PEM blocks of a kind; what a file says around them is left out. */
function blocksOf(text: string, kind: RegExp): string {
  const block = new RegExp(`-----BEGIN (${kind.source})-----[\\s\\S]+?-----END \\1-----`, 'g')
  return (text.match(block) ?? []).map(one => `${one}\n`).join('')
}

function plainKey(pem: string, path: string, passphrase: string | undefined): string {
  if (pem === '')
    throw new FilesUnusable(
      'keyFile',
      `There is no whole private key in ${path}: name the file that has the key.`,
    )
  const isLocked = /ENCRYPTED/.test(pem)
  if (isLocked && passphrase === undefined)
    throw new FilesUnusable('passphrase', `The key in ${path} needs its passphrase: set it here.`)
  try {
    const key = createPrivateKey({ key: pem, ...(isLocked && { passphrase: passphrase ?? '' }) })
    return key.export({ type: 'pkcs8', format: 'pem' }).toString()
  } catch (error) {
    if (isLocked)
      throw new FilesUnusable(
        'passphrase',
        `The passphrase doesn't open the key in ${path}: set the right one.`,
      )
    throw new FilesUnusable('keyFile', `The key in ${path} can't be read (${reasonOf(error)}): replace it.`)
  }
}

function readPfx(pfx: Buffer, path: string, passphrase: string | undefined): Certificate {
  try {
    return certificateOf({ pfx, passphrase: passphrase ?? '' })
  } catch (error) {
    const reason = reasonOf(error)
    if (/mac verify|incorrect_password/i.test(reason))
      throw new FilesUnusable(
        'passphrase',
        passphrase === undefined
          ? `The file ${path} needs its passphrase: set it here.`
          : `The passphrase doesn't open ${path}: set the right one.`,
      )
    const old = /unsupported/i.test(reason)
    throw new FilesUnusable(
      'file',
      old
        ? `The file ${path} is locked in a way that is too old to be safe: export it anew with AES-256.`
        : `The file ${path} is neither PEM nor a PFX that can be used (${reason}): put a whole one there.`,
    )
  }
}

function usable(material: KeyMaterial, path: string): Certificate {
  try {
    return certificateOf(material)
  } catch (error) {
    throw new FilesUnusable(
      'file',
      `The certificate in ${path} can't be used (${reasonOf(error)}): put one there that belongs to the key.`,
    )
  }
}

/** OpenSSL's words, without the place in its source. */
function reasonOf(error: unknown): string {
  if (error instanceof Error && 'reason' in error && typeof error.reason === 'string') return error.reason
  const message = error instanceof Error ? error.message : String(error)
  return message.split(':').at(-1)?.trim() ?? message
}
