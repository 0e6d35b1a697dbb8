/** The rows of an access list: made, taken apart into VPOP3's columns, and put in words. */
import type { AccessRow, Machine, SettingsDraft } from '../state/settings.ts'
import { enumerate } from '../words/plain.ts'

export type RowType = 'any' | 'local-networks' | 'routers' | 'ipv4' | 'ipv6' | 'name'

/** Type, Address and Prefix, as VPOP3's columns have them. */
export interface RowAddress {
  readonly type: RowType
  readonly address: string
  /** `24`, a netmask, or empty for one host or a range. */
  readonly prefix: string
}

export const typeLabels: Readonly<Record<RowType, string>> = {
  any: 'Any',
  'local-networks': 'Local Nets',
  routers: 'Routers',
  ipv4: 'IPv4',
  ipv6: 'IPv6',
  name: 'Host name',
}

/** What a row of that type says while no host name is written: no host is called so. */
const NO_NAME = '.'

/** Whether the address is typed by a person. */
export function isTyped(type: RowType): boolean {
  return type === 'ipv4' || type === 'ipv6' || type === 'name'
}

/** Whether the address is still to be typed. */
export function isBlank(from: string): boolean {
  const { type, address } = addressOf(from)
  return isTyped(type) && address === ''
}

export function addressOf(from: string): RowAddress {
  const word = from.trim().toLowerCase()
  if (word === 'any' || word === 'local-networks' || word === 'routers')
    return { type: word, address: '', prefix: '' }
  if (isName(from)) return { type: 'name', address: from === NO_NAME ? '' : from, prefix: '' }
  const type = from.includes(':') ? 'ipv6' : 'ipv4'
  if (from.includes('-')) return { type, address: from, prefix: '' }
  const [, address = from, prefix = ''] = /^([^/\s]*)(?:\s*\/\s*|\s+)(.*)$/s.exec(from) ?? []
  return { type, address, prefix }
}

/** As a person means it; whether it is one is the relay's to say. */
function isName(from: string): boolean {
  return from === NO_NAME || (/[\p{L}_]/u.test(from) && !from.includes(':'))
}

/** What stands in the settings for the three columns. An empty IPv6 address is `::`, which no client has. */
export function fromOf({ type, address, prefix }: RowAddress): string {
  if (type === 'name') return address === '' ? NO_NAME : address
  if (type !== 'ipv4' && type !== 'ipv6') return type
  const text = type === 'ipv6' && address === '' ? '::' : address
  if (prefix === '') return text
  return prefix.includes('.') ? `${text} ${prefix}` : `${text}/${prefix}`
}

/** Another type, keeping the address where it is of that type. */
export function withType(from: string, type: RowType): string {
  const { type: old, address, prefix } = addressOf(from)
  return old === type
    ? from
    : fromOf({ type, address: '', prefix: '', ...(old === type && { address, prefix }) })
}

export const newRow: AccessRow = {
  action: 'allow',
  from: '',
  withoutAuthentication: false,
  mendLineEnds: false,
  users: [],
  comment: '',
  enabled: true,
}

/** VPOP3's "Default for your LAN". */
export const lanRows: readonly AccessRow[] = [
  {
    ...newRow,
    action: 'block',
    from: 'routers',
    comment: 'mail that a router passes on may come from the Internet',
  },
  { ...newRow, from: 'local-networks', comment: 'this office' },
]

/** `Allow Any, users support and webmaster`. */
export function rowWords({
  action,
  from,
  withoutAuthentication,
  mendLineEnds,
  users,
  enabled,
}: AccessRow): string {
  const { type, address } = addressOf(from)
  const typed = type === 'name' ? address : from
  const where = isTyped(type) ? typed || 'no address yet' : typeLabels[type]
  return [
    `${action === 'allow' ? 'Allow' : 'Block'} ${where}`,
    ...(withoutAuthentication ? ['Allow Unauth'] : []),
    ...(mendLineEnds ? ['Mend Lines'] : []),
    ...(users.length > 0 ? [`${users.length === 1 ? 'user' : 'users'} ${enumerate(users)}`] : []),
    ...(enabled ? [] : ['off']),
  ].join(', ')
}

/** The addresses that `Local Nets` and `Routers` stand for now. */
export function addressesOf(
  type: RowType,
  { localNetworks, routers }: Pick<SettingsDraft, 'localNetworks' | 'routers'>,
  machine: Machine,
): readonly string[] {
  if (type === 'local-networks') return localNetworks === 'auto' ? machine.localNetworks : localNetworks
  if (type === 'routers') return routers === 'auto' ? machine.routers : routers
  return []
}

/** The office's own before loopback and what a card gives itself. */
export function shortAddresses(all: readonly string[]): string {
  const plain = all.filter(address => !/^(127\.|::1|fe80|169\.254)/i.test(address))
  const shown = (plain.length > 0 ? plain : all).slice(0, 1)
  if (shown.length === 0) return 'none found'
  return all.length > 1 ? `${shown[0]} +${all.length - 1}` : (shown[0] ?? '')
}
