/** A key and a certificate that it signs itself: they encrypt as well as any, though nobody vouches for them. */
import { X509Certificate } from 'node:crypto'
import { type Certificate, certificateOf } from './certificate.ts'
import { type Files, putPair } from './pair.ts'

const YEARS = 10

/** `rsa` for clients that know no elliptic curves. */
export async function makeSelfSigned(
  files: Files,
  hostname: string,
  kind: 'ec' | 'rsa' = 'ec',
): Promise<Certificate> {
  // Only the first start needs it, and it is large.
  const { generate } = await import('selfsigned')
  const notAfterDate = new Date()
  notAfterDate.setFullYear(notAfterDate.getFullYear() + YEARS)
  const { private: key, cert } = await generate([{ name: 'commonName', value: hostname.slice(0, 64) }], {
    algorithm: 'sha256',
    ...(kind === 'ec' ? { keyType: 'ec', curve: 'P-256' } : { keyType: 'rsa', keySize: 2048 }),
    notAfterDate,
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 2, value: hostname }] }],
  })
  await putPair(files, { key, cert })
  return certificateOf({ key, cert: new X509Certificate(cert).toString() })
}
