/** Answering an authority over HTTP: a server that stands while it is asked, and tells nothing else (RFC 8555 section 8.3). */
import type { Server } from 'node:http'
import type { Socket } from 'node:net'
import { errorCode, errorText } from '../settings/system-error.ts'
import type { Answering, Challenge } from './challenge.ts'

const PLACE = '/.well-known/acme-challenge/'

/** Milliseconds that a client may take for its few lines, how often that is looked at, and how many may be there at a time. */
const PATIENCE = 10_000
const LOOK_EVERY = 1000
const MOST = 50

export class HttpAnswering implements Answering {
  readonly kind = 'http-01'
  readonly #port: number
  readonly #answers = new Map<string, string>()
  #server: Promise<Server> | undefined

  constructor(port: number) {
    this.#port = port
  }

  async answer({ token, answer }: Challenge): Promise<void> {
    this.#answers.set(`${PLACE}${token}`, answer)
    this.#server ??= this.#listen()
    await this.#server
  }

  async forget({ token }: Challenge): Promise<void> {
    this.#answers.delete(`${PLACE}${token}`)
  }

  async close(): Promise<void> {
    const server = await this.#server?.catch(() => undefined)
    this.#server = undefined
    if (!server) return
    const closed = new Promise(resolve => server.close(resolve))
    server.closeAllConnections()
    await closed
  }

  async #listen(): Promise<Server> {
    // Needed once in two months, and the start takes longer with it.
    const { createServer } = await import('node:http')
    const times = {
      requestTimeout: PATIENCE,
      headersTimeout: PATIENCE,
      connectionsCheckingInterval: LOOK_EVERY,
    }
    const server = createServer(times, (request, response) => {
      const answer = request.method === 'GET' ? this.#answers.get(request.url ?? '') : undefined
      const headers = { 'content-type': 'text/plain', connection: 'close' }
      response.writeHead(answer === undefined ? 404 : 200, headers).end(answer ?? 'There is nothing here.\n')
    })
    makeRoom(server)
    return new Promise((resolve, reject) => {
      server.once('error', error => reject(new Error(portWords(this.#port, error))))
      server.listen(this.#port, () => resolve(server))
    })
  }
}

/** The one that is open for longest gives way: an authority asks at once, and idle strangers must not hold its place. */
function makeRoom(server: Server): void {
  const open = new Set<Socket>()
  server.on('connection', socket => {
    open.add(socket)
    socket.once('close', () => open.delete(socket))
    const [oldest] = open
    if (open.size > MOST) oldest?.destroy()
  })
}

function portWords(port: number, error: Error): string {
  switch (errorCode(error)) {
    case 'EADDRINUSE':
      return `port ${port}, where the authority is answered, is in use by another program`
    case 'EACCES':
      return `this user may not listen on port ${port}, where the authority is answered`
    default:
      return `port ${port}, where the authority is answered, can't be opened (${errorText(error)})`
  }
}
