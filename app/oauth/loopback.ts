/** The loopback listener to which the browser comes back after a sign-in (RFC 8252 section 7.3). */
import { once } from 'node:events'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What the browser shows then. */
export interface Shown {
  readonly title: string
  readonly text: string
}

export class Loopback {
  /** Where the browser is to come back to: no slash behind the port. */
  readonly redirect: string
  readonly #server: Server
  /** Of the sign-in that was begun; nothing else is answered. */
  readonly #state: string
  #take: ((returned: URL) => Promise<Shown>) | undefined

  /** `base`: `http://127.0.0.1` or `http://localhost`; nobody but this machine can connect. */
  static async open(base: string, state: string): Promise<Loopback> {
    // Needed seldom, and the start takes longer with it.
    const { createServer } = await import('node:http')
    const server = createServer({ requestTimeout: 10_000, headersTimeout: 10_000, maxHeaderSize: 32 * 1024 })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    return new Loopback(server, `${base}:${port}`, state)
  }

  private constructor(server: Server, redirect: string, state: string) {
    this.#server = server
    this.redirect = redirect
    this.#state = state
    server.on('request', (request, response) => void this.#answer(request, response))
  }

  /** The first time that the browser comes back with our state `take` says what it is shown. */
  onReturn(take: (returned: URL) => Promise<Shown>): void {
    this.#take = take
  }

  /** Resolves when the last page is sent. */
  async close(): Promise<void> {
    const closed = once(this.#server, 'close')
    this.#server.close()
    this.#server.closeIdleConnections()
    const timer = setTimeout(() => this.#server.closeAllConnections(), 1000)
    await closed
    clearTimeout(timer)
  }

  async #answer({ method, url = '/', headers }: IncomingMessage, response: ServerResponse): Promise<void> {
    const returned = URL.canParse(url, this.redirect) ? new URL(url, this.redirect) : undefined
    // A page of the Internet whose name leads here is not answered.
    const isHere = headers.host === new URL(this.redirect).host
    if (method !== 'GET' || !isHere || returned?.pathname !== '/') return send(response, 404, NOTHING)
    if (returned.searchParams.get('state') !== this.#state) return send(response, 400, FOREIGN)
    const take = this.#take
    this.#take = undefined
    send(response, 200, take ? await take(returned) : AGAIN)
  }
}

const NOTHING: Shown = { title: 'Nothing here', text: 'This is where Postern waits for a sign-in.' }
const FOREIGN: Shown = {
  title: 'Not this sign-in',
  text: 'This does not belong to the sign-in that Postern waits for. Begin it again from Postern.',
}
const AGAIN: Shown = { title: 'Done already', text: 'This sign-in has ended. You can close this page.' }

function send(response: ServerResponse, status: number, { title, text }: Shown): void {
  const page = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Postern: ${escaped(title)}</title>
<style>${STYLE}</style><main><h1>${escaped(title)}</h1><p>${escaped(text)}</p></main></html>\n`
  response.writeHead(status, {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
    connection: 'close',
  })
  response.end(page)
}

const STYLE =
  ':root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;display:grid;place-content:center;min-height:90vh;margin:0}main{max-width:32rem;padding:2rem}h1{font-size:1.5rem}'

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, sign => `&#${sign.charCodeAt(0)};`)
}
