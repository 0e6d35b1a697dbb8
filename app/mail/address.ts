/** A mail address: the one strict parser and the one canonical form (RFC 5321 section 4.1.2, RFC 6531 section 3.3). */
import { parseDomain } from './domain.ts'
import { parseLiteral } from './literal.ts'
import { hiddenCharacter, nameCharacter } from './printable.ts'

export { canonicalDomain } from './domain.ts'

export interface Address {
  /** Its content, without quotation marks and backslashes; case as it was written. */
  readonly localPart: string
  /** Lower case, A-labels, no trailing dot; or a literal, `[192.0.2.1]` or `[IPv6:2001:db8::1]` (RFC 5952). */
  readonly domain: string
}

export type ParsedAddress =
  | { readonly ok: true; readonly address: Address }
  /** A short phrase for a reply, printable ASCII: `"," must be quoted in a local part`. */
  | { readonly ok: false; readonly problem: string }

/** RFC 5321 section 4.5.3.1.1, octets, quotation marks included. */
const LONGEST_LOCAL_PART = 64
/** RFC 5321 section 4.5.3.1.3, octets, without the angle brackets. */
const LONGEST_ADDRESS = 254
/** Code units: nothing longer can become an address, however it is escaped, so it isn't even looked at. */
const LONGEST_TEXT = 1000

const DOT_STRING =
  /^[\w!#$%&'*+/=?^`{|}~\u0080-\u{10ffff}-]+(?:\.[\w!#$%&'*+/=?^`{|}~\u0080-\u{10ffff}-]+)*$/u
const NOT_IN_DOT_STRING = /[^\w!#$%&'*+/=?^`{|}~\u0080-\u{10ffff}.-]/u
/** A backslash stands before ASCII only: RFC 6531 widens qtextSMTP, not quoted-pairSMTP. */
const QUOTED_STRING = /^"((?:[ !#-[\]-~\u0080-\u{10ffff}]|\\[ -~])*)"/u

/**
 * The grammar allows them quoted, but nodemailer's SMTP client puts no address on the wire that holds one. Refused
 * here, they never get a 250 for a message that can't go on.
 */
const NOT_SENDABLE = /[<>]/

/** Reads a Mailbox: no comments, folding, source route or angle brackets. */
export function parseAddress(text: string): ParsedAddress {
  if (text.length > LONGEST_TEXT) return refuse('the address is too long')
  const hidden = hiddenCharacter(text)
  if (hidden !== undefined)
    return refuse(`the character ${nameCharacter(hidden)} isn't allowed in an address`)
  const split = text.startsWith('"') ? splitQuoted(text) : splitDotString(text)
  if (!split.ok) return split
  const bracket = NOT_SENDABLE.exec(split.address.localPart)
  if (bracket) return refuse(`${nameCharacter(bracket[0])} can't stand in a local part here`)
  const domain = split.address.domain.startsWith('[')
    ? parseLiteralDomain(split.address.domain)
    : parseDomain(split.address.domain)
  return domain.ok ? checkLength({ localPart: split.address.localPart, domain: domain.domain }) : domain
}

/** Canonical form; quotation marks and backslashes only where they must be. Parses to the same address again. */
export function formatAddress(address: Address): string {
  return `${formatLocalPart(address.localPart)}@${address.domain}`
}

/** Whether it can be sent without SMTPUTF8 (RFC 6531). */
export function isAscii(address: Address): boolean {
  return /^[\0-\x7f]*$/.test(address.localPart)
}

/** Equal for internal addresses that name one mailbox: case and Unicode's composition don't count. Not for the wire. */
export function mailboxKey(address: Address): string {
  return `${foldCase(address.localPart)}@${address.domain}`
}

function refuse(problem: string): ParsedAddress & { ok: false } {
  return { ok: false, problem }
}

function splitQuoted(text: string): ParsedAddress {
  const quoted = QUOTED_STRING.exec(text)
  if (!quoted) {
    return /\\[^ -~]/.test(text)
      ? refuse('in a quoted local part "\\" can stand before ASCII characters only')
      : refuse('the quoted local part has no closing quotation mark')
  }
  const rest = text.slice(quoted[0].length)
  if (!rest.startsWith('@')) return refuse('a quoted local part must be followed by "@"')
  return {
    ok: true,
    address: { localPart: (quoted[1] ?? '').replace(/\\(.)/g, '$1'), domain: rest.slice(1) },
  }
}

function splitDotString(text: string): ParsedAddress {
  const at = text.indexOf('@')
  if (at < 0) return refuse('it has no "@" and domain')
  if (at === 0) return refuse('the part before the "@" is missing')
  const localPart = text.slice(0, at)
  const wrong = NOT_IN_DOT_STRING.exec(localPart)
  if (wrong && !NOT_SENDABLE.test(wrong[0]))
    return refuse(`${nameCharacter(wrong[0])} must be quoted in a local part`)
  if (!wrong && !DOT_STRING.test(localPart)) {
    return refuse("a local part that isn't quoted can't begin or end with a dot, or hold two in a row")
  }
  return { ok: true, address: { localPart, domain: text.slice(at + 1) } }
}

function parseLiteralDomain(text: string): ReturnType<typeof parseDomain> {
  const domain = parseLiteral(text)
  if (domain !== undefined) return { ok: true, domain }
  return refuse('an address literal is written as in [192.0.2.1] or [IPv6:2001:db8::1]')
}

/** Measured as it goes on to the next hop, which is held to the same limits. */
function checkLength(address: Address): ParsedAddress {
  if (Buffer.byteLength(formatLocalPart(address.localPart)) > LONGEST_LOCAL_PART) {
    return refuse(`the local part is longer than ${LONGEST_LOCAL_PART} octets`)
  }
  if (Buffer.byteLength(formatAddress(address)) > LONGEST_ADDRESS) {
    return refuse(`the address is longer than ${LONGEST_ADDRESS} octets`)
  }
  return { ok: true, address }
}

function formatLocalPart(localPart: string): string {
  return DOT_STRING.test(localPart) ? localPart : `"${localPart.replace(/["\\]/g, '\\$&')}"`
}

/** Letter by letter, so that a sigma's form doesn't depend on its place; both its small forms are one. */
function foldCase(text: string): string {
  return Array.from(text.normalize('NFC'), character => character.toLowerCase())
    .join('')
    .replaceAll('ς', 'σ')
    .normalize('NFC')
}
