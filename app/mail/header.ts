/** The header fields Postern writes itself: Received, Date and Message-ID (RFC 5321 section 4.4, RFC 5322). */
import { randomBytes } from 'node:crypto'
import { canonicalDomain, parseAddress } from './address.ts'
import { literalOf, parseLiteral } from './literal.ts'

export interface ReceivedFacts {
  /** What the client said in HELO or EHLO: anything at all. */
  readonly helo: string
  /** The client's IP address. */
  readonly client: string
  readonly hostname: string
  /** `ESMTPSA` and its like (RFC 3848, RFC 6531 section 4.3). */
  readonly protocol: string
  readonly id: string
  /** A comment on the connection, as in `TLSv1.3 with cipher TLS_AES_256_GCM_SHA384`. */
  readonly tls?: string
  /** Canonical; only where it is the only recipient, so that no recipient learns of another. */
  readonly recipient?: string
  /** Milliseconds since the epoch. */
  readonly time: number
}

/** A folded Received field with CR LF at its end. */
export function receivedField(facts: ReceivedFacts): string {
  const { recipient, tls } = facts
  const parts = [
    'Received:',
    `from ${heloName(facts.helo)}`,
    `(${literalOf(facts.client) ?? 'unknown'})`,
    `by ${toWord(facts.hostname)}`,
    `with ${toWord(facts.protocol)}`,
    ...(tls ? [`(${toComment(tls)})`] : []),
    `id ${toWord(facts.id)}`,
    ...(recipient !== undefined && parseAddress(recipient).ok ? [`for <${recipient}>`] : []),
  ]
  return fold([...parts.slice(0, -1), `${parts.at(-1)};`, formatDate(facts.time)])
}

/** Date-time of RFC 5322 section 3.3 in this machine's zone: `Mon, 24 Nov 2025 23:06:07 +0000`. */
export function formatDate(ms: number): string {
  const second = Math.floor(ms / 1000)
  if (second !== latest.second) latest = { second, text: dateOf(new Date(second * 1000)) }
  return latest.text
}

/** A busy second asks for the same date hundreds of times. */
let latest = { second: Number.NaN, text: '' }

function dateOf(date: Date): string {
  const time = [date.getHours(), date.getMinutes(), date.getSeconds()].map(twoDigits).join(':')
  const day = `${DAYS[date.getDay()]}, ${twoDigits(date.getDate())} ${MONTHS[date.getMonth()]}`
  return `${day} ${String(date.getFullYear()).padStart(4, '0')} ${time} ${zoneOf(date)}`
}

/** A new msg-id with its angle brackets (RFC 5322 section 3.6.4). */
export function newMessageId(hostname: string): string {
  const domain = canonicalDomain(hostname) ?? 'localhost'
  return `<${Date.now().toString(36)}.${randomBytes(10).toString('hex')}@${domain}>`
}

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
/** Characters of a line that RFC 5322 section 2.1.1 recommends at most. */
const LINE = 77

/** A domain or literal as it is; of anything else so much that a postmaster can recognise it. */
function heloName(helo: string): string {
  return parseLiteral(helo) ?? (/^[\w.-]{1,255}$/.test(helo) ? helo : (canonicalDomain(helo) ?? toWord(helo)))
}

/** What can't end a word, open a comment or start a line; other characters become `?`. */
function toWord(text: string): string {
  return text.slice(0, 64).replace(/[^\w.-]/g, '?') || 'unknown'
}

function toComment(text: string): string {
  return text.slice(0, 200).replace(/[^ -'*-[\]-~]/g, '?')
}

function fold(parts: readonly string[]): string {
  let field = ''
  let column = 0
  for (const part of parts) {
    const separator = column === 0 ? '' : column + part.length < LINE ? ' ' : '\r\n\t'
    column = separator === '\r\n\t' ? 1 + part.length : column + separator.length + part.length
    field += separator + part
  }
  return `${field}\r\n`
}

function twoDigits(number: number): string {
  return String(number).padStart(2, '0')
}

function zoneOf(date: Date): string {
  const minutes = Math.abs(Math.trunc(date.getTimezoneOffset()))
  const sign = date.getTimezoneOffset() > 0 ? '-' : '+'
  return `${sign}${twoDigits(Math.floor(minutes / 60))}${twoDigits(minutes % 60)}`
}
