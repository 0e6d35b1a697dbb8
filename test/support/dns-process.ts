/** DNS servers, in a process of their own: UDP and TCP, with zones that arrive as messages (dns2 reads the questions). */
import { createSocket, type RemoteInfo } from 'node:dgram'
import { once } from 'node:events'
import { createServer, isIPv6, type Socket } from 'node:net'
import { Packet } from 'dns2'
import type { Asked, Entry, Kind, Records, Told, Zone } from './dns-server.ts'

const TYPES: Readonly<Record<Kind, number>> = { A: 1, CNAME: 5, MX: 15, TXT: 16, AAAA: 28, TLSA: 52 }
const CODES = { SERVFAIL: 2, NXDOMAIN: 3, REFUSED: 5, FORMERR: 1 }
const EDNS = 41

interface Question {
  readonly id: number
  readonly name: string
  readonly type: number
  readonly hasEdns: boolean
  /** The question section's bytes. */
  readonly bytes: Buffer
}

interface Server {
  readonly number: number
  zone: Zone
  close(): void
}

const servers = new Map<number, Server>()

function tell(told: Told): void {
  process.send?.(told)
}

function readQuestion(bytes: Buffer): Question | undefined {
  const { header, questions, additionals } = Packet.parse(bytes)
  const [question] = questions
  if (!question) return undefined
  const { name, type } = question
  let end = 12
  while (bytes[end]) end += (bytes[end] ?? 0) + 1
  const hasEdns = additionals.some(one => one.type === EDNS)
  return { id: header.id, name: name.toLowerCase(), type, hasEdns, bytes: bytes.subarray(12, end + 5) }
}

interface Said {
  readonly code?: number
  readonly flags?: number
  readonly records?: readonly Buffer[]
  readonly authority?: readonly Buffer[]
}

/** QR, RD and RA; then what is said. */
function message(
  { id, bytes }: Question,
  { code = 0, flags = 0x8180, records = [], authority = [] }: Said,
): Buffer {
  const header = Buffer.alloc(12)
  ;[id, flags | code, 1, records.length, authority.length, 0].forEach((word, at) => {
    header.writeUInt16BE(word & 0xffff, 2 * at)
  })
  return Buffer.concat([header, bytes, ...records, ...authority])
}

/** As servers answer that understood nothing: without the question. */
function headerAlone(whole: Buffer): Buffer {
  const header = Buffer.from(whole.subarray(0, 12))
  header.writeUInt16BE(0, 4)
  return header
}

function nameBytes(name: string): Buffer {
  const labels = name.split('.').filter(label => label !== '')
  return Buffer.concat([
    ...labels.map(label => Buffer.from(`${String.fromCharCode(label.length)}${label}`, 'latin1')),
    Buffer.alloc(1),
  ])
}

function record(name: string, type: number, data: Buffer): Buffer {
  const fixed = Buffer.alloc(10)
  fixed.writeUInt16BE(type, 0)
  fixed.writeUInt16BE(1, 2)
  fixed.writeUInt32BE(1, 4)
  fixed.writeUInt16BE(data.length, 8)
  return Buffer.concat([nameBytes(name), fixed, data])
}

function dataOf(kind: Kind, text: string): Buffer {
  switch (kind) {
    case 'A':
      return Buffer.from(text.split('.').map(Number))
    case 'AAAA':
      return v6Bytes(text)
    case 'CNAME':
      return nameBytes(text)
    case 'MX': {
      const [preference = '0', exchange = ''] = text.split(' ')
      return Buffer.concat([
        Buffer.from([Number(preference) >> 8, Number(preference) & 255]),
        nameBytes(exchange),
      ])
    }
    case 'TXT': {
      const pieces = text.match(/.{1,200}/gs) ?? ['']
      return Buffer.concat(
        pieces.map(piece => Buffer.from(`${String.fromCharCode(piece.length)}${piece}`, 'latin1')),
      )
    }
    case 'TLSA': {
      const [usage, selector, matching, hex = ''] = text.split(' ')
      return Buffer.concat([Buffer.from([usage, selector, matching].map(Number)), Buffer.from(hex, 'hex')])
    }
  }
}

function v6Bytes(text: string): Buffer {
  if (!isIPv6(text)) throw new Error(`${text} is no IPv6 address`)
  const [head = '', tail] = text.split('::')
  const groups = (part: string) => part.split(':').filter(group => group !== '')
  const [first, last] = [groups(head), groups(tail ?? '')]
  const middle = tail === undefined ? [] : Array<string>(8 - first.length - last.length).fill('0')
  return Buffer.from(
    [...first, ...middle, ...last].flatMap(group => {
      const value = Number.parseInt(group, 16)
      return [value >> 8, value & 255]
    }),
  )
}

