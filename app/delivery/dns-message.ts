/** A message of the DNS: questions as they are sent, answers as they are read (RFC 1035 section 4). */
import { SocketAddress } from 'node:net'

export type DnsType = 'A' | 'AAAA' | 'MX' | 'TXT' | 'TLSA'

/** What a record holds; names in lower case, without the last dot (empty for the root). */
export type DnsData =
  | { readonly type: 'A' | 'AAAA'; readonly address: string }
  | { readonly type: 'MX'; readonly preference: number; readonly exchange: string }
  | { readonly type: 'TXT'; readonly text: string }
  | { readonly type: 'CNAME'; readonly target: string }
  | ({ readonly type: 'TLSA' } & Tlsa)

/** RFC 6698 section 2.1. */
export interface Tlsa {
  readonly usage: number
  readonly selector: number
  readonly matching: number
  readonly data: Buffer
}

export interface DnsRecord {
  readonly name: string
  readonly data: DnsData
}

export interface Question {
  readonly id: number
  readonly name: string
  readonly type: DnsType
  /** Whether to say that we take long answers (EDNS, RFC 6891). */
  readonly extended: boolean
}

export interface DnsMessage {
  /** RFC 1035 section 4.1.1: 0 none, 2 failure, 3 no such name, 5 refused. */
  readonly code: number
  /** There is more than fits in: it is asked for again over TCP. */
  readonly truncated: boolean
  /** Whether who answers has proved it (AD, RFC 4035 section 3.2.3). */
  readonly authentic: boolean
  /** Neither an answer, nor from who knows, nor from who asks others: there is nothing to learn here. */
  readonly lame: boolean
  readonly records: readonly DnsRecord[]
}

const TYPES = { A: 1, CNAME: 5, MX: 15, TXT: 16, AAAA: 28, TLSA: 52 } as const
const SOA = 6
const INTERNET = 1
const HEADER = 12
/** Bytes that an answer over UDP may have: what no network on the way cuts into pieces. */
const UDP_SIZE = 1232
/** Names in a message may point to each other; more steps than this are a trap. */
const MOST_STEPS = 130

/** Asks for recursion, and for AD (RFC 6840 section 5.7). Throws a `RangeError` for what can't be a name. */
export function questionBytes({ id, name, type, extended }: Question): Buffer {
  const header = Buffer.alloc(HEADER)
  ;[id, 0x0120, 1, 0, 0, extended ? 1 : 0].forEach((word, at) => {
    header.writeUInt16BE(word, 2 * at)
  })
  const asked = Buffer.from([0, TYPES[type], 0, INTERNET])
  const more = Buffer.from(extended ? [0, 0, 41, UDP_SIZE >> 8, UDP_SIZE & 255, 0, 0, 0, 0, 0, 0] : [])
  return Buffer.concat([header, nameBytes(name), asked, more])
}

/** Whether these bytes answer that question; anybody may send us something (RFC 5452 section 9.1). */
export function answers(bytes: Buffer, { id, name, type }: Question): boolean {
  if (bytes.length < HEADER || bytes.readUInt16BE(0) !== id) return false
  if ((bytes.readUInt8(2) & 0x80) === 0) return false
  // Who doesn't understand the question may not say it again.
  const questions = bytes.readUInt16BE(4)
  if (questions !== 1) return questions === 0 && !isUnderstood(bytes.readUInt8(3) & 15)
  try {
    const asked = readName(bytes, HEADER)
    return asked.name === name.toLowerCase() && bytes.readUInt16BE(asked.end) === TYPES[type]
  } catch {
    return false
  }
}

/** Whether the code isn't one of those of servers that know less than we do (RFC 6891 section 7). */
export function isUnderstood(code: number): boolean {
  return code !== 1 && code !== 4
}

/** Throws a `RangeError` for what isn't a whole message. */
export function readMessage(bytes: Buffer): DnsMessage {
  const flags = bytes.readUInt16BE(2)
  const [code, truncated] = [flags & 15, (flags & 0x0200) !== 0]
  const facts = { code, truncated, authentic: (flags & 0x20) !== 0 }
  if (truncated || !isUnderstood(code)) return { ...facts, lame: false, records: [] }
  const [answered, authority] = [bytes.readUInt16BE(6), bytes.readUInt16BE(8)]
  const { records, end } = readRecords(bytes, readName(bytes, HEADER).end + 4, answered)
  const knows = (flags & 0x0480) !== 0 || readTypes(bytes, end, authority).includes(SOA)
  return { ...facts, lame: code === 0 && answered === 0 && !knows, records }
}

