/** MTA-STS: what a domain asks of whoever sends mail to it (RFC 8461); the only file that knows mailauth. */
import type { StsPolicy } from 'mailauth/lib/mta-sts.js'

/** Asks the DNS, as `dns.promises.resolve` does. */
export type Resolve = (name: string, type: string) => Promise<readonly unknown[]>

export interface Sts {
  /** `enforce`: only hosts that match, and only over TLS with a certificate that holds; else they are advice. */
  readonly mode: 'enforce' | 'testing' | 'none'
  /** Whether an exchanger is one that the domain names. */
  readonly permits: (host: string) => boolean
}

interface Known {
  readonly policy: StsPolicy
  /** Milliseconds since the epoch: of the policy, and until it is looked at anew. */
  readonly expires: number
  readonly fresh: number
}

/** How long a policy is taken as it is before the DNS is asked whether there is another, milliseconds. */
const LOOK_AGAIN = 15 * 60_000
/** Domains kept in memory. */
const MOST = 5000

const NONE: Sts = { mode: 'none', permits: () => true }

export class StsPolicies {
  readonly #known = new Map<string, Known>()
  readonly #now: () => number

  constructor(now: () => number = Date.now) {
    this.#now = now
  }

  /**
   * The policy of a domain. One that was known and hasn't expired counts also where the DNS or the web server is
   * silent now, or says that there is none (RFC 8461 section 5.1): else whoever stands between could take it away.
   */
  async of(domain: string, resolve: Resolve): Promise<Sts> {
    const now = this.#now()
    const known = this.#known.get(domain)
    const valid = known && now < known.expires ? known : undefined
    if (valid && now < valid.fresh) return await stsOf(valid.policy)
    // Few offices send directly: it would hold up the start of all.
    const { getPolicy } = await import('mailauth/lib/mta-sts.js')
    // The library is not told what is known: it would renew what has expired and fetch what hasn't.
    const { policy, status } = await getPolicy(domain, undefined, { resolver: resolve })
    if (status === 'found') this.#keep(domain, policy, now)
    else if (valid) this.#known.set(domain, { ...valid, fresh: now + LOOK_AGAIN })
    return await stsOf(status === 'found' ? policy : (valid?.policy ?? policy))
  }

  #keep(domain: string, policy: StsPolicy, now: number): void {
    this.#known.delete(domain)
    const [oldest] = this.#known.keys()
    if (this.#known.size >= MOST && oldest !== undefined) this.#known.delete(oldest)
    const expires = now + (policy.maxAge ?? 0) * 1000
    this.#known.set(domain, { policy, expires, fresh: now + LOOK_AGAIN })
  }
}

async function stsOf(policy: StsPolicy): Promise<Sts> {
  const { validateMx } = await import('mailauth/lib/mta-sts.js')
  const mode = policy.mode === 'enforce' || policy.mode === 'testing' ? policy.mode : 'none'
  return mode === 'none' ? NONE : { mode, permits: host => validateMx(host, policy).valid }
}
