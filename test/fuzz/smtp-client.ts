/** A client that sends what it is given, in pieces, plain or through TLS, and takes down what the relay says. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { Endpoint } from '../support/client.ts'

export interface Script {
  /** The client's address. */
  readonly from: string
  /** TLS comes first. */
  readonly isTls: boolean
  /** Everything that is sent, a character for each byte. */
  readonly parts: readonly string[]
  /** What is sent through TLS, once STARTTLS has been answered with 220. */
  readonly secured?: readonly string[]
  /** Bytes of each write; 0: a part each. */
  readonly chunk: number
}

export interface Conversed {
  readonly said: string
  /** Undefined where STARTTLS led to no TLS. */
  readonly saidSecured: string | undefined
}

/** Milliseconds for a session of a few kilobytes. */
const PATIENCE = 20_000
/** Milliseconds without a word, after which it gives STARTTLS up: the line was part of something else. */
const SILENCE = 500

/** Sends it all, as soon as the greeting is there; what the relay said until it closed. */
export async function converse(endpoint: Endpoint, script: Script): Promise<Conversed> {
  const plain = connect({ ...endpoint, localAddress: script.from, allowHalfOpen: true })
  plain.on('error', () => undefined)
  await once(plain, 'connect')
  const line = new Line(script.isTls ? secure(plain) : plain)
  await line.heard(() => line.said.includes('\n'))
  await line.send(script.parts, script.chunk)
  const isSecured =
    script.secured && (await line.heard(() => /^220 2\.0\.0 .*\r\n$/m.test(line.said), SILENCE))
  if (!script.secured || !isSecured) return { said: await line.end(), saidSecured: undefined }
  line.leave()
  const secured = new Line(secure(plain))
  const isUp = new Promise<true>(resolve => secured.socket.once('secureConnect', () => resolve(true)))
  if (!(await Promise.race([isUp, secured.closed]))) {
    // What comes behind it may be taken for a part of the handshake.
    const [, ...behind] = script.parts.join('').split(/STARTTLS\r\n/i)
    assert.notDeepEqual(behind, [''], 'TLS failed that was asked for')
    return { said: line.said, saidSecured: undefined }
  }
  await secured.send(script.secured, script.chunk)
  return { said: line.said, saidSecured: await secured.end() }
}

function secure(plain: Socket): Socket {
  return connectTls({ socket: plain, rejectUnauthorized: false })
}

class Line {
  readonly socket: Socket
  readonly closed: Promise<false>
  #said = ''
  #wake = () => {}

  constructor(socket: Socket) {
    this.socket = socket
    this.closed = new Promise(resolve => socket.on('close', () => resolve(false)))
    socket
      .on('error', () => undefined)
      .on('data', this.#hear)
      .on('end', this.#hangUp)
  }

  get said(): string {
    return this.#said
  }

  readonly #hear = (bytes: Buffer) => {
    this.#said += bytes.toString('latin1')
    this.#wake()
  }

  readonly #hangUp = () => void this.socket.end()

  /** Somebody else goes on with the socket. */
  leave(): void {
    this.socket.off('data', this.#hear).off('end', this.#hangUp)
  }

  /** Whether it comes true before the end, or before so long a silence. */
  async heard(isThere: () => boolean, silence = PATIENCE): Promise<boolean> {
    while (!isThere()) {
      let timer: NodeJS.Timeout | undefined
      const word = new Promise<true>(resolve => {
        this.#wake = () => resolve(true)
      })
      const late = new Promise<false>(resolve => {
        timer = setTimeout(resolve, silence, false)
      })
      const isMore = await Promise.race([word, late, this.closed])
      clearTimeout(timer)
      if (!isMore) return isThere()
    }
    return true
  }

  async send(parts: readonly string[], chunk: number): Promise<void> {
    for (const piece of cut(parts, chunk)) {
      if (!this.socket.writable) break
      await new Promise<void>(resolve => this.socket.write(piece, () => resolve()))
    }
  }

  /** Ends its side; all that was said until the relay ended the other. */
  async end(): Promise<string> {
    if (this.socket.writable) this.socket.end()
    const late = new Promise<boolean>(resolve => setTimeout(resolve, PATIENCE, true).unref())
    const isLate = await Promise.race([this.closed, late])
    this.socket.destroy()
    assert.ok(!isLate, `the session doesn't end; it said ${JSON.stringify(this.#said)}`)
    return this.#said
  }
}

function cut(parts: readonly string[], length: number): Buffer[] {
  if (length === 0) return parts.map(part => Buffer.from(part, 'latin1'))
  const bytes = Buffer.from(parts.join(''), 'latin1')
  // Of what is long, some bytes at a time are enough.
  const step = Math.max(length, Math.ceil(bytes.length / 2000))
  return Array.from({ length: Math.ceil(bytes.length / step) }, (_, at) =>
    bytes.subarray(at * step, (at + 1) * step),
  )
}
