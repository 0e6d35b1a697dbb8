/** Authentication: whether a name and a password belong to an account that may log on. */
import type { User } from '../settings/settings.ts'
import type { PasswordVerifier } from '../settings/verifier.ts'

export type LogOn = { readonly kind: 'account'; readonly name: string } | { readonly kind: 'wrong' | 'busy' }

/**
 * The account may be named by its name or, where nobody has that name, by one of its addresses, without case.
 * Unknown and disabled accounts take as long as a wrong password, so that names can't be guessed by the clock.
 */
export async function authenticate(
  users: readonly User[],
  verifier: PasswordVerifier,
  name: string,
  password: string,
): Promise<LogOn> {
  const wanted = name.toLowerCase()
  const user =
    users.find(({ name }) => name.toLowerCase() === wanted) ??
    users.find(({ addresses }) => addresses.some(address => address.toLowerCase() === wanted))
  const verdict = await verifier.verify(password, user?.enabled ? user.password : undefined)
  if (verdict !== 'right') return { kind: verdict }
  return user ? { kind: 'account', name: user.name } : { kind: 'wrong' }
}
