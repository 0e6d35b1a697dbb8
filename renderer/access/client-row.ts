/** The narrowest row that would have let a refused client send: its address alone, for who it was. */
import type { AccessRow, SmtpDraft } from '../state/settings.ts'
import { newRow } from './rows.ts'

/** The rows with it in its place: just above the row that refused, counted from 1; below all where none matched. */
export function rowsWith(fresh: AccessRow, refusing: number | null, access: readonly AccessRow[]) {
  const at = Math.min(access.length, refusing === null ? access.length : refusing - 1)
  return { at, rows: access.toSpliced(at, 0, fresh) }
}

/** Undefined where no row lets in a client that hasn't logged on. `below`: the row that refused, whose mending stays. */
export function clientRow(
  client: string,
  user: string | undefined,
  smtp: Pick<SmtpDraft, 'authentication' | 'antiRelay'>,
  below?: AccessRow,
): AccessRow | undefined {
  const mendLineEnds = below?.mendLineEnds ?? false
  const row = { ...newRow, from: client, comment: 'from the log', mendLineEnds }
  // Where logging on is switched off, whoever logged on before counts as anybody.
  if (user !== undefined && smtp.authentication !== 'disabled') return { ...row, users: [user] }
  if (smtp.antiRelay === 'authenticated-users') return undefined
  return { ...row, withoutAuthentication: smtp.authentication === 'required' }
}
