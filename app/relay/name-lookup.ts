/** A look-up: what the DNS says of a host name now, for IPv4 and for IPv6. */
import { Resolver } from 'node:dns/promises'
import { isIP } from 'node:net'
import type { DeliverySettings } from '../settings/settings.ts'
import { errorCode } from '../settings/system-error.ts'

/** `why` in a few words that follow "since". */
export type Looked =
  | { readonly kind: 'answered'; readonly addresses: readonly string[] }
  | { readonly kind: 'failed'; readonly why: string }

export interface LookedUp {
  readonly v4: Looked
  readonly v6: Looked
}

export interface LookUp {
  readonly name: string
  readonly servers: DeliverySettings['dnsServers']
  /** Milliseconds that all of it may take. */
  readonly patience: number
  /** Breaks it off: what it then gives is a failure. */
  readonly signal: AbortSignal
}

/** Addresses of a kind that a name may have: more are no host's, but somebody's mistake or mischief. */
export const MAX_ADDRESSES = 32

/** Milliseconds for the first try; the resolver takes more for the next. */
const TRY = 2000

/** Never rejects. */
export async function lookUp({ name, servers, patience, signal }: LookUp): Promise<LookedUp> {
  const resolver = new Resolver({ timeout: Math.min(TRY, patience), tries: 2 })
  if (servers !== 'auto') resolver.setServers(servers)
  const end = () => resolver.cancel()
  const timer = setTimeout(end, patience)
  signal.addEventListener('abort', end)
  try {
    const [v4, v6] = await Promise.all([outcome(resolver.resolve4(name)), outcome(resolver.resolve6(name))])
    return { v4, v6 }
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', end)
  }
}

async function outcome(asked: Promise<readonly string[]>): Promise<Looked> {
  try {
    const addresses = [...new Set(await asked)].filter(address => isIP(address) !== 0).sort()
    if (addresses.length <= MAX_ADDRESSES) return { kind: 'answered', addresses }
    return { kind: 'failed', why: `the DNS answers with more than ${MAX_ADDRESSES} addresses` }
  } catch (error) {
    const code = errorCode(error)
    // That there is no such name, or none with such an address, is an answer (RFC 2308).
    if (code === 'ENOTFOUND' || code === 'ENODATA') return { kind: 'answered', addresses: [] }
    return { kind: 'failed', why: WHYS[code] ?? `the DNS can't answer (${code})` }
  }
}

const WHYS: Readonly<Record<string, string>> = {
  ETIMEOUT: 'the DNS server is silent',
  ECANCELLED: 'the DNS server is silent',
  ECONNREFUSED: "the DNS server can't be reached",
  ESERVFAIL: "the DNS server can't answer",
  EREFUSED: 'the DNS server refuses to answer',
  EBADRESP: "the DNS server's answer can't be understood",
}
