/** An account's name, as it is compared. */

import type { Settings } from '../settings/settings.ts'

/** Names are the same without case: so are the mailbox folders that bear them on Windows and macOS. */
export function accountKey(name: string): string {
  return name.toLowerCase()
}

/** How the settings write the name of an `accountKey`: as the account does, else as a row does. */
export function accountNames({ users, smtp, globalAccess }: Settings): (key: string) => string {
  const named = [...smtp.access, ...globalAccess].flatMap(row => row.users)
  const names = new Map([...named, ...users.map(({ name }) => name)].map(name => [accountKey(name), name]))
  return key => names.get(key) ?? key
}