/** Aliases are followed as far as this zone knows them, but for those that are `bare`. */
function answerTo(question: Question, zone: Zone): Said {
  const records: Buffer[] = []
  let [name, secure] = [question.name, true]
  for (let steps = 0; steps < 20; steps++) {
    const entry = zone[name]
    secure &&= typeof entry === 'object' && entry.secure === true
    const ad = secure ? 0x20 : 0
    if (entry === undefined) return { code: CODES.NXDOMAIN, flags: 0x8180, records }
    if (entry === 'SERVFAIL' || entry === 'REFUSED') return { code: CODES[entry], records }
    if (typeof entry === 'string') return { flags: 0x8180, records }
    const target = entry.CNAME?.[0]
    if (target === undefined || question.type === TYPES.CNAME) {
      records.push(...recordsOf(name, question.type, entry))
      return { flags: 0x8180 | ad, records }
    }
    records.push(record(name, TYPES.CNAME, dataOf('CNAME', target)))
    if (entry.manner === 'bare') return { flags: 0x8180 | ad, records }
    name = target
  }
  return { records }
}

function recordsOf(name: string, type: number, entry: Records): readonly Buffer[] {
  const kinds = Object.keys(TYPES) as Kind[]
  return kinds
    .filter(kind => TYPES[kind] === type)
    .flatMap(kind => (entry[kind] ?? []).map(text => record(name, type, dataOf(kind, text))))
}

/** What goes out over UDP or TCP, in order. */
function replies(question: Question, zone: Zone, isTcp: boolean): readonly Buffer[] {
  const entry: Entry | undefined = zone[question.name]
  const manner = typeof entry === 'object' ? entry.manner : entry
  const truly = message(question, answerTo(question, zone))
  switch (manner) {
    case 'silence':
      return []
    case 'rubbish':
      return [Buffer.concat([message(question, { records: [Buffer.alloc(20, 0xff)] })])]
    case 'loop':
      // A name that points to itself.
      return [
        message(question, {
          records: [
            Buffer.from([
              0xc0,
              12 + question.bytes.length,
              0,
              15,
              0,
              1,
              0,
              0,
              0,
              1,
              0,
              4,
              0,
              1,
              0xc0,
              12 + question.bytes.length,
            ]),
          ],
        }),
      ]
    case 'lame':
      return [
        message(question, { flags: 0x8100, authority: [record('example', 2, nameBytes('ns.example'))] }),
      ]
    case 'truncated':
      return [isTcp ? truly : message(question, { flags: 0x8380 })]
    case 'old':
      return [question.hasEdns ? headerAlone(message(question, { code: CODES.FORMERR })) : truly]
    case 'spoofed': {
      const lie = [record(question.name, question.type, dataOf('MX', '1 evil.example'))]
      const others = {
        ...question,
        bytes: Buffer.concat([nameBytes('other.example'), question.bytes.subarray(-4)]),
      }
      return [
        message({ ...question, id: (question.id + 1) & 0xffff }, { records: lie }),
        message(others, { records: lie }),
        truly,
      ]
    }
    default:
      return [truly]
  }
}

function hear(server: Server, bytes: Buffer, isTcp: boolean): readonly Buffer[] {
  const question = readQuestion(bytes)
  if (!question) return []
  const kind = (Object.keys(TYPES) as Kind[]).find(one => TYPES[one] === question.type)
  tell({
    kind: 'asked',
    number: server.number,
    what: `${isTcp ? 'TCP ' : ''}${kind ?? question.type} ${question.name}`,
  })
  return replies(question, server.zone, isTcp)
}

function overTcp(server: Server, socket: Socket): void {
  let heard = Buffer.alloc(0)
  socket.on('error', () => socket.destroy())
  socket.on('data', bytes => {
    heard = Buffer.concat([heard, bytes])
    if (heard.length < 2 || heard.length < 2 + heard.readUInt16BE(0)) return
    for (const reply of hear(server, heard.subarray(2), true)) {
      const length = Buffer.from([reply.length >> 8, reply.length & 255])
      // In two pieces, as a network may deliver it.
      socket.write(Buffer.concat([length, reply.subarray(0, 5)]))
      setImmediate(() => socket.end(reply.subarray(5)))
    }
  })
}

/** The same port for both. */
async function open(number: number): Promise<void> {
  const server = { number, zone: {}, close: () => {} }
  const tcp = createServer(socket => overTcp(server, socket)).listen(0, '127.0.0.1')
  await once(tcp, 'listening')
  const address = tcp.address()
  const port = typeof address === 'object' && address ? address.port : 0
  const udp = createSocket('udp4')
  udp.on('message', (bytes: Buffer, from: RemoteInfo) => {
    for (const reply of hear(server, bytes, false)) udp.send(reply, from.port, from.address)
  })
  udp.bind(port, '127.0.0.1')
  await once(udp, 'listening')
  server.close = () => {
    tcp.close()
    udp.close()
  }
  servers.set(number, server)
  tell({ kind: 'listening', number, port })
}

process.on('message', (asked: Asked) => {
  const server = servers.get(asked.number)
  switch (asked.kind) {
    case 'open':
      void open(asked.number)
      break
    case 'zone':
      if (server) server.zone = asked.zone
      tell({ kind: 'taken', number: asked.number })
      break
    case 'close':
      server?.close()
      servers.delete(asked.number)
  }
})
process.on('disconnect', () => process.exit(0))
