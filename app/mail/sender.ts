/** Another sender: a header section whose From is an address that the next hop takes, and Reply-To the one it was. */
import { type Address, mailboxKey, parseAddress } from './address.ts'
import { bodyText, type Field, fieldsOf, unfolded } from './fields.ts'
import { type Mailbox, type Mailboxes, readMailboxes } from './mailboxes.ts'

/** They speak of the sender that was, or sign it: every DKIM signature covers From (RFC 6376 section 5.4). */
const DROPPED = new Set(['sender', 'dkim-signature'])
/** Where a message has been stands on top (RFC 5321 section 4.4). */
const TRACE = new Set(['received', 'return-path', 'delivered-to', 'x-original-to'])

/** RFC 5322 section 2.1.1. */
const LINE = 78
const LONGEST_LINE = 998
/** Characters of a name that are taken over where it can't stay as it was written. */
const LONGEST_NAME = 200

/**
 * Pure. `header`: up to the empty line; `address`: canonical. Everything else stays byte for byte. It is `header` itself
 * where the message is from that address already.
 */
export function withSender(header: Buffer, address: string): Buffer {
  const fields = fieldsOf(header)
  const froms = fields.filter(({ name }) => name === 'from')
  const lists = froms.map(field => readMailboxes(bodyOf(field)))
  const isOther = lists.some(({ mailboxes }) => mailboxes.some(one => !isSame(one.address, address)))
  if (froms.length === 1 && lists[0]?.mailboxes.length === 1 && !isOther && !fields.some(isSender))
    return header
  const [first] = froms
  const from = fromField(first, lists[0], address)
  const answered = fields.some(field => field.name === 'reply-to' && bodyText(field) !== '')
  const replyTo = answered || !isOther ? [] : replyToField(froms, lists)
  const kept = fields.filter(({ name }) => !DROPPED.has(name) && (answered || name !== 'reply-to'))
  if (!first) return Buffer.concat(withFrom(kept, from))
  return Buffer.concat(
    kept.flatMap(field =>
      field === first ? [from, ...replyTo] : field.name === 'from' ? [] : [field.bytes],
    ),
  )
}

/** The one address a message is from; undefined where it is from several, from none, or where that can't be read. */
export function senderOf(header: Buffer): Address | undefined {
  const froms = fieldsOf(header).filter(({ name }) => name === 'from')
  if (froms.length !== 1) return undefined
  const [mailbox, ...others] = froms.flatMap(field => readMailboxes(bodyOf(field)).mailboxes)
  const parsed = mailbox && others.length === 0 ? parseAddress(utf8(mailbox.address)) : undefined
  return parsed?.ok ? parsed.address : undefined
}

function isSender({ name }: Field): boolean {
  return name === 'sender'
}

function bodyOf({ bytes, body }: Field): string {
  return bytes.toString('latin1', body).replace(/\r\n$/, '')
}

/** A message without From gets one behind the trace. */
function withFrom(fields: readonly Field[], from: Buffer): readonly Buffer[] {
  const place = fields.findIndex(({ name }) => !TRACE.has(name))
  const all = fields.map(({ bytes }) => bytes)
  return place < 0 ? [...all.map(ended), from] : all.toSpliced(place, 0, from)
}

/** The last line of a message may lack its end. */
function ended(bytes: Buffer): Buffer {
  return bytes.at(-1) === 0x0a ? bytes : Buffer.concat([bytes, Buffer.from('\r\n')])
}

function fromField(field: Field | undefined, list: Mailboxes | undefined, address: string): Buffer {
  const name = field && list ? (keptName(field, list) ?? madeName(field, list)) : Buffer.from('From:')
  const place = Buffer.from(`<${address}>\r\n`)
  const line = name.length - (name.lastIndexOf('\n') + 1) + 1 + place.length
  const fits = line <= (name.includes('\n') ? LONGEST_LINE : LINE)
  const ends = name.at(-1) === 0x20 || name.at(-1) === 0x09
  if (fits) return Buffer.concat([name, Buffer.from(ends ? '' : ' '), place])
  return Buffer.concat([name, Buffer.from('\r\n '), place])
}

