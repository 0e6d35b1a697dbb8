/** The TLS versions and ciphers that are used: sound ones everywhere, and old ones in the lane for old devices. */
import { createSecureContext, type SecureVersion } from 'node:tls'

export interface Strength {
  readonly minVersion: SecureVersion
  /** In OpenSSL's form, the best first; those of TLS 1.3 are always taken. */
  readonly ciphers: string
}

/** With forward secrecy, and authenticated (AEAD): what RFC 9325 section 4.2 recommends for TLS 1.2. */
const SOUND_CIPHERS = [
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-CHACHA20-POLY1305',
  'ECDHE-RSA-CHACHA20-POLY1305',
]

/** Servers without elliptic curves have these; ours would need parameters for them. */
const SOUND_FOR_CLIENTS = ['DHE-RSA-AES128-GCM-SHA256', 'DHE-RSA-AES256-GCM-SHA384']

/** Of 1999 to 2010; neither RC4 nor triple DES, nor any without a key or a certificate. */
const OLD_CIPHERS = [
  'ECDHE-RSA-AES128-SHA256',
  'ECDHE-RSA-AES256-SHA384',
  'ECDHE-RSA-AES128-SHA',
  'ECDHE-RSA-AES256-SHA',
  'AES128-GCM-SHA256',
  'AES256-GCM-SHA384',
  'AES128-SHA256',
  'AES256-SHA256',
  'AES128-SHA',
  'AES256-SHA',
]

/** What our listeners offer. */
export const SERVING: Strength = { minVersion: 'TLSv1.2', ciphers: SOUND_CIPHERS.join(':') }

/** What we ask other servers for. */
export const ASKING: Strength = {
  minVersion: 'TLSv1.2',
  ciphers: [...SOUND_CIPHERS, ...SOUND_FOR_CLIENTS].join(':'),
}

/** What the lane for old devices offers: TLS from 1.0 on. */
export function oldStrength(): Strength {
  const ciphers = [...SOUND_CIPHERS, ...OLD_CIPHERS].join(':')
  // OpenSSL leaves out TLS 1.0 unless its level is lowered; BoringSSL, which Electron has, knows no levels.
  const lowered = { minVersion: 'TLSv1', ciphers: `${ciphers}:@SECLEVEL=0` } as const
  try {
    createSecureContext(lowered)
    return lowered
  } catch {
    return { minVersion: 'TLSv1', ciphers }
  }
}
