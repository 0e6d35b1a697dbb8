/** A certificate with its key, checked to be usable, and what a person wants to know of it. */
import { createPrivateKey, X509Certificate } from 'node:crypto'
import { createSecureContext, type SecureContext } from 'node:tls'

/** As Node's TLS takes it: PEM, or the bytes of a PFX (PKCS #12). */
export type KeyMaterial =
  | { readonly key: string; readonly cert: string }
  | { readonly pfx: Buffer; readonly passphrase: string }

export interface Certificate {
  readonly material: KeyMaterial
  /** The certificate itself, without those that signed it. */
  readonly leaf: X509Certificate
}

/** Its message is a sentence that says what to do. */
export class CertificateUnusable extends Error {}

/** Throws with OpenSSL's or our own few words where key and certificate can't be used, or not together. */
export function certificateOf(material: KeyMaterial): Certificate {
  const context = createSecureContext(material)
  if (!('key' in material)) return { material, leaf: leafOf(context) }
  const leaf = new X509Certificate(material.cert)
  if (!leaf.checkPrivateKey(createPrivateKey(material.key)))
    throw new Error('the key is of another certificate')
  return { material, leaf }
}

/** Node shows what is in a PFX to its TLS alone. */
function leafOf({ context }: SecureContext): X509Certificate {
  const found: unknown = context.getCertificate()
  if (!Buffer.isBuffer(found)) throw new Error('there is no certificate in it')
  return new X509Certificate(found)
}

/** Milliseconds since the epoch. */
export function expiryOf({ leaf }: Certificate): number {
  return Date.parse(leaf.validTo)
}

/** Whether both are the very same certificate. */
export function isSame(one: Certificate, other: Certificate): boolean {
  return one.leaf.fingerprint256 === other.leaf.fingerprint256
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

export function factsOf({ leaf }: Certificate): CertificateFacts {
  const { subject, subjectAltName = '', issuer, validTo } = leaf
  const names = [...subjectAltName.matchAll(/(?:DNS|IP Address):([^,\s]+)/g)].map(([, name = '']) => name)
  const own = nameIn(subject)
  return {
    names: names.length > 0 || own === undefined ? names : [own],
    issuer: nameIn(issuer) ?? 'nobody named',
    selfSigned: leaf.checkIssued(leaf),
    until: Date.parse(validTo),
  }
}

/** `CN=…` of a line each; else the organisation. */
function nameIn(lines: string): string | undefined {
  return /^CN=(.+)$/m.exec(lines)?.[1] ?? /^O=(.+)$/m.exec(lines)?.[1]
}
