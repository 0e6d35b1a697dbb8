/** The certificate: our own key, made at the first start, or the one a person put in its place. */
import { X509Certificate } from 'node:crypto'
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { createSecureContext } from 'node:tls'
import { replaceFile } from '../settings/replace.ts'

export interface Certificate {
  /** PEM. */
  readonly key: string
  readonly cert: string
}

const YEARS = 10

/** Its message is a sentence that says what to do. */
export class CertificateUnusable extends Error {}

/** Reads `key.pem` and `cert.pem` of the folder, or makes both; rejects with `CertificateUnusable`. */
export async function openCertificate(folder: string, hostname: string): Promise<Certificate> {
  const [keyFile, certFile] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
  const [key, cert] = await Promise.all([readIfThere(keyFile), readIfThere(certFile)])
  const made = key === undefined || cert === undefined ? await readMade(folder) : undefined
  if (made) return putBoth(folder, made)
  if (key === undefined && cert === undefined) return makeCertificate(folder, hostname)
  if (key === undefined || cert === undefined)
    throw new CertificateUnusable(
      `Put both key.pem and cert.pem into ${folder}, or remove both to have new ones made.`,
    )
  try {
    createSecureContext({ key, cert })
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new CertificateUnusable(
      `The key and certificate in ${folder} can't be used (${why}): replace them, or remove both to have new ones made.`,
    )
  }
  return { key, cert }
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw new CertificateUnusable(`The file ${path} can't be read: give this user the right to.`)
  }
}

async function makeCertificate(folder: string, hostname: string): Promise<Certificate> {
  // Only the first start needs it, and it is large.
  const { generate } = await import('selfsigned')
  const notAfterDate = new Date()
  notAfterDate.setFullYear(notAfterDate.getFullYear() + YEARS)
  const { private: key, cert } = await generate([{ name: 'commonName', value: hostname.slice(0, 64) }], {
    algorithm: 'sha256',
    keyType: 'ec',
    curve: 'P-256',
    notAfterDate,
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 2, value: hostname }] }],
  })
  await replaceFile(join(folder, MADE), JSON.stringify({ key, cert }))
  return putBoth(folder, { key, cert })
}

/** Both in one file, until each stands in its own: between those two a power cut may come. */
const MADE = 'made.json'

async function putBoth(folder: string, { key, cert }: Certificate): Promise<Certificate> {
  await replaceFile(join(folder, 'key.pem'), key)
  await replaceFile(join(folder, 'cert.pem'), cert)
  await rm(join(folder, MADE), { force: true })
  return { key, cert }
}

async function readMade(folder: string): Promise<Certificate | undefined> {
  const text = await readIfThere(join(folder, MADE))
  try {
    const { key, cert } = JSON.parse(text ?? '{}')
    return typeof key === 'string' && typeof cert === 'string' ? { key, cert } : undefined
  } catch {
    return undefined
  }
}

/** Milliseconds since the epoch. */
export function expiryOf({ cert }: Certificate): number {
  return Date.parse(new X509Certificate(cert).validTo)
}

/** What a person wants to know of it. */
export interface CertificateFacts {
  /** The servers it speaks for. */
  readonly names: readonly string[]
  /** Who signed it. */
  readonly issuer: string
  /** Signed by itself, as one that Postern made is. */
  readonly selfSigned: boolean
  /** Milliseconds since the epoch. */
  readonly until: number
}

export function factsOf({ cert }: Certificate): CertificateFacts {
  const certificate = new X509Certificate(cert)
  const { subject, subjectAltName = '', issuer, validTo } = certificate
  const names = [...subjectAltName.matchAll(/(?:DNS|IP Address):([^,\s]+)/g)].map(([, name = '']) => name)
  const own = nameIn(subject)
  return {
    names: names.length > 0 || own === undefined ? names : [own],
    issuer: nameIn(issuer) ?? 'nobody named',
    selfSigned: certificate.checkIssued(certificate),
    until: Date.parse(validTo),
  }
}

/** `CN=…` of a line each; else the organisation. */
function nameIn(lines: string): string | undefined {
  return /^CN=(.+)$/m.exec(lines)?.[1] ?? /^O=(.+)$/m.exec(lines)?.[1]
}
