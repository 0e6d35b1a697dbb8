/** Checked settings in the form that the relay takes: canonical addresses, accounts as they are spelt, every port. */
import { canonicalDomain, formatAddress, parseAddress } from '../mail/address.ts'
import { foldCase } from './addressing.ts'
import type { Checked } from './schema.ts'
import type { Login, Route, Settings } from './settings.ts'

export function finish(checked: Checked): Settings {
  const spelling = new Map(checked.users.map(({ name }) => [foldCase(name), name]))
  const target = (text: string) => spelling.get(foldCase(text)) ?? text
  const aliases = Object.entries(checked.aliases).map(([key, targets]) => [
    canonical(key),
    targets.map(target),
  ])
  const catchAll = Object.entries(checked.catchAll).map(([key, to]) => [
    canonicalDomain(key) ?? key,
    target(to),
  ])
  return {
    ...checked,
    aliases: Object.fromEntries(aliases),
    catchAll: Object.fromEntries(catchAll),
    delivery: { ...checked.delivery, routes: checked.delivery.routes.map(finishRoute) },
  }
}

function canonical(address: string): string {
  const parsed = parseAddress(address)
  return parsed.ok ? formatAddress(parsed.address) : address
}

type CheckedRoute = Checked['delivery']['routes'][number]

function finishRoute({ login, ...route }: CheckedRoute): Route {
  const usual = usualPort(route)
  const hosts = route.hosts.map(({ host, port }) => ({ host, port: port ?? usual }))
  return { ...route, hosts, ...(login && { login: finishLogin(login) }) }
}

function finishLogin({ method, ...login }: NonNullable<CheckedRoute['login']>): Login {
  const { user, secret } = login
  return method === 'password' ? { method, user, secret } : { ...login, method }
}

/**
 * A login alone doesn't change the port: 25 unless the settings say otherwise. 465 is RFC 8314 section 3.3; RFC 2033
 * section 5 keeps LMTP off 25, and 24 is what LMTP servers listen on.
 */
function usualPort({ via, encryption }: { readonly via: string; readonly encryption: string }): number {
  if (via === 'lmtp') return 24
  return encryption === 'tls' ? 465 : 25
}
