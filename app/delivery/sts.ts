/** MTA-STS: what domains ask of whoever sends mail to them, fetched and kept (RFC 8461). */
import { errorCode } from '../settings/system-error.ts'
import { isPublicAddress } from './public-address.ts'
import type { Resolver } from './resolver.ts'
import { fetchPolicyText, STS_FETCH, type StsFetchRules } from './sts-fetch.ts'
import { type KnownPolicy, readPolicies, writePolicies } from './sts-file.ts'
import { permits, readStsPolicy, type StsPolicy, stsId } from './sts-policy.ts'

export interface Sts {
  /** `enforce`: only hosts that match, and only over TLS with a certificate that holds; else they are advice. */
  readonly mode: 'enforce' | 'testing' | 'none'
  /** Whether an exchanger is one that the domain names. */
  readonly permits: (host: string) => boolean
}

export interface StsAsked {
  readonly domain: string
  readonly resolver: Pick<Resolver, 'find'>
  readonly signal: AbortSignal
  /** Whether a policy host inside the office will do. */
  readonly inside: boolean
}

export interface StsRules extends StsFetchRules {
  readonly now: () => number
  /** Where policies are kept over a restart; only in memory where absent. */
  readonly file?: string
  /** Hears one sentence of what a policy that a domain only tries out would forbid. */
  readonly warn?: (words: string) => void
}

/** What was told of a domain is told again after this, milliseconds. */
const TELL_AGAIN = 24 * 60 * 60_000
/** How long a policy, or that there is none, is taken as it is before the DNS is asked whether there is another, milliseconds. */
const LOOK_AGAIN = 15 * 60_000
/** The same where the DNS gave no answer. */
const SOON = 60_000
/** Domains that are kept; those looked at last stay. */
const MOST = 1000

const NONE: Sts = { mode: 'none', permits: () => true }

export class StsPolicies {
  readonly #rules: StsRules
  /** The oldest look first. */
  #known: Map<string, KnownPolicy> | undefined
  /** When a domain was looked at, milliseconds since the epoch. */
  readonly #looked = new Map<string, number>()
  readonly #looking = new Map<string, Promise<void>>()
  /** When which words were said, milliseconds since the epoch. */
  readonly #told = new Map<string, number>()
  #writing: Promise<void> = Promise.resolve()

  constructor(rules: Partial<StsRules> = {}) {
    this.#rules = { ...STS_FETCH, now: Date.now, ...rules }
  }

  /**
   * The policy of a domain. One that was known and hasn't expired counts also where the DNS or the web server is
   * silent now, or says that there is none (RFC 8461 section 5.1): else whoever stands between could take it away.
   */
  async of(asked: StsAsked): Promise<Sts> {
    const { domain } = asked
    this.#known ??= await readPolicies(this.#rules.file, MOST)
    // Whoever looked for us may have been broken off.
    while (this.#isDue(domain) && !asked.signal.aborted) await this.#lookOnce(asked)
    const known = this.#valid(domain)
    return known ? { mode: known.policy.mode, permits: host => permits(known.policy, host) } : NONE
  }

  /** What a policy forbids may be allowed by a newer one, which is looked for next time (RFC 8461 section 5.1). */
  doubt(domain: string): void {
    this.#looked.delete(domain)
  }

  /** Not with every message: a domain tries its policy out for weeks. */
  tellOnce(words: string): void {
    const now = this.#rules.now()
    const told = this.#told.get(words)
    if (told !== undefined && now >= told && now < told + TELL_AGAIN) return
    this.#told.delete(words)
    this.#told.set(words, now)
    forgetOldest(this.#told)
    this.#rules.warn?.(words)
  }

  /** Resolves when what was fetched is written. */
  close(): Promise<void> {
    return this.#writing
  }

  /** A clock that was set back makes nothing last longer. */
  #isDue(domain: string): boolean {
    const [now, looked] = [this.#rules.now(), this.#looked.get(domain)]
    return looked === undefined || now >= looked + LOOK_AGAIN || now < looked
  }

  #valid(domain: string): KnownPolicy | undefined {
    const known = this.#known?.get(domain)
    return known && this.#rules.now() < known.expires ? known : undefined
  }

  /** However many messages wait for it. */
  #lookOnce(asked: StsAsked): Promise<void> {
    const { domain } = asked
    const looking = this.#looking.get(domain) ?? this.#look(asked).finally(() => this.#looking.delete(domain))
    this.#looking.set(domain, looking)
    return looking
  }

  async #look(asked: StsAsked): Promise<void> {
    const { domain, resolver, signal } = asked
    const valid = this.#valid(domain)
    const now = this.#rules.now()
    const id = await announced(domain, resolver)
    if (typeof id === 'string' && (id !== valid?.policy.id || isHalfOver(valid, now))) {
      const policy = await this.#fetch(asked, id)
      if (policy) this.#keep(domain, policy)
    }
    if (signal.aborted) return
    this.#looked.delete(domain)
    this.#looked.set(domain, typeof id === 'object' ? now - LOOK_AGAIN + SOON : now)
    forgetOldest(this.#looked)
  }

  /** Undefined where there is none to be had: it is as if there were none, or the one before it goes on. */
  async #fetch({ domain, resolver, signal, inside }: StsAsked, id: string): Promise<StsPolicy | undefined> {
    const host = `mta-sts.${domain}`
    for (const address of await addressesOf(host, resolver)) {
      if (!inside && !isPublicAddress(address)) continue
      try {
        const policy = readStsPolicy(await fetchPolicyText({ host, address, signal }, this.#rules), id)
        if (policy) return policy
      } catch {
        // The next address may answer; without any the mail goes as it would without a policy.
      }
    }
    return undefined
  }

  #keep(domain: string, policy: StsPolicy): void {
    const known = this.#known ?? new Map<string, KnownPolicy>()
    known.delete(domain)
    known.set(domain, { policy, expires: this.#rules.now() + policy.maxAge * 1000 })
    forgetOldest(known)
    const { file } = this.#rules
    if (file === undefined) return
    // What couldn't be written is fetched again after a restart.
    this.#writing = this.#writing.then(() => writePolicies(file, known)).catch(() => undefined)
  }
}

/** Insertion order is the order of age. */
function forgetOldest(map: Map<string, unknown>): void {
  for (const oldest of map.keys()) {
    if (map.size <= MOST) return
    map.delete(oldest)
  }
}

/** Fetched anew in time, so that it doesn't lapse (RFC 8461 section 3.3). */
function isHalfOver({ policy, expires }: KnownPolicy, now: number): boolean {
  return expires - now < policy.maxAge * 500
}

type Announced = string | undefined | { readonly kind: 'no answer' }

/** The id that the DNS names now. */
async function announced(domain: string, resolver: Pick<Resolver, 'find'>): Promise<Announced> {
  try {
    const { data } = await resolver.find(`_mta-sts.${domain}`, 'TXT')
    return stsId(data.flatMap(one => (one.type === 'TXT' ? [one.text] : [])))
  } catch (error) {
    const code = errorCode(error)
    if (code === 'ENOTFOUND' || code === 'ENODATA' || error instanceof RangeError) return undefined
    if (code === '') throw error
    return { kind: 'no answer' }
  }
}

async function addressesOf(host: string, resolver: Pick<Resolver, 'find'>): Promise<readonly string[]> {
  const kinds = await Promise.all(
    (['A', 'AAAA'] as const).map(type => resolver.find(host, type).catch(() => undefined)),
  )
  return kinds.flatMap(found =>
    (found?.data ?? []).flatMap(one => ('address' in one ? [one.address] : [])).slice(0, 2),
  )
}
