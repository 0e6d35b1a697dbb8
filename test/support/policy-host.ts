/** A policy host of MTA-STS: a real HTTPS server whose every answer a test can choose. */
import { once } from 'node:events'
import type { RequestListener } from 'node:http'
import { createServer } from 'node:https'
import { atEnd, type Ending } from './ending.ts'

export interface PolicyHost {
  readonly port: number
  /** Host and path of each request. */
  readonly asked: string[]
  answer: RequestListener
}

/** Says this policy, as plain text. */
export function policyOf(mode: string, mx: readonly string[], maxAge = 86_400): RequestListener {
  const lines = ['version: STSv1', `mode: ${mode}`, ...mx.map(name => `mx: ${name}`), `max_age: ${maxAge}`]
  return (_, response) => {
    response.setHeader('content-type', 'text/plain; charset=utf-8')
    response.end(lines.join('\r\n'))
  }
}

/** Closed at the end of the test. */
export async function startPolicyHost(
  test: Ending,
  { key, cert }: { readonly key: string; readonly cert: string },
  answer: RequestListener,
): Promise<PolicyHost> {
  const server = createServer({ key, cert }, (request, response) => {
    host.asked.push(`${request.headers.host?.split(':')[0]}${request.url}`)
    host.answer(request, response)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  atEnd(test, async () => {
    const closed = once(server, 'close')
    server.close()
    server.closeAllConnections()
    await closed
  })
  const address = server.address()
  const host = {
    port: typeof address === 'object' && address ? address.port : 0,
    asked: [] as string[],
    answer,
  }
  return host
}
