/** What opening a route needs of a relay, where nothing of it matters. */
import type { RouteContext } from '../../app/delivery/open.ts'
import { StsPolicies } from '../../app/delivery/sts.ts'

export function routeContext(change: Partial<RouteContext> = {}): RouteContext {
  return {
    secret: () => undefined,
    isLocalHost: async () => false,
    dnsServers: () => 'auto',
    isOwn: () => false,
    policies: new StsPolicies(),
    ...change,
  }
}
