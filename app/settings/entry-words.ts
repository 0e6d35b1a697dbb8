/** An entry of a settings list as a person names it: an account, a row of an access list, a listener, a route. */
import { isObject } from './path.ts'

type Fields = Readonly<Record<string, unknown>>

/** Undefined for what is no such entry. */
export function entryWords(value: unknown): string | undefined {
  if (!isObject(value)) return undefined
  return (
    rowWords(value) ?? listenerWords(value) ?? routeWords(value) ?? dkimName(value) ?? text(value['name'])
  )
}

/** Two entries with different ones are different entries, not one that changed. */
export function entryKey(value: unknown): string | undefined {
  if (!isObject(value)) return undefined
  const { action, from, name } = value
  return isRow(value) ? `${action} ${from}` : (dkimName(value) ?? text(name))
}

function isRow({ action, from }: Fields): boolean {
  return typeof action === 'string' && typeof from === 'string'
}

/** As in `allow any (users support, webmaster)`. */
function rowWords(row: Fields): string | undefined {
  if (!isRow(row)) return undefined
  const users = texts(row['users'])
  const more = [
    ...(row['withoutAuthentication'] === true ? ['without authentication'] : []),
    ...(users.length > 0 ? [`${users.length === 1 ? 'user' : 'users'} ${users.join(', ')}`] : []),
    ...(row['mendLineEnds'] === true ? ['line ends mended'] : []),
    ...(row['enabled'] === false ? ['switched off'] : []),
  ]
  return `${row['action']} ${row['from']}${more.length > 0 ? ` (${more.join('; ')})` : ''}`
}

/** As in `0.0.0.0 port 25 (starttls)`. */
function listenerWords({ address, port, encryption, oldDevices }: Fields): string | undefined {
  if (typeof address !== 'string' || typeof port !== 'number') return undefined
  const facts = [encryption, oldDevices === true && 'for old devices'].filter(
    fact => typeof fact === 'string',
  )
  return `${address} port ${port}${facts.length > 0 ? ` (${facts.join(', ')})` : ''}`
}

/** As in `* via smart-host smtp.provider.example:587`. */
function routeWords({ to, via, hosts }: Fields): string | undefined {
  if (typeof via !== 'string' || !Array.isArray(to)) return undefined
  return [texts(to).join(', '), 'via', via, texts(hosts).join(', ')].filter(word => word !== '').join(' ')
}

/** Of a key that signs mail: where its record stands in the DNS. */
function dkimName({ selector, domain }: Fields): string | undefined {
  return typeof selector === 'string' && typeof domain === 'string'
    ? `${selector}._domainkey.${domain}`
    : undefined
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter(entry => typeof entry === 'string') : []
}
