/** Mail exchangers: a connection to one of those of a domain, best first (RFC 5321 section 5.1); the only file that knows mx-connect. */
import { Resolver } from 'node:dns/promises'
import type { Socket } from 'node:net'
import { reply } from '../mail/reply.ts'
import type { DeliverySettings } from '../settings/settings.ts'
import { errorCode } from '../settings/system-error.ts'
import { Failure, failureOf } from './failure.ts'
import type { Resolve, Sts, StsPolicies } from './sts.ts'

export interface Exchanger {
  readonly socket: Socket
  /** Its name, which a certificate must have where one must hold. */
  readonly host: string
  readonly address: string
  readonly port: number
  /** Whether the domain's policy asks for TLS with a certificate that holds. */
  readonly mustVerify: boolean
}

export interface ExchangerSearch {
  /** Canonical; `[192.0.2.1]` for an address literal. */
  readonly domain: string
  readonly port: number
  readonly servers: DeliverySettings['dnsServers']
  readonly policies: StsPolicies
  /** Whether this server itself listens there: mail that came here must not go round. */
  readonly isOwn: (address: string, port: number) => boolean
  /** Milliseconds for a connection. */
  readonly patience: number
  readonly signal: AbortSignal
  /** Addresses that were tried already and took nothing. */
  readonly passed: readonly string[]
}

/** Milliseconds for a DNS server's answer, first try. */
const DNS_PATIENCE = 5000

/**
 * Rejects with a `Failure`: permanent where the domain takes no mail or doesn't exist, else transient; or with
 * anything once `signal` is aborted.
 */
export async function findExchanger(search: ExchangerSearch): Promise<Exchanger> {
  const { domain, port, policies, isOwn, patience, signal } = search
  const dns = new Dns(search.servers)
  const passed = [...search.passed]
  const stop = () => dns.cancel()
  signal.addEventListener('abort', stop)
  try {
    const sts = domain.startsWith('[') ? undefined : await policies.of(domain, dns.resolve)
    for (;;) {
      const found = await connect({ search, dns, patience, passed })
      if (signal.aborted) found.socket.destroy()
      const refused = isOwn(found.host, port)
        ? ownWords(domain, found.hostname)
        : stsRefusal(sts, found.hostname, domain)
      if (refused === undefined) return exchangerOf(found, port, sts)
      found.socket.destroy()
      // What stands behind ourselves is for us no better (RFC 5321 section 5.1).
      if (refused instanceof Failure) throw refused
      passed.push(found.host)
      search.signal.throwIfAborted()
      if (passed.length > MOST_PASSED) throw policyFailure(refused)
      dns.lastWords = refused
    }
  } finally {
    signal.removeEventListener('abort', stop)
    dns.cancel()
  }
}

const MOST_PASSED = 40

interface Found {
  readonly socket: Socket
  readonly hostname: string
  readonly host: string
}

function exchangerOf({ socket, hostname, host }: Found, port: number, sts: Sts | undefined): Exchanger {
  socket.setNoDelay(true)
  return { socket, host: hostname, address: host, port, mustVerify: sts?.mode === 'enforce' }
}

function ownWords(domain: string, host: string): Failure {
  const words = `the mail exchanger of ${domain} (${host}) is this server itself, which doesn't take mail for ${domain}: add it to the local domains, or give it another way out`
  return new Failure(reply(554, '5.4.6', words), 'refused')
}

function stsRefusal(sts: Sts | undefined, host: string, domain: string): string | undefined {
  if (sts?.mode !== 'enforce' || sts.permits(host)) return undefined
  return `${host} is no mail exchanger that the policy of ${domain} permits (MTA-STS)`
}

function policyFailure(words: string): Failure {
  return new Failure(reply(451, '4.7.5', words), 'tls')
}

interface Connecting {
  readonly search: ExchangerSearch
  readonly dns: Dns
  readonly patience: number
  readonly passed: readonly string[]
}

