/** New passwords of users that go with a draft. */
import { hashPassword } from '../settings/password.ts'
import { isObject } from '../settings/path.ts'

/** By the users' names. */
export type NewPasswords = Readonly<Record<string, string>>

/** So that one change has it all, and one undo takes it all back. */
export async function withPasswords(draft: unknown, passwords: NewPasswords): Promise<unknown> {
  if (!isObject(draft) || !Array.isArray(draft['users'])) return draft
  const users = draft['users'].map(async (user: unknown) => {
    const password = isObject(user) && Object.entries(passwords).find(([name]) => name === user['name'])?.[1]
    return password ? { ...user, password: await hashPassword(password) } : user
  })
  return { ...draft, users: await Promise.all(users) }
}
