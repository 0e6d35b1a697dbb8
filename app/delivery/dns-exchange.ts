/** An exchange with a DNS server: one question and its answer, over UDP, and over TCP where it is too long for that. */
import { createSocket } from 'node:dgram'
import { connect, isIPv6 } from 'node:net'
import { answers, type DnsMessage, type Question, questionBytes, readMessage } from './dns-message.ts'

export interface Server {
  readonly address: string
  readonly port: number
}

/** `code` as the system's own resolver names them: `ETIMEOUT`, `EBADRESP`, `ECONNREFUSED`, … */
export class DnsFault extends Error {
  readonly code: string
  /** Whether it was proved that there is nothing. */
  readonly authentic: boolean

  constructor(code: string, authentic = false) {
    super(code)
    this.code = code
    this.authentic = authentic
  }
}

/** Milliseconds for each of the two ways. Rejects with a `DnsFault`, the system's error, or a `RangeError` for what is no name. */
export async function exchange(
  server: Server,
  question: Question,
  patience: number,
  signal: AbortSignal,
): Promise<DnsMessage> {
  const short = read(await overUdp(server, question, patience, signal))
  return short.truncated ? read(await overTcp(server, question, patience, signal)) : short
}

function read(bytes: Buffer): DnsMessage {
  try {
    return readMessage(bytes)
  } catch {
    throw new DnsFault('EBADRESP')
  }
}

interface Waiting {
  readonly done: (bytes: Buffer) => void
  readonly failed: (error: Error) => void
}

/** Waits for an answer, for the end of patience, or until nobody wants it any more; `close` is called in any case. */
function waiting(
  patience: number,
  signal: AbortSignal,
  start: (waiting: Waiting) => () => void,
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    let close = () => {}
    const end = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', aborted)
      close()
    }
    const failed = (error: Error) => {
      end()
      reject(error)
    }
    const done = (bytes: Buffer) => {
      end()
      resolve(bytes)
    }
    const aborted = () => failed(new DnsFault('ECANCELLED'))
    const timer = setTimeout(() => failed(new DnsFault('ETIMEOUT')), patience)
    signal.addEventListener('abort', aborted)
    close = start({ done, failed })
    if (signal.aborted) aborted()
  })
}

/** From a port of its own each time; what isn't its answer is passed over, and the wait goes on (RFC 5452). */
function overUdp({ address, port }: Server, question: Question, patience: number, signal: AbortSignal) {
  const asked = questionBytes(question)
  return waiting(patience, signal, ({ done, failed }) => {
    const socket = createSocket(isIPv6(address) ? 'udp6' : 'udp4')
    socket.on('error', failed)
    socket.on('message', bytes => {
      if (answers(bytes, question)) done(bytes)
    })
    socket.connect(port, address, () => socket.send(asked))
    return () => {
      socket.removeAllListeners('message')
      socket.removeListener('error', failed)
      socket.on('error', () => {})
      socket.close()
    }
  })
}

/** RFC 7766 section 8: the length in two bytes goes before. */
function overTcp({ address, port }: Server, question: Question, patience: number, signal: AbortSignal) {
  const asked = questionBytes(question)
  return waiting(patience, signal, ({ done, failed }) => {
    const socket = connect({ host: address, port, noDelay: true })
    let heard = Buffer.alloc(0)
    socket.on('error', failed)
    socket.on('close', () => failed(new DnsFault('ECONNRESET')))
    socket.on('connect', () => socket.write(Buffer.concat([lengthOf(asked), asked])))
    socket.on('data', bytes => {
      heard = Buffer.concat([heard, bytes])
      const end = heard.length >= 2 ? 2 + heard.readUInt16BE(0) : Number.POSITIVE_INFINITY
      if (heard.length < end) return
      const answer = heard.subarray(2, end)
      if (answers(answer, question)) done(answer)
      else failed(new DnsFault('EBADRESP'))
    })
    return () => {
      socket.removeAllListeners()
      socket.on('error', () => {})
      socket.destroy()
    }
  })
}

function lengthOf(bytes: Buffer): Buffer {
  return Buffer.from([bytes.length >> 8, bytes.length & 255])
}
