/** A log-on: which account is meant by the name that a client gives, and whether anybody can log on as it. */
import type { User } from '../settings/settings.ts'
import { accountKey } from './account.ts'

export type Named =
  | { readonly kind: 'account'; readonly user: User; readonly password: string }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'disabled' | 'no-password'; readonly user: User }

/** By its name or, where nobody has that name, by one of its addresses, without case. */
export function findAccount(users: readonly User[], name: string): Named {
  const wanted = accountKey(name)
  const user =
    users.find(({ name }) => accountKey(name) === wanted) ??
    users.find(({ addresses }) => addresses.some(address => accountKey(address) === wanted))
  if (!user) return { kind: 'unknown' }
  if (!user.enabled) return { kind: 'disabled', user }
  const { password } = user
  return password === undefined ? { kind: 'no-password', user } : { kind: 'account', user, password }
}

/** Whether an authorization identity (RFC 4616 section 2) names the very account that logged on: nobody acts as another. */
export function isOwnIdentity(users: readonly User[], { name }: User, identity: string): boolean {
  const named = findAccount(users, identity)
  return named.kind !== 'unknown' && named.user.name === name
}

/** Whether it is, now, still the account that somebody logged on as: not disabled, removed or given a new password. */
export function isStillThere(users: readonly User[], { name, password }: User): boolean {
  return users.some(user => user.name === name && user.enabled && user.password === password)
}