async function connect({ search, dns, patience, passed }: Connecting): Promise<Found> {
  const { domain, port, signal } = search
  // Few offices send directly: it would hold up the start of all.
  const { default: mxConnect } = await import('mx-connect')
  try {
    return await mxConnect({
      target: domain,
      port,
      maxConnectTime: patience,
      ignoreMXHosts: passed,
      dnsOptions: { ignoreIPv6: false, preferIPv6: false, blockLocalAddresses: false, resolve: dns.callback },
      connectError: () => signal.throwIfAborted(),
    })
  } catch (error) {
    signal.throwIfAborted()
    if (dns.lastWords !== undefined && passed.length > search.passed.length)
      throw policyFailure(dns.lastWords)
    throw failureFor(domain, error, dns)
  }
}

/** What the library's error comes to (RFC 3463, RFC 7505 section 4). */
function failureFor(domain: string, error: unknown, dns: Dns): Failure {
  if (dns.isNull)
    return new Failure(reply(556, '5.1.10', `${domain} takes no mail: its DNS says so (null MX)`), 'refused')
  const { category, temporary, code } = factsOf(error)
  if (category === 'dns' && !temporary) {
    const words = dns.hasExchangers
      ? `the mail exchangers of ${domain} have no address that mail can be sent to`
      : `there is no domain ${domain} that takes mail: check the address`
    return new Failure(reply(550, dns.hasExchangers ? '5.4.4' : '5.1.2', words), 'refused')
  }
  if (category === 'dns')
    return new Failure(
      reply(451, '4.4.3', `the DNS doesn't say where mail for ${domain} goes (${code})`),
      'unreachable',
    )
  return failureOf({ message: String(error), code }, { host: domain, port: 25 }, 'opening')
}

function factsOf(error: unknown): { category: unknown; temporary: boolean; code: string } {
  const object = Object(error)
  return { category: object.category, temporary: object.temporary === true, code: errorCode(error) }
}

/** The DNS, as two libraries want to ask it, and what they don't notice in its answers. */
class Dns {
  /** RFC 7505: a single MX whose name is the root. */
  isNull = false
  hasExchangers = false
  lastWords: string | undefined
  readonly #resolver = new Resolver({ timeout: DNS_PATIENCE, tries: 2 })

  constructor(servers: DeliverySettings['dnsServers']) {
    if (servers !== 'auto') this.#resolver.setServers(servers)
  }

  cancel(): void {
    this.#resolver.cancel()
  }

  readonly resolve: Resolve = async (name, type) => {
    if (type !== 'MX') return this.#ask(name, type)
    const answers = await this.#resolver.resolveMx(name)
    this.isNull = answers.length === 1 && answers[0]?.exchange === ''
    if (this.isNull) throw Object.assign(new Error('null MX'), { code: 'ENODATA', category: 'null' })
    const exchangers = answers.filter(({ exchange }) => exchange !== '')
    this.hasExchangers = exchangers.length > 0
    // Those that are as good as each other share the mail (RFC 5321 section 5.1); the library keeps the order.
    return exchangers
      .map(one => ({ one, luck: Math.random() }))
      .sort((a, b) => a.luck - b.luck)
      .map(({ one }) => one)
  }

  /** `(name, type, done)` or `(name, done)`, which asks for IPv4 addresses. */
  readonly callback = (name: string, ...rest: readonly unknown[]): void => {
    const done = rest.at(-1) as (error: Error | null, list?: readonly unknown[]) => void
    const type = typeof rest[0] === 'string' ? rest[0] : 'A'
    this.#answer(name, type).then(
      list => done(null, list),
      (error: Error) => done(error),
    )
  }

  /** After a null MX nothing else counts: the library would look for addresses next. */
  async #answer(name: string, type: string): Promise<readonly unknown[]> {
    if (this.isNull) throw Object.assign(new Error('null MX'), { code: 'ENODATA' })
    return this.resolve(name, type)
  }

  #ask(name: string, type: string): Promise<readonly unknown[]> {
    switch (type) {
      case 'AAAA':
        return this.#resolver.resolve6(name)
      case 'TXT':
        return this.#resolver.resolveTxt(name)
      default:
        return this.#resolver.resolve4(name)
    }
  }
}
