/** A bench for sending directly: a next hop, a DNS server, and a route by mail exchangers. */
import { openRoute } from '../../../app/delivery/open.ts'
import { StsPolicies, type StsRules } from '../../../app/delivery/sts.ts'
import type { Transport } from '../../../app/delivery/transport.ts'
import type { Route } from '../../../app/settings/settings.ts'
import { type DnsServer, startDns, type Zone } from '../../support/dns-server.ts'
import { atEnd, type Ending } from '../../support/ending.ts'
import { type HopScript, type NextHop, startNextHop } from '../../support/next-hop.ts'
import { routeContext } from '../../support/route-context.ts'

const patience = { connect: 1000, greeting: 1000, answer: 1000, silent: 60_000 }

export interface Bench {
  readonly hop: NextHop
  readonly dns: DnsServer
  readonly policies: StsPolicies
  /** What the sessions said, and was said about them. */
  readonly trace: string[]
  /** `own`: an address that is this server's. */
  open(domain: string, own?: string): Promise<Transport>
}

/** What stands inside the office may be sent to, for `y.example` and all below it. */
const NAMED = ['y.example', '*.y.example', 'xn--bcher-kva.example']

export async function bench(
  t: Ending,
  zone: Zone | ((hop: NextHop) => Zone),
  script: HopScript = {},
  changes: Partial<Route> & { readonly sts?: Partial<StsRules> } = {},
): Promise<Bench> {
  const { sts, ...routeChanges } = changes
  const hop = await startNextHop(t, script)
  const dns = await startDns(t, typeof zone === 'function' ? zone(hop) : zone)
  const policies = new StsPolicies(sts)
  const route: Route = {
    ...{ to: NAMED, senders: [], users: [], hosts: [], via: 'mx', port: hop.port },
    ...{ encryption: 'starttls-if-offered', plaintextLogin: 'never' },
    ...routeChanges,
  }
  const trace: string[] = []
  const open = async (domain: string, own?: string) => {
    const context = routeContext({
      patience,
      dnsServers: () => [dns.address],
      isOwn: address => address === own,
      policies,
    })
    const { signal } = new AbortController()
    const facts = {
      hostname: 'postern.example',
      context,
      signal,
      trace: (line: string) => void trace.push(line),
    }
    const transport = await openRoute({ route, domain, ...facts })
    atEnd(t, () => transport.close())
    return transport
  }
  return { hop, dns, policies, trace, open }
}

export const here = { A: ['127.0.0.1'] }
/** Nobody listens there. */
export const down = { A: ['127.0.0.9'] }
