/** A DNS server on a real UDP socket, with zones that a test writes; dns2 speaks the protocol. */
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { Packet } from 'dns2'
import { atEnd, type Ending } from './ending.ts'

type Kind = 'MX' | 'A' | 'AAAA' | 'TXT' | 'CNAME'

/** `10 mx.example` for MX, else the record's own text. */
export type Zone = Readonly<Record<string, Partial<Record<Kind, readonly string[]>> | 'SERVFAIL' | 'silence'>>

export interface DnsServer {
  /** `127.0.0.1:PORT`. */
  readonly address: string
  /** Questions, as `MX y.example`. */
  readonly asked: string[]
  zone: Zone
}

const NXDOMAIN = 3
const SERVFAIL = 2

export async function startDns(test: Ending, zone: Zone): Promise<DnsServer> {
  const socket = createSocket('udp4')
  const asked: string[] = []
  const server = { address: '', asked, zone }
  socket.on('message', (bytes, from) => {
    const query = Packet.parse(bytes)
    const [question] = query.questions
    if (!question) return
    const name = question.name.toLowerCase()
    const kind = kindOf(question.type)
    asked.push(`${kind ?? question.type} ${name}`)
    const found = server.zone[name]
    if (found === 'silence') return
    const response = Packet.createResponseFromRequest(query)
    if (found === 'SERVFAIL') response.header.rcode = SERVFAIL
    else if (!found) response.header.rcode = NXDOMAIN
    else response.answers.push(...recordsOf(name, found, kind))
    socket.send(response.toBuffer(), from.port, from.address)
  })
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  atEnd(test, () => void socket.close())
  server.address = `127.0.0.1:${socket.address().port}`
  return server
}

function kindOf(type: number): Kind | undefined {
  const kinds = ['MX', 'A', 'AAAA', 'TXT', 'CNAME'] as const
  return kinds.find(kind => Packet.TYPE[kind] === type)
}

function recordsOf(name: string, zone: Partial<Record<Kind, readonly string[]>>, kind: Kind | undefined) {
  const kinds = zone.CNAME ? (['CNAME'] as const) : kind ? [kind] : []
  return kinds.flatMap(one =>
    (zone[one] ?? []).map(text =>
      Object.assign(new Packet.Resource(), {
        ...{ name, type: Packet.TYPE[one], class: Packet.CLASS.IN, ttl: 1 },
        ...dataOf(one, text),
      }),
    ),
  )
}

function dataOf(kind: Kind, text: string): object {
  switch (kind) {
    case 'MX': {
      const [priority = '0', exchange = ''] = text.split(' ')
      return { priority: Number(priority), exchange: exchange === '.' ? '' : exchange }
    }
    case 'TXT':
      return { data: text.match(/.{1,255}/g) ?? [''] }
    case 'CNAME':
      return { domain: text }
    default:
      return { address: text }
  }
}
