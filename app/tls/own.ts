/** The certificate of the data folder: our own, made at the first start, or the one a person put in its place. */
import { join } from 'node:path'
import { type Certificate, CertificateUnusable, certificateOf } from './certificate.ts'
import { type Files, readPair } from './pair.ts'
import { makeSelfSigned } from './self-signed.ts'

export function ownFiles(folder: string): Files {
  return { keyFile: join(folder, 'key.pem'), certFile: join(folder, 'cert.pem') }
}

/** Reads `key.pem` and `cert.pem` of the folder, or makes both; rejects with `CertificateUnusable`. */
export async function openCertificate(folder: string, hostname: string): Promise<Certificate> {
  return (await readOwn(folder)) ?? makeSelfSigned(ownFiles(folder), hostname)
}

/** Undefined where neither is there; rejects with `CertificateUnusable`. */
export async function readOwn(folder: string): Promise<Certificate | undefined> {
  const { key, cert } = await readPair(ownFiles(folder))
  if (key === undefined && cert === undefined) return undefined
  if (key === undefined || cert === undefined)
    throw new CertificateUnusable(
      `Put both key.pem and cert.pem into ${folder}, or remove both to have new ones made.`,
    )
  try {
    return certificateOf({ key: key.toString(), cert: cert.toString() })
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new CertificateUnusable(
      `The key and certificate in ${folder} can't be used (${why}): replace them, or remove both to have new ones made.`,
    )
  }
}