/** The field up to its angle bracket, where a name stands before it as the grammar has it; without white space behind it. */
function keptName(field: Field, { mailboxes, group, odd }: Mailboxes): Buffer | undefined {
  const { bytes, body } = field
  const [first] = mailboxes
  const span =
    group ?? (first?.open !== undefined && !odd ? { start: first.start, end: first.open } : undefined)
  if (!span || unfolded(bytes.toString('latin1', body + span.start, body + span.end)) === '') return undefined
  const end = body + span.end - trailing(bytes.subarray(body, body + span.end))
  const begin = span.start === 0 ? 0 : body + span.start
  const name = bytes.subarray(begin, end)
  return begin === 0 ? name : Buffer.concat([Buffer.from('From:'), name])
}

function trailing(bytes: Buffer): number {
  return bytes.length - bytes.toString('latin1').trimEnd().length
}

/** What stands before or beside the address as the name, else the address; where there is none, all that stands there. */
function madeName(field: Field, { mailboxes, odd }: Mailboxes): Buffer {
  const [first] = mailboxes
  const before = first?.open === undefined || !odd ? '' : bodyOf(field).slice(0, first.open)
  const beside = first?.open === undefined ? unfolded(first?.comment ?? '').replace(/\\(.)/g, '$1') : ''
  const name = [unfolded(before), beside, first?.address ?? bodyOf(field)].find(text => text !== '') ?? ''
  const words = phrase(utf8(unfolded(name)).slice(0, LONGEST_NAME))
  return Buffer.from(words === '' ? 'From:' : `From: ${words}`)
}

/** A quoted string, or beyond ASCII encoded words (RFC 2047), which every next hop takes. */
function phrase(text: string): string {
  const plain = text.replace(/[\p{C}\ufffd]/gu, '').trim()
  if (/^[ -~]*$/.test(plain)) return plain === '' ? '' : `"${plain.replace(/["\\]/g, '\\$&')}"`
  return slices(Array.from(plain), 10)
    .map(part => `=?UTF-8?B?${Buffer.from(part.join('')).toString('base64')}?=`)
    .join('\r\n ')
}

function slices<T>(all: readonly T[], length: number): T[][] {
  return Array.from({ length: Math.ceil(all.length / length) }, (_, at) =>
    all.slice(at * length, (at + 1) * length),
  )
}

/** Their bodies as they are, or the addresses in one that can't be read as a whole; none where nobody stands in them. */
function replyToField(froms: readonly Field[], lists: readonly Mailboxes[]): readonly Buffer[] {
  const bodies = froms.flatMap((field, at) => {
    const { mailboxes = [], odd = true } = lists[at] ?? {}
    if (odd) return addressesIn(mailboxes)
    return mailboxes.length > 0 ? [bodyOf(field)] : []
  })
  if (bodies.length === 0) return []
  const body = bodies.join(',\r\n\t')
  const [first = ''] = body.split('\r\n', 1)
  const space = /^[ \t\r]/.test(body) ? '' : ' '
  const begin = first.length + 'Reply-To: '.length > LONGEST_LINE ? 'Reply-To:\r\n ' : `Reply-To:${space}`
  return [Buffer.from(`${begin}${body}\r\n`, 'latin1')]
}

function addressesIn(mailboxes: readonly Mailbox[]): readonly string[] {
  return mailboxes.flatMap(({ address }) => (parseAddress(utf8(address)).ok ? [`<${address}>`] : []))
}

function isSame(written: string, address: string): boolean {
  const [one, other] = [parseAddress(utf8(written)), parseAddress(address)]
  return one.ok && other.ok && mailboxKey(one.address) === mailboxKey(other.address)
}

function utf8(bytes: string): string {
  return Buffer.from(bytes, 'latin1').toString('utf8')
}
