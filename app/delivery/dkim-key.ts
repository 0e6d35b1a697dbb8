/** A DKIM key: made or imported, and the DNS record that tells the world its public half (RFC 6376 section 3.6.1). */
import { createPrivateKey, createPublicKey, generateKeyPair, type KeyObject } from 'node:crypto'
import { promisify } from 'node:util'

export type KeyKind = 'rsa' | 'ed25519'

const generate = promisify(generateKeyPair)
/** RFC 8301 section 3.2 asks for 1024 at least; DNS answers of longer keys than this don't fit one packet. */
const BITS = 2048
const LEAST_BITS = 1024
const MOST_BITS = 4096

/** A new private key, PEM (PKCS #8). */
export async function makeKey(kind: KeyKind): Promise<string> {
  const format = { privateKeyEncoding: { type: 'pkcs8', format: 'pem' } } as const
  const publicKeyEncoding = { type: 'spki', format: 'pem' } as const
  const { privateKey } =
    kind === 'rsa'
      ? await generate('rsa', { modulusLength: BITS, ...format, publicKeyEncoding })
      : await generate('ed25519', { ...format, publicKeyEncoding })
  return privateKey
}

/** The private key in a PEM; else a sentence that says what to do. It repeats nothing of the text. */
export function readKey(pem: string): KeyObject | string {
  if (/ENCRYPTED/.test(pem)) return 'Take the password off the key first: openssl pkey -in KEY -out PLAIN'
  let key: KeyObject
  try {
    key = createPrivateKey(pem)
  } catch {
    return 'Give a private key in PEM form: text that begins with BEGIN PRIVATE KEY, or BEGIN RSA PRIVATE KEY, between dashes.'
  }
  const bits = key.asymmetricKeyDetails?.modulusLength ?? 0
  if (key.asymmetricKeyType === 'ed25519') return key
  if (key.asymmetricKeyType !== 'rsa') return 'Give an RSA or Ed25519 key: DKIM knows no others.'
  if (bits < LEAST_BITS)
    return `Make a new key: this one has only ${bits} bits, and nobody takes its signatures.`
  return bits > MOST_BITS
    ? `Make a new key: this one has ${bits} bits, and servers need take only up to ${MOST_BITS}.`
    : key
}

export interface DkimRecord {
  /** `mail2026._domainkey.example.com`. */
  readonly name: string
  /** In one line. */
  readonly value: string
}

/** Undefined where the secret holds no such key. */
export function recordOf(domain: string, selector: string, pem: string | undefined): DkimRecord | undefined {
  const key = pem === undefined ? undefined : readKey(pem)
  if (key === undefined || typeof key === 'string') return undefined
  const kind = key.asymmetricKeyType === 'rsa' ? 'rsa' : 'ed25519'
  return { name: recordName(domain, selector), value: `v=DKIM1; k=${kind}; p=${publicPart(key)}` }
}

export function recordName(domain: string, selector: string): string {
  return `${selector}._domainkey.${domain}`
}

/** Base64: the whole structure of RSA, the 32 bytes alone of Ed25519 (RFC 8463 section 4). */
function publicPart(key: KeyObject): string {
  const spki = createPublicKey(key).export({ type: 'spki', format: 'der' })
  return (key.asymmetricKeyType === 'rsa' ? spki : spki.subarray(-32)).toString('base64')
}

/** Octets of one string of a TXT record (RFC 1035 section 3.3). */
const STRING = 255

/** The record's value in strings that are each short enough. */
export function stringsOf(value: string): readonly string[] {
  return value.match(new RegExp(`.{1,${STRING}}`, 'g')) ?? []
}

/** A line for a zone file. */
export function zoneLine({ name, value }: DkimRecord): string {
  const strings = stringsOf(value).map(part => `"${part}"`)
  return `${name}. IN TXT ( ${strings.join(' ')} )`
}

/** What the DNS says about a key. */
export type RecordState = 'stands' | 'missing' | 'other' | 'revoked' | 'unanswered'

/** `answers`: the TXT records at the name, the strings of each joined. */
export function compareRecord(value: string, answers: readonly string[]): RecordState {
  const found = answers.map(tagsOf).filter(tags => tags.has('p'))
  if (found.length === 0) return 'missing'
  const wanted = tagsOf(value)
  const isWanted = (tags: ReadonlyMap<string, string>) =>
    tags.get('p') === wanted.get('p') && (tags.get('k') ?? 'rsa') === wanted.get('k') && isForMail(tags)
  // Of several a verifier takes any one (RFC 6376 section 3.6.2.2).
  if (found.every(isWanted)) return 'stands'
  return found.length === 1 && found[0]?.get('p') === '' ? 'revoked' : 'other'
}

/** RFC 6376 section 3.6.1: what the record says that the key is good for. */
function isForMail(tags: ReadonlyMap<string, string>): boolean {
  const version = tags.get('v') ?? 'DKIM1'
  const lists = (name: string, most: string) => {
    const list = tags.get(name)?.split(':')
    return list === undefined || list.includes('*') || list.includes(most)
  }
  return version === 'DKIM1' && lists('h', 'sha256') && lists('s', 'email')
}

function tagsOf(text: string): ReadonlyMap<string, string> {
  const pairs = text.split(';').map(part => {
    const at = part.indexOf('=')
    return [part.slice(0, Math.max(at, 0)).trim(), part.slice(at + 1).replace(/\s/g, '')] as const
  })
  return new Map(pairs.filter(([name]) => name !== ''))
}
