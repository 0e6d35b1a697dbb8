/** A DKIM signature: what it covers, in canonical form, and how it is written (RFC 6376, relaxed/relaxed). */
import { type Field, fieldsOf, unfolded } from './fields.ts'

export interface Signing {
  /** Of the key: A-labels. */
  readonly domain: string
  readonly selector: string
  readonly algorithm: 'rsa-sha256' | 'ed25519-sha256'
  /** Of the body in relaxed form, base64. */
  readonly bodyHash: string
  /** Seconds since the epoch. */
  readonly time: number
}

/** RFC 6376 section 5.4.1, but for Resent fields, which are put on and reordered on the way. */
const SIGNED = [
  'from',
  'sender',
  'reply-to',
  'subject',
  'date',
  'message-id',
  'to',
  'cc',
  'mime-version',
  'content-type',
  'content-transfer-encoding',
  'content-id',
  'content-description',
  'in-reply-to',
  'references',
  'list-id',
  'list-help',
  'list-unsubscribe',
  'list-unsubscribe-post',
  'list-subscribe',
  'list-post',
  'list-owner',
  'list-archive',
]
/** Fields of one name that are signed, the lowest first: some programs write hundreds. */
const MOST_ALIKE = 10

/** RFC 5322 section 2.1.1. */
const LINE = 76

/** The field up to its `b=`, and the bytes to sign (section 3.7). */
export function signing(header: Buffer, about: Signing): { readonly begun: string; readonly input: Buffer } {
  const covered = coveredFields(header)
  // Named once more than it is there, it can't be put on top either (section 5.4.2).
  const names = [...covered.map(({ name }) => name), 'from']
  const begun = beginning(about, names)
  const canonical = covered.map(field => `${relaxedField(field)}\r\n`).join('')
  return {
    begun,
    input: Buffer.from(canonical + relaxed('dkim-signature', begun.slice(NAME.length)), 'latin1'),
  }
}

/** The whole field, with its line end. `signature`: base64. */
export function signatureField(begun: string, signature: string): string {
  const lines = signature.match(/.{1,72}/g) ?? []
  return `${begun}${lines.join('\r\n\t')}\r\n`
}

const NAME = 'DKIM-Signature:'

/** By name in the order of `SIGNED`, of each the lowest first (section 5.4.2). */
function coveredFields(header: Buffer): readonly Field[] {
  const fields = fieldsOf(header).toReversed()
  return SIGNED.flatMap(name => fields.filter(field => field.name === name).slice(0, MOST_ALIKE))
}

/** Section 3.4.2. */
function relaxedField({ name, bytes, body }: Field): string {
  return relaxed(name, bytes.toString('latin1', body))
}

function relaxed(name: string, body: string): string {
  return `${name}:${unfolded(body)}`
}

function beginning(about: Signing, names: readonly string[]): string {
  const { domain, selector, algorithm, bodyHash, time } = about
  const first = `${NAME} v=1; a=${algorithm}; c=relaxed/relaxed;`
  const who = `d=${domain}; s=${selector}; t=${time};`
  return [first, who, ...listLines(names), `bh=${bodyHash};`, 'b='].join('\r\n\t')
}

/** `h=from:to:…;`, folded after colons. */
function listLines(names: readonly string[]): readonly string[] {
  const lines = ['h=']
  names.forEach((name, at) => {
    const word = `${name}${at === names.length - 1 ? ';' : ':'}`
    const line = lines.at(-1) ?? ''
    if (line.length + word.length > LINE) lines.push(word)
    else lines[lines.length - 1] = line + word
  })
  return lines
}
