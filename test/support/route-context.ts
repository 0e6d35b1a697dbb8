/** What opening a route needs of a relay, where nothing of it matters. */
import assert from 'node:assert/strict'
import type { RouteContext } from '../../app/delivery/open.ts'
import { StsPolicies } from '../../app/delivery/sts.ts'
import type { Tokens } from '../../app/oauth/sign-ins.ts'

const none = async (): Promise<string> => assert.fail('nobody signs in here')

const noTokens: Tokens = {
  token: none,
  tokenAfter: none,
  accepted: () => {},
  refusedThere: () => {},
}

export function routeContext(change: Partial<RouteContext> = {}): RouteContext {
  return {
    secret: () => undefined,
    isLocalHost: async () => false,
    dnsServers: () => 'auto',
    isOwn: () => false,
    policies: new StsPolicies(),
    tokens: noTokens,
    ...change,
  }
}
