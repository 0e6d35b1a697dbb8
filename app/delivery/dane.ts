/** DANE: the certificate that a mail host publishes in a DNS that is proved (RFC 6698, RFC 7672). */
import { createHash, X509Certificate } from 'node:crypto'
import { checkServerIdentity, type DetailedPeerCertificate, type PeerCertificate } from 'node:tls'
import { reply } from '../mail/reply.ts'
import { errorCode } from '../settings/system-error.ts'
import type { Tlsa } from './dns-message.ts'
import { Failure } from './failure.ts'
import type { MailHost } from './mail-hosts.ts'
import type { Dane } from './next-hop.ts'
import type { Resolver } from './resolver.ts'

const AUTHORITY = 2
const END_ENTITY = 3
/** RFC 6698 section 2.1.3: the thing itself, or its hash of so many bytes. */
const HASHES = [undefined, { name: 'sha256', bytes: 32 }, { name: 'sha512', bytes: 64 }] as const
/** Certificates in a row, from the server's own to an authority. */
const LONGEST_CHAIN = 10

/**
 * Undefined where nothing is published, or nothing that is proved. Rejects with a transient `Failure` where that can't
 * be learned: then nobody may go there (RFC 7672 section 2.1.3).
 */
export async function daneOf(
  host: MailHost,
  port: number,
  domain: string,
  resolver: Pick<Resolver, 'find'>,
): Promise<Dane | undefined> {
  if (!host.authentic) return undefined
  for (const base of new Set([host.canonical, host.name])) {
    const records = await published(`_${port}._tcp.${base}`, host.name, resolver)
    if (records.length === 0) continue
    return { records: records.filter(isUsable), base, names: [...new Set([base, host.name, domain])] }
  }
  return undefined
}

async function published(
  name: string,
  host: string,
  resolver: Pick<Resolver, 'find'>,
): Promise<readonly Tlsa[]> {
  try {
    const { data, authentic } = await resolver.find(name, 'TLSA')
    return authentic ? data.flatMap(one => (one.type === 'TLSA' ? [one] : [])) : []
  } catch (error) {
    const code = errorCode(error)
    if (code === 'ENOTFOUND' || code === 'ENODATA' || error instanceof RangeError) return []
    const words = `the DNS doesn't say which certificate ${host} must have (DANE, ${code})`
    throw new Failure(reply(451, '4.7.5', words), 'tls')
  }
}

/** RFC 7672 section 3.1.3: usages 0 and 1 say nothing to whoever sends mail. */
function isUsable({ usage, selector, matching, data }: Tlsa): boolean {
  if ((usage !== AUTHORITY && usage !== END_ENTITY) || selector > 1 || matching > 2) return false
  const hash = HASHES[matching]
  return hash ? data.length === hash.bytes : data.length > 0
}

/** Why the certificate isn't one of those published, in words; undefined where it is. */
export function daneProblem({ records, names }: Dane, peer: DetailedPeerCertificate): string | undefined {
  if (records.length === 0) return undefined
  if (!peer.raw) return 'it shows no certificate'
  const chain = chainOf(peer)
  const [own] = chain
  // Neither name nor dates count here (RFC 7672 section 3.1.1).
  if (own && records.some(record => record.usage === END_ENTITY && matches(record, own))) return undefined
  const anchors = records.filter(({ usage }) => usage === AUTHORITY)
  if (anchors.length === 0 || !isSignedUnder(anchors, chain))
    return 'its certificate is another than the one published'
  if (names.some(name => checkServerIdentity(name, peer as PeerCertificate) === undefined)) return undefined
  return `its certificate is for none of ${names.join(', ')}`
}

function chainOf(peer: DetailedPeerCertificate): readonly X509Certificate[] {
  const chain: X509Certificate[] = []
  let at: DetailedPeerCertificate | undefined = peer
  while (at?.raw && chain.length < LONGEST_CHAIN) {
    chain.push(new X509Certificate(at.raw))
    // A root is its own issuer.
    at = at.issuerCertificate === at ? undefined : at.issuerCertificate
  }
  return chain
}

function matches({ selector, matching, data }: Tlsa, certificate: X509Certificate): boolean {
  const whole =
    selector === 0 ? certificate.raw : certificate.publicKey.export({ type: 'spki', format: 'der' })
  const hash = HASHES[matching]
  return data.equals(hash ? createHash(hash.name).update(whole).digest() : whole)
}

/** From the server's own certificate up to an authority that is published, each signed by the next and in time. */
function isSignedUnder(anchors: readonly Tlsa[], [own, ...above]: readonly X509Certificate[]): boolean {
  let below = own
  if (!below || !isInTime(below)) return false
  for (const issuer of [...above, ...publishedWhole(anchors)]) {
    if (!isIssued(below, issuer)) continue
    if (anchors.some(anchor => matches(anchor, issuer))) return true
    below = issuer
  }
  return false
}

/** An authority may stand in the record itself, and not be sent (RFC 7672 section 3.1.2). */
function publishedWhole(anchors: readonly Tlsa[]): readonly X509Certificate[] {
  return anchors.flatMap(({ selector, matching, data }) => {
    if (selector !== 0 || matching !== 0) return []
    try {
      return [new X509Certificate(data)]
    } catch {
      return []
    }
  })
}

function isIssued(below: X509Certificate, issuer: X509Certificate): boolean {
  return issuer.ca && isInTime(issuer) && below.checkIssued(issuer) && below.verify(issuer.publicKey)
}

function isInTime({ validFrom, validTo }: X509Certificate): boolean {
  const now = Date.now()
  return Date.parse(validFrom) <= now && now <= Date.parse(validTo)
}
