/** Answers about the accounts: listed, made, removed, and given a password. */
import { accountKey } from '../access/account.ts'
import { hashPassword } from '../settings/password.ts'
import { isObject } from '../settings/path.ts'
import type { Parsed, Problem } from '../settings/settings.ts'
import type { Control } from './control.ts'
import type { SettingsParts } from './parts.ts'

type AccountRequest = 'listUsers' | 'addUser' | 'removeUser' | 'setPassword'
type Fields = Readonly<Record<string, unknown>>

export function accountAnswers({ store }: SettingsParts): Pick<Control, AccountRequest> {
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
    removeUser: (name, by) => store.edit(raw => withoutUser(raw, name), by),
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

/** Refused while a row names the account: whoever got the name next would get its rights too. */
function withoutUser(raw: unknown, name: string): Parsed<unknown> {
  const problems = rowsNaming(raw, name)
  if (problems.length > 0) return { ok: false, problems }
  return changeUser(raw, name, (users, at) => users.filter((_, index) => index !== at))
}

function rowsNaming(raw: unknown, name: string): readonly Problem[] {
  const top = isObject(raw) ? raw : {}
  const smtp = isObject(top['smtp']) ? top['smtp'] : {}
  const lists = [['smtp.access', smtp['access']] as const, ['globalAccess', top['globalAccess']] as const]
  return lists.flatMap(([list, rows]) =>
    (Array.isArray(rows) ? rows : []).flatMap((row: unknown, index) => {
      const users = isObject(row) && Array.isArray(row['users']) ? row['users'] : []
      const others = users.filter(user => accountKey(String(user)) !== accountKey(name))
      if (others.length === users.length) return []
      // A row that names nobody is for everybody.
      const first = others.length === 0 ? 'Remove this row' : `Take "${name}" out of the users of this row`
      const text = `${first} first: whoever got the name "${name}" next could relay by it.`
      return [{ path: `${list}[${index}].users`, text }]
    }),
  )
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