function nameBytes(name: string): Buffer {
  const labels = name.split('.').map(label => Buffer.from(label, 'latin1'))
  if (name.length > 253 || labels.some(({ length }) => length === 0 || length > 63))
    throw new RangeError(`${name} is no name of the DNS`)
  return Buffer.concat([...labels.flatMap(label => [Buffer.from([label.length]), label]), Buffer.alloc(1)])
}

/** RFC 1035 section 4.1.4; `end` is behind it, or behind its first pointer. */
function readName(bytes: Buffer, start: number): { readonly name: string; readonly end: number } {
  const labels: string[] = []
  let end: number | undefined
  let at = start
  for (let steps = 0; steps < MOST_STEPS; steps++) {
    const length = bytes.readUInt8(at)
    if (length === 0) return { name: labels.join('.').toLowerCase(), end: end ?? at + 1 }
    if (length >= 0xc0) {
      end ??= at + 2
      at = bytes.readUInt16BE(at) & 0x3fff
    } else if (length < 0x40 && at + 1 + length <= bytes.length) {
      labels.push(bytes.toString('latin1', at + 1, at + 1 + length))
      at += 1 + length
    } else throw new RangeError('a name is broken')
  }
  throw new RangeError('a name goes round')
}

interface Place {
  readonly name: string
  readonly type: number
  readonly isInternet: boolean
  readonly start: number
  readonly end: number
}

function readPlace(bytes: Buffer, from: number): Place {
  const { name, end: at } = readName(bytes, from)
  const start = at + 10
  const end = start + bytes.readUInt16BE(at + 8)
  if (end > bytes.length) throw new RangeError('a record is cut off')
  return {
    name,
    type: bytes.readUInt16BE(at),
    isInternet: bytes.readUInt16BE(at + 2) === INTERNET,
    start,
    end,
  }
}

function readRecords(bytes: Buffer, from: number, count: number) {
  const records: DnsRecord[] = []
  let at = from
  for (let left = count; left > 0; left--) {
    const place = readPlace(bytes, at)
    const data = place.isInternet ? readData(bytes, place) : undefined
    if (data) records.push({ name: place.name, data })
    at = place.end
  }
  return { records, end: at }
}

function readTypes(bytes: Buffer, from: number, count: number): readonly number[] {
  const types: number[] = []
  let at = from
  for (let left = count; left > 0; left--) {
    const { type, end } = readPlace(bytes, at)
    types.push(type)
    at = end
  }
  return types
}

function readData(bytes: Buffer, { type, start, end }: Place): DnsData | undefined {
  const data = bytes.subarray(start, end)
  switch (type) {
    case TYPES.A:
      return { type: 'A', address: v4Of(data) }
    case TYPES.AAAA:
      return { type: 'AAAA', address: v6Of(data) }
    case TYPES.MX:
      return { type: 'MX', preference: data.readUInt16BE(0), exchange: readName(bytes, start + 2).name }
    case TYPES.CNAME:
      return { type: 'CNAME', target: readName(bytes, start).name }
    case TYPES.TXT:
      return { type: 'TXT', text: readText(data) }
    case TYPES.TLSA: {
      const [usage, selector, matching] = [data.readUInt8(0), data.readUInt8(1), data.readUInt8(2)]
      return { type: 'TLSA', usage, selector, matching, data: Buffer.from(data.subarray(3)) }
    }
  }
  return undefined
}

function v4Of(data: Buffer): string {
  if (data.length !== 4) throw new RangeError('an address is broken')
  return data.join('.')
}

/** As the system writes it. */
function v6Of(data: Buffer): string {
  const groups = Array.from({ length: 8 }, (_, at) => data.readUInt16BE(2 * at).toString(16))
  return new SocketAddress({ address: groups.join(':'), family: 'ipv6' }).address
}

/** Its strings, one behind the other. */
function readText(data: Buffer): string {
  let text = ''
  for (let at = 0; at < data.length; ) {
    const length = data.readUInt8(at)
    text += data.toString('latin1', at + 1, at + 1 + length)
    at += 1 + length
  }
  return text
}
