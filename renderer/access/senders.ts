/** Who can send, row by row in plain words: computed from the rows, of which the first that matches decides. */
import type { AccessRow, Machine, SettingsDraft } from '../state/settings.ts'
import { enumerate } from '../words/plain.ts'
import { addressesOf, addressOf, shortAddresses } from './rows.ts'

export type Permission = 'anyone' | 'after-login' | 'never'

export interface Sender {
  /** Counted from 1; 0 for everybody whom no row names. */
  readonly row: number
  readonly who: string
  readonly permission: Permission
  readonly words: string
}

export function sendersOf(
  settings: SettingsDraft,
  rows: readonly AccessRow[],
  machine: Machine,
): readonly Sender[] {
  const numbered = rows.map((row, index) => ({ row, number: index + 1 })).filter(({ row }) => row.enabled)
  const end = numbered.findIndex(({ row }) => addressOf(row.from).type === 'any')
  const read = end < 0 ? numbered : numbered.slice(0, end + 1)
  const listed = read.map(({ row, number }, at) => ({
    row: number,
    who: whoOf(row, at === 0, settings, machine),
    ...permissionOf(row, settings),
  }))
  if (end >= 0) return listed
  const who = listed.length === 0 ? 'Everybody' : 'Everybody else'
  return [...listed, { row: 0, who, permission: 'never', words: 'never: no row lets them in' }]
}

/** Enabled rows below one that matches every address; they can never decide. */
export function unreachableRows(rows: readonly AccessRow[]): readonly number[] {
  const end = rows.findIndex(row => row.enabled && addressOf(row.from).type === 'any')
  return end < 0 ? [] : rows.flatMap((row, index) => (index > end && row.enabled ? [index + 1] : []))
}

function whoOf({ from }: AccessRow, first: boolean, settings: SettingsDraft, machine: Machine): string {
  const { type } = addressOf(from)
  switch (type) {
    case 'any':
      return first ? 'Everybody, from every address' : 'The rest of the Internet'
    case 'local-networks':
      return `Your network ${shortAddresses(addressesOf(type, settings, machine))}`
    case 'routers':
      return `Your router ${shortAddresses(addressesOf(type, settings, machine))}`
    default:
      return from === '' ? 'A row without an address' : from
  }
}

function permissionOf(row: AccessRow, { smtp }: SettingsDraft): Pick<Sender, 'permission' | 'words'> {
  if (row.from.trim() === '') return { permission: 'never', words: 'nobody yet' }
  if (row.action === 'block') return { permission: 'never', words: 'never' }
  const named = row.users.length > 0
  const always = named || smtp.antiRelay === 'authenticated-users'
  if (smtp.authentication === 'disabled' && always)
    return { permission: 'never', words: 'never: this needs a log-on, and SMTP Authentication is Disabled' }
  const required = smtp.authentication === 'required' && !row.withoutAuthentication
  if (named) return { permission: 'after-login', words: `${enumerate(row.users)}, after logging on` }
  if (always || required) return { permission: 'after-login', words: 'every user, after logging on' }
  return { permission: 'anyone', words: 'anyone, without logging on' }
}
