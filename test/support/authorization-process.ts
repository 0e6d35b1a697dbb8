/** A real authorization server as a process of its own: oidc-provider, whose users say yes to everything. */
/*
 * Under /test/ it is told what a test wants of it. The account is what `login_hint` says, or `office@example.com`.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import Provider from 'oidc-provider'

interface Wishes {
  /** Seconds. */
  readonly accessLifetime: number
  readonly deviceLifetime: number
  /** Whether each refresh gives a new refresh token, and ends the old one. */
  readonly rotates: boolean
  /** Milliseconds after which the token endpoint sends its answer, which it made at once. */
  readonly delay?: number
  /** So many times the token endpoint answers that a code is asked for too often (RFC 8628 section 3.5). */
  readonly slowDown?: number
  /** So many connections to the token endpoint break off. */
  readonly drop?: number
  /** What the token endpoint says to every refresh. */
  readonly refuse?: { readonly error: string; readonly error_description: string; readonly status?: number }
}

let wishes: Wishes = { accessLifetime: 3600, deviceLifetime: 300, rotates: true }
/** The grants asked for at the token endpoint, and how they were answered. */
const asked: string[] = []
const grants = new Set<string>()
/** Access tokens. */
const given = new Set<string>()
const accessLifetime = () => wishes.accessLifetime
const deviceLifetime = () => wishes.deviceLifetime
let account = 'office@example.com'

const server = createServer((request, response) => void serve(request, response))
server.listen(Number(process.argv[2] ?? 0), '127.0.0.1', () => {
  process.stdout.write(`issuer http://127.0.0.1:${(server.address() as AddressInfo).port}\n`)
})

const device = 'urn:ietf:params:oauth:grant-type:device_code'

let provider: Provider | undefined

function open(): Provider {
  const { port } = server.address() as AddressInfo
  const client = { token_endpoint_auth_method: 'none', application_type: 'native' }
  const made = new Provider(`http://127.0.0.1:${port}`, {
    clients: [
      {
        ...client,
        client_id: 'postern-office',
        redirect_uris: ['http://127.0.0.1', 'http://localhost'],
        response_types: ['code'],
        grant_types: ['authorization_code', 'refresh_token', device],
      },
      {
        client_id: 'postern-secret',
        client_secret: 'a secret of the client, long enough to be one',
        token_endpoint_auth_method: 'client_secret_post',
        application_type: 'native',
        redirect_uris: ['http://127.0.0.1'],
        response_types: ['code'],
        grant_types: ['authorization_code', 'refresh_token', device],
      },
    ],
    scopes: ['openid', 'offline_access', 'smtp.send'],
    features: { deviceFlow: { enabled: true }, devInteractions: { enabled: false } },
    interactions: { url: (_: unknown, { uid }: { uid: string }) => `/interaction/${uid}` },
    ttl: {
      AccessToken: accessLifetime,
      DeviceCode: deviceLifetime,
      RefreshToken: 86_400,
      Grant: 86_400,
      Session: 86_400,
      Interaction: 600,
    },
    issueRefreshToken: () => true,
    rotateRefreshToken: () => wishes.rotates,
    findAccount: (_: unknown, id: string) => ({ accountId: id, claims: () => ({ sub: id }) }),
    cookies: { keys: ['a key for the cookies of this test'] },
  })
  made.use(async (context, next) => {
    await next()
    // RFC 8628 section 3.2: without it a client asks every five seconds.
    if (
      context.path === '/device/auth' &&
      typeof context.body === 'object' &&
      context.body &&
      'device_code' in context.body
    )
      Object.assign(context.body, { interval: 1 })
    if (context.path === '/token' && typeof context.body === 'object' && context.body)
      given.add(String(Reflect.get(context.body, 'access_token')))
    if (context.path === '/token')
      asked.push(`${String(context.oidc?.params?.['grant_type'])} ${outcome(context.body)}`)
    if (context.path === '/token' && wishes.delay) await sleep(wishes.delay)
  })
  made.on('server_error', (_, error) => process.stderr.write(`${String(error)}\n`))
  return made
}

function outcome(body: unknown): string {
  return typeof body === 'object' && body && 'error' in body ? String(body.error) : 'ok'
}

async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
  provider ??= open()
  const url = new URL(request.url ?? '/', 'http://127.0.0.1')
  try {
    if (url.pathname.startsWith('/test/')) return answer(response, await command(url, await bodyOf(request)))
    if (url.pathname.startsWith('/interaction/')) return await consent(provider, request, response)
    if (url.pathname === '/token' && (wishes.drop ?? 0) > 0) {
      wishes = { ...wishes, drop: (wishes.drop ?? 0) - 1 }
      asked.push('dropped')
      request.socket.destroy()
      return
    }
    if (url.pathname === '/token' && (wishes.slowDown ?? 0) > 0) {
      wishes = { ...wishes, slowDown: (wishes.slowDown ?? 0) - 1 }
      asked.push(`${device} slow_down`)
      response.writeHead(400, { 'content-type': 'application/json' })
      response.end(JSON.stringify({ error: 'slow_down' }))
      return
    }
    if (url.pathname === '/token' && wishes.refuse) {
      const text = await bodyOf(request)
      const { status = 400, ...said } = wishes.refuse
      asked.push(`${new URLSearchParams(text).get('grant_type')} ${said.error}`)
      response.writeHead(status, { 'content-type': 'application/json' })
      response.end(JSON.stringify(said))
      return
    }
    account = url.searchParams.get('login_hint') ?? account
    provider.callback()(request, response)
  } catch (error) {
    process.stderr.write(`${String(error)}\n`)
    response.writeHead(500)
    response.end()
  }
}

/** The person logs in, and allows what is asked. */
async function consent(open: Provider, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { prompt, params, session } = await open.interactionDetails(request, response)
  if (prompt.name === 'login')
    return open.interactionFinished(request, response, { login: { accountId: account } })
  const grant = new open.Grant({ accountId: session?.accountId ?? account, clientId: params.client_id })
  grant.addOIDCScope('openid offline_access smtp.send')
  const grantId = await grant.save()
  grants.add(grantId)
  return open.interactionFinished(request, response, { consent: { grantId } })
}

async function command({ pathname, searchParams }: URL, body: string): Promise<unknown> {
  switch (pathname) {
    case '/test/wish':
      wishes = { ...wishes, ...JSON.parse(body) }
      if (JSON.parse(body).refuse === null) {
        const { refuse: _, ...others } = wishes
        wishes = others
      }
      return {}
    case '/test/revoke':
      for (const id of grants) await (await provider?.Grant.find(id))?.destroy()
      return {}
    case '/test/revoke-access':
      for (const one of given) await (await provider?.AccessToken.find(one))?.destroy()
      return {}
    case '/test/asked':
      return asked
    case '/test/token': {
      const token = await provider?.AccessToken.find(searchParams.get('token') ?? '')
      return token?.isValid ? { account: token.accountId } : {}
    }
    default:
      throw new Error(`no ${pathname}`)
  }
}

function answer(response: ServerResponse, value: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json' })
  response.end(JSON.stringify(value))
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}
