/** The file with what an authority gave by ACME: the directory it is from, the key, and the certificate with its chain. */
import { join } from 'node:path'
import { replaceFile } from '../settings/replace.ts'
import { type Certificate, CertificateUnusable, certificateOf } from './certificate.ts'
import { readIfThere } from './files.ts'

export interface Issued {
  /** The directory's address. */
  readonly directory: string
  /** PEM. */
  readonly key: string
  /** PEM: the certificate, and those that signed it. */
  readonly chain: string
}

export interface AcmeCertificate {
  readonly directory: string
  readonly certificate: Certificate
}

const MARK = 'Directory: '

export function acmeFileOf(folder: string): string {
  return join(folder, 'acme.pem')
}

/** One file, so that key and certificate always belong together. Rejects with the system's error. */
export function writeAcmeFile(folder: string, { directory, key, chain }: Issued): Promise<void> {
  // What stands between PEM blocks is for people (RFC 7468 section 2).
  return replaceFile(acmeFileOf(folder), `${MARK}${directory}\n${key.trim()}\n${chain.trim()}\n`)
}

/** Undefined where there is none; rejects with `CertificateUnusable`. */
export async function readAcmeFile(folder: string): Promise<AcmeCertificate | undefined> {
  const file = acmeFileOf(folder)
  const text = (await readIfThere(file))?.toString()
  if (text === undefined) return undefined
  const [head = ''] = text.split('\n', 1)
  const at = text.indexOf('-----BEGIN CERTIFICATE-----')
  try {
    const key = text.slice(head.length + 1, at)
    const certificate = certificateOf({ key, cert: text.slice(at) })
    return { directory: head.startsWith(MARK) ? head.slice(MARK.length) : '', certificate }
  } catch {
    throw new CertificateUnusable(`The file ${file} is damaged: remove it, and the certificate is got anew.`)
  }
}
