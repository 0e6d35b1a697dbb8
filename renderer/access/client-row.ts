/** The narrowest row that would have let a refused client send: its address alone, for who it was. */
import type { AccessRow, SettingsDraft } from '../state/settings.ts'
import { newRow } from './rows.ts'

/** Undefined where no row lets in a client that hasn't logged on. */
export function clientRow(
  client: string,
  user: string | undefined,
  { smtp }: Pick<SettingsDraft, 'smtp'>,
): AccessRow | undefined {
  const row = { ...newRow, from: client, comment: 'from the log' }
  if (user !== undefined) return { ...row, users: [user] }
  if (smtp.antiRelay === 'authenticated-users') return undefined
  return { ...row, withoutAuthentication: smtp.authentication === 'required' }
}
