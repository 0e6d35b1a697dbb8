/** Answers about the accounts: listed, made, removed, and given a password. */
import { hashPassword } from '../settings/password.ts'
import { isObject } from '../settings/path.ts'
import type { Parsed } from '../settings/settings.ts'
import type { Control } from './control.ts'
import type { ControlParts } from './parts.ts'

type AccountRequest = 'listUsers' | 'addUser' | 'removeUser' | 'setPassword'
type Fields = Readonly<Record<string, unknown>>

export function accountAnswers({ store }: ControlParts): Pick<Control, AccountRequest> {
  return {
    async listUsers() {
      return store.current.settings.users.map(({ password, ...facts }) => ({
        ...facts,
        hasPassword: password !== undefined,
      }))
    },
    async addUser(name, addresses, password, by) {
      const hash = password === undefined ? {} : { password: await hashPassword(password) }
      return store.edit(raw => withUsers(raw, users => [...users, { name, addresses, ...hash }]), by)
    },
    removeUser: (name, by) =>
      store.edit(raw => changeUser(raw, name, (users, at) => users.filter((_, index) => index !== at)), by),
    async setPassword(name, password, by) {
      const hash = await hashPassword(password)
      const set = (users: readonly Fields[], at: number) =>
        users.map((user, index) => (index === at ? { ...user, password: hash } : user))
      return store.edit(raw => changeUser(raw, name, set), by)
    },
  }
}

function usersOf(raw: unknown): readonly Fields[] {
  const users = isObject(raw) ? raw['users'] : undefined
  return Array.isArray(users) ? users.filter(isObject) : []
}

function withUsers(raw: unknown, change: (users: readonly Fields[]) => readonly Fields[]): Parsed<unknown> {
  return { ok: true, value: { ...(isObject(raw) ? raw : {}), users: change(usersOf(raw)) } }
}

function changeUser(
  raw: unknown,
  name: string,
  change: (users: readonly Fields[], at: number) => readonly Fields[],
): Parsed<unknown> {
  const at = usersOf(raw).findIndex(user => String(user['name']).toLowerCase() === name.toLowerCase())
  if (at >= 0) return withUsers(raw, users => change(users, at))
  const text = `There is no account "${name}": "postern user list" shows those there are.`
  return { ok: false, problems: [{ path: 'users', text }] }
}
