/** Authentication: whether a name and a password belong to an account that may log on. */
import { dummyHash, PasswordsBusy, verifyPassword } from '../settings/password.ts'
import type { User } from '../settings/settings.ts'

export type LogOn = { readonly kind: 'account'; readonly user: User } | { readonly kind: 'wrong' | 'busy' }

/**
 * The account may be named by its name or by one of its addresses, without case. Unknown and disabled
 * accounts take as long as a wrong password, so that names can't be guessed by the clock.
 */
export async function authenticate(users: readonly User[], name: string, password: string): Promise<LogOn> {
  const wanted = name.toLowerCase()
  const user = users.find(
    ({ name, addresses }) => name.toLowerCase() === wanted || addresses.some(at => at.toLowerCase() === wanted),
  )
  const hash = user?.enabled ? user.password : undefined
  try {
    const right = await verifyPassword(hash ?? (await dummyHash()), password)
    return right && user && hash !== undefined ? { kind: 'account', user } : { kind: 'wrong' }
  } catch (error) {
    if (error instanceof PasswordsBusy) return { kind: 'busy' }
    throw error
  }
}
