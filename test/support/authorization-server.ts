/** An authorization server in its own process, and the browser of a person who signs in with it. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import type { Ending } from './ending.ts'
import { type Process, startProcess } from './process.ts'

export const CLIENT = 'postern-office'
/** One that has a secret. */
export const SECRET_CLIENT = 'postern-secret'
export const CLIENT_SECRET = 'a secret of the client, long enough to be one'
export const USER = 'office@example.com'

export class AuthorizationServer {
  readonly issuer: string
  readonly process: Process

  constructor(issuer: string, process: Process) {
    this.issuer = issuer
    this.process = process
  }

  /** Seconds that tokens are good, whether it rotates, what it refuses; see authorization-process.ts. */
  async wish(wishes: object): Promise<void> {
    await this.#test('wish', wishes)
  }

  /** The person takes back what was allowed. */
  async revoke(): Promise<void> {
    await this.#test('revoke', {})
  }

  /** The access tokens given so far are good no more; those to renew them with are. */
  async revokeAccess(): Promise<void> {
    await this.#test('revoke-access', {})
  }

  /** What was asked of the token endpoint so far, as in `refresh_token ok`. */
  async asked(): Promise<readonly string[]> {
    return this.#test('asked', {}) as Promise<readonly string[]>
  }

  /** Whose token it is; undefined where it isn't good (any more). */
  async account(token: string): Promise<string | undefined> {
    const found = (await this.#test(`token?token=${encodeURIComponent(token)}`, {})) as { account?: string }
    return found.account
  }

  /** For a next hop: whether the token is good for this user. */
  readonly checks = async (user: string, token: string): Promise<boolean> =>
    (await this.account(token)) === user

  async #test(name: string, body: object): Promise<unknown> {
    const answer = await fetch(`${this.issuer}/test/${name}`, { method: 'POST', body: JSON.stringify(body) })
    assert.equal(answer.status, 200)
    return answer.json()
  }
}

/** Ended with the test. */
export async function startAuthorizationServer(test: Ending, port = 0): Promise<AuthorizationServer> {
  const file = join(import.meta.dirname, 'authorization-process.ts')
  const running = await startProcess(test, [process.execPath, '--import', 'tsx', file, String(port)])
  const [, issuer = ''] = await running.waitFor(/issuer (\S+)/, 60_000)
  return new AuthorizationServer(issuer, running)
}

/** As browsers have it. */
const MOST_REDIRECTS = 20

/** A browser that follows redirects and keeps cookies; returns the last page's text. */
export class Browser {
  readonly #cookies = new Map<string, string>()

  async open(address: string): Promise<string> {
    return this.#follow(address, {})
  }

  /** Opens the page of a device code, enters the code and says yes, or no. */
  async enterCode(page: string, code: string, says: 'yes' | 'no' = 'yes'): Promise<string> {
    const asking = await this.open(page)
    const xsrf = /name="xsrf" value="([^"]+)"/.exec(asking)?.[1] ?? ''
    const form = { xsrf, user_code: code, ...(says === 'yes' ? { confirm: 'yes' } : { abort: 'yes' }) }
    return this.#follow(page, { method: 'POST', body: new URLSearchParams(form) })
  }

  async #follow(address: string, init: RequestInit): Promise<string> {
    let next: { readonly address: string; readonly init: RequestInit } = { address, init }
    for (let count = 0; count < MOST_REDIRECTS; count++) {
      const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ')
      const answer = await fetch(next.address, { ...next.init, headers: { cookie }, redirect: 'manual' })
      for (const one of answer.headers.getSetCookie()) {
        const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(one) ?? []
        this.#cookies.set(name, value)
      }
      const location = answer.headers.get('location')
      if (location === null) return answer.text()
      await answer.body?.cancel()
      next = { address: new URL(location, next.address).href, init: {} }
    }
    throw new Error(`${address} leads on and on, at last to ${next.address}`)
  }
}

/** A mail sender that signs in there, by the secret `cloud`, for everything. */
export function tokenRoute({ issuer }: Pick<AuthorizationServer, 'issuer'>, port: number): object {
  const login = {
    method: 'oauth2',
    user: USER,
    secret: 'cloud',
    provider: 'other',
    issuer,
    scopes: ['smtp.send', 'offline_access'],
    clientId: CLIENT,
  }
  const hosts = [`127.0.0.1:${port}`]
  return { to: ['*'], via: 'smart-host', hosts, encryption: 'none', plaintextLogin: 'local-networks', login }
}
