/** Authentication: whether a name and a password belong to an account that may log on. */
import { findAccount } from '../access/log-on.ts'
import type { User } from '../settings/settings.ts'
import type { PasswordVerifier } from '../settings/verifier.ts'

export type LogOn = { readonly kind: 'account'; readonly user: User } | { readonly kind: 'wrong' | 'busy' }

/** Whoever uses the password that just was right, from the same place: it needs no turn, for it is no guess. */
export function recognise(
  users: readonly User[],
  verifier: PasswordVerifier,
  name: string,
  password: string,
  from: string,
): User | undefined {
  const named = findAccount(users, name)
  const isRight = named.kind === 'account' && verifier.isRemembered(password, named.password, from)
  return isRight ? named.user : undefined
}

/**
 * Unknown and disabled accounts take as long as a wrong password, so that names can't be guessed by the clock. `isOwner`: it
 * comes from where the owner is known, and goes before others; `from`: where it comes from.
 */
export async function authenticate(
  users: readonly User[],
  verifier: PasswordVerifier,
  name: string,
  password: string,
  isOwner = false,
  from = '',
): Promise<LogOn> {
  const named = findAccount(users, name)
  const account = named.kind === 'account' ? named : undefined
  const verdict = await verifier.verify(password, account?.password, isOwner, from)
  if (verdict !== 'right') return { kind: verdict }
  return account ? { kind: 'account', user: account.user } : { kind: 'wrong' }
}
