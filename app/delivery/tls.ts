/** How far a next hop's TLS is trusted. */
import { X509Certificate } from 'node:crypto'
import { isIP } from 'node:net'
import { type ConnectionOptions, checkServerIdentity, type PeerCertificate, rootCertificates } from 'node:tls'
import { ASKING } from '../tls/strength.ts'
import type { NextHop } from './next-hop.ts'

/** A password, and a route that requires TLS, ask for a certificate that holds. */
export function mustVerify({ login, encryption, mustVerify = false }: NextHop): boolean {
  return mustVerify || login !== undefined || encryption === 'tls' || encryption === 'starttls-required'
}

/** Whether mail goes on without TLS where it can't be had (RFC 7435). */
export function isOpportunistic(hop: NextHop): boolean {
  return hop.encryption === 'starttls-if-offered' && hop.dane === undefined && !mustVerify(hop)
}

export function tlsOptions(hop: NextHop): ConnectionOptions {
  const { host, trust, dane } = hop
  // What is published is compared when the connection stands: a certificate that nobody signed may be the right one.
  if (dane) return { rejectUnauthorized: false, ...ASKING, servername: dane.base }
  return {
    rejectUnauthorized: mustVerify(hop),
    ...ASKING,
    ...(!isIP(host) && { servername: host }),
    ...(trust !== undefined && {
      ca: [...rootCertificates, trust],
      checkServerIdentity: (name: string, peer: PeerCertificate) =>
        isItself(peer, trust) ? undefined : checkServerIdentity(name, peer),
    }),
  }
}

/** Whoever trusts one certificate means the server that has it, whatever name stands in it. */
function isItself({ raw }: PeerCertificate, pem: string): boolean {
  const ends = '-----END CERTIFICATE-----'
  const certificates = pem.split(ends).filter(text => text.includes('-----BEGIN CERTIFICATE-----'))
  return certificates.some(text => new X509Certificate(text + ends).raw.equals(raw))
}
