/** Checks of what sending directly needs: DNS servers that answer, and a way out to other servers at port 25. */
import { Exchangers } from '../delivery/exchanger.ts'
import { Failure } from '../delivery/failure.ts'
import { Resolver, systemServers } from '../delivery/resolver.ts'
import { errorCode } from '../settings/system-error.ts'
import { failed, ok, withinTime } from './checks.ts'
import type { Check } from './control.ts'
import type { ControlParts } from './parts.ts'

export type DnsParts = Pick<ControlParts, 'store' | 'context'>

/** Whose mail servers are tried: the largest ones, which are always there. */
export interface Outside {
  readonly domains: readonly string[]
  readonly port: number
  /** Whether they may stand inside the office; in a test they do. */
  readonly inside: boolean
}

const OUTSIDE: Outside = { domains: ['gmail.com', 'outlook.com'], port: 25, inside: false }

/** Milliseconds for a server's answer, and for a way out. */
const ANSWER = 3000
const WAY_OUT = 15_000

/** Nothing where nobody asks: the system's own DNS is then all there is. */
export async function checkDns({ store }: DnsParts): Promise<readonly Check[]> {
  const { delivery, hostname } = store.current.settings
  const { dnsServers } = delivery
  if (dnsServers === 'auto' && !delivery.routes.some(({ via }) => via === 'mx')) return []
  const servers = dnsServers === 'auto' ? systemServers() : dnsServers
  if (servers.length === 0)
    return [failed('DNS servers', 'This machine names no DNS server: name one in the settings.', PATH)]
  return Promise.all(servers.map(server => checkServer(server, hostname)))
}

const PATH = { path: 'delivery.dnsServers' }

async function checkServer(server: string, hostname: string): Promise<Check> {
  const { signal } = new AbortController()
  try {
    await new Resolver([server], signal, ANSWER).find(hostname, 'A')
  } catch (error) {
    const code = errorCode(error)
    // That there is no such name is an answer.
    if (code !== 'ENOTFOUND' && code !== 'ENODATA')
      return failed(
        'DNS servers',
        `${server} ${WHYS[code] ?? `can't be asked (${code})`}: check it, or name another.`,
        PATH,
      )
  }
  return ok('DNS servers', `${server} answers.`)
}

const WHYS: Readonly<Record<string, string>> = {
  ETIMEOUT: "doesn't answer",
  ECONNREFUSED: "can't be reached",
  ESERVFAIL: 'says that it failed',
  EREFUSED: 'refuses to answer',
  EBADRESP: "answers what can't be understood",
}

/** Where a route sends directly, at the port that others listen at. */
export async function checkWayOut(
  parts: DnsParts,
  { domains, port, inside }: Outside = OUTSIDE,
): Promise<readonly Check[]> {
  const { store, context } = parts
  const { delivery, hostname } = store.current.settings
  const index = delivery.routes.findIndex(route => route.via === 'mx' && (route.port ?? 25) === port)
  if (index < 0) return []
  const facts = { port, servers: delivery.dnsServers, hostname, inside, patience: WAY_OUT / domains.length }
  const whys: string[] = []
  for (const domain of domains) {
    try {
      return [await withinTime(facts.patience, signal => reached({ ...context, ...facts, domain, signal }))]
    } catch (error) {
      whys.push(error instanceof Failure ? error.reply.text : `no server of ${domain} answered in time`)
    }
  }
  const words = `No mail server outside can be reached at port ${port} (${whys.join('; ')}): many providers and cloud services block it. Have yours open it, or send through a smart host.`
  return [failed(`port ${port} outward`, words, { path: `delivery.routes[${index}]` })]
}

async function reached(search: ConstructorParameters<typeof Exchangers>[0]): Promise<Check> {
  const { socket, host, port } = await new Exchangers(search).next()
  socket.destroy()
  return ok(`port ${port} outward`, `Other servers can be reached at port ${port}: ${host} answers.`)
}
