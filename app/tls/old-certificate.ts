/** The certificate that old devices are shown: they know RSA keys alone. */
import { join } from 'node:path'
import type { Certificate, KeyMaterial } from './certificate.ts'
import { certificateOf } from './certificate.ts'
import { readPair } from './pair.ts'
import { makeSelfSigned } from './self-signed.ts'

/** The one in force where its key is RSA, else one of our own in the folder; rejects with the system's error. */
export async function forOldDevices(
  { leaf, material }: Certificate,
  folder: string,
  hostname: string,
): Promise<KeyMaterial> {
  if (leaf.publicKey.asymmetricKeyType === 'rsa') return material
  const files = { keyFile: join(folder, 'old-key.pem'), certFile: join(folder, 'old-cert.pem') }
  const { key, cert } = await readPair(files)
  const kept = key && cert ? usable(key.toString(), cert.toString()) : undefined
  return kept ?? (await makeSelfSigned(files, hostname, 'rsa')).material
}

/** Nobody else puts anything there: what is damaged is made anew. */
function usable(key: string, cert: string): KeyMaterial | undefined {
  try {
    return certificateOf({ key, cert }).material
  } catch {
    return undefined
  }
}
