/** A DNS server on loopback, of the kind a resolver asks: RFC 1035 over UDP, with zones that a test changes. */
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { isIPv4, SocketAddress } from 'node:net'
import { atEnd, type Ending } from './ending.ts'
import { waitFor } from './wait.ts'

/** How it answers: truly, with an error (RFC 1035 section 4.1.1), with bytes that mean nothing, or not at all. */
export type Manner = 'true' | 'failure' | 'refusal' | 'rubbish' | 'silence'

interface Question {
  readonly id: number
  readonly name: string
  readonly type: number
  /** As it came, to be said again. */
  readonly bytes: Buffer
}

const A = 1
const AAAA = 28
const CODES = { none: 0, failure: 2, unknown: 3, refusal: 5 } as const

export class DnsServer {
  /** As the settings name it. */
  readonly address: string
  manner: Manner = 'true'
  /** Of questions for IPv6 addresses, where they are answered in another one. */
  manner6: Manner | undefined
  /** The names that were asked for, in order, with `A` or `AAAA`. */
  readonly asked: string[] = []
  readonly #zone = new Map<string, readonly string[]>()
  readonly #socket: Socket

  constructor(socket: Socket) {
    this.#socket = socket
    this.address = `127.0.0.1:${socket.address().port}`
    socket.on('message', (bytes, from) => this.#hear(bytes, from))
  }

  /** From now on the name has these addresses, IPv4 and IPv6; with none it exists and has no address. */
  set(name: string, ...addresses: readonly string[]): void {
    this.#zone.set(name, addresses)
  }

  /** From now on there is no such name. */
  remove(name: string): void {
    this.#zone.delete(name)
  }

  /** Until it was asked so many times more. */
  async waitForQuestions(count: number): Promise<void> {
    const end = this.asked.length + count
    await waitFor(`${count} questions to the DNS`, () => this.asked.length >= end || undefined)
  }

  #hear(bytes: Buffer, from: RemoteInfo): void {
    const question = readQuestion(bytes)
    if (!question) return
    this.asked.push(`${question.name} ${question.type === AAAA ? 'AAAA' : 'A'}`)
    const reply = this.#replyTo(question)
    if (reply) this.#socket.send(reply, from.port, from.address)
  }

  #replyTo(question: Question): Buffer | undefined {
    const manner = (question.type === AAAA ? this.manner6 : undefined) ?? this.manner
    switch (manner) {
      case 'silence':
        return undefined
      case 'rubbish':
        return Buffer.concat([header(question, CODES.none, 7), question.bytes, Buffer.alloc(20, 0xff)])
      case 'failure':
      case 'refusal':
        return Buffer.concat([header(question, CODES[manner], 0), question.bytes])
      case 'true': {
        const addresses = this.#zone.get(question.name)
        const records = (addresses ?? [])
          .filter(address => isIPv4(address) === (question.type === A))
          .map(recordOf)
        const code = addresses ? CODES.none : CODES.unknown
        return Buffer.concat([header(question, code, records.length), question.bytes, ...records])
      }
    }
  }
}

/** Closed when the test has ended. */
export async function startDns(test: Ending): Promise<DnsServer> {
  const socket = createSocket('udp4')
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  atEnd(test, () => void socket.close())
  return new DnsServer(socket)
}

/** RFC 1035 section 4.1.2; one question, and no names that point elsewhere. */
function readQuestion(bytes: Buffer): Question | undefined {
  const labels: string[] = []
  let at = 12
  for (;;) {
    const length = bytes[at]
    if (length === undefined || length > 63) return undefined
    at += 1
    if (length === 0) break
    labels.push(bytes.toString('latin1', at, at + length).toLowerCase())
    at += length
  }
  if (bytes.length < at + 4) return undefined
  return {
    id: bytes.readUInt16BE(0),
    name: labels.join('.'),
    type: bytes.readUInt16BE(at),
    bytes: bytes.subarray(12, at + 4),
  }
}

/** RFC 1035 section 4.1.1: an answer, recursion desired and available. */
function header({ id }: Question, code: number, answers: number): Buffer {
  const words = [id, 0x8180 | code, 1, answers, 0, 0]
  const bytes = Buffer.alloc(12)
  words.forEach((word, index) => {
    bytes.writeUInt16BE(word, 2 * index)
  })
  return bytes
}

/** RFC 1035 section 4.1.3, RFC 3596; the name is that of the question, at offset 12. */
function recordOf(address: string): Buffer {
  const data = isIPv4(address) ? Buffer.from(address.split('.').map(Number)) : bytesOf(address)
  const bytes = Buffer.alloc(12)
  bytes.writeUInt16BE(0xc00c, 0)
  bytes.writeUInt16BE(isIPv4(address) ? A : AAAA, 2)
  bytes.writeUInt16BE(1, 4)
  bytes.writeUInt32BE(60, 6)
  bytes.writeUInt16BE(data.length, 10)
  return Buffer.concat([bytes, data])
}

function bytesOf(address: string): Buffer {
  const text = new SocketAddress({ address, family: 'ipv6' }).address
  const [head = '', tail = ''] = text.split('::')
  const wordsOf = (part: string) =>
    part
      .split(':')
      .filter(word => word !== '')
      .flatMap(groupOf)
  const [first, last] = [wordsOf(head), wordsOf(tail)]
  const words = [...first, ...Array<number>(8 - first.length - last.length).fill(0), ...last]
  return Buffer.from(words.flatMap(word => [word >> 8, word & 255]))
}

function groupOf(word: string): readonly number[] {
  if (!isIPv4(word)) return [Number.parseInt(word, 16)]
  const [a = 0, b = 0, c = 0, d = 0] = word.split('.').map(Number)
  return [a * 256 + b, c * 256 + d]
}
