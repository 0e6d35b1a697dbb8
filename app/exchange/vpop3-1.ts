/** VPOP3 1.5's text: `network netmask [noauth] [user …]`, `!` before what is blocked, `NOGLOBAL`. */
import { isIPv4 } from 'node:net'
import { formatValue } from '../access/network.ts'
import { netmaskOf } from './blocks.ts'
import type { TextLine } from './decode.ts'
import { type Entry, keptComment, type Read, rowOf } from './imported.ts'
import type { Remarks } from './remarks.ts'
import { namesOf, readFrom, tooLong, type Writing } from './vpop3-words.ts'

/** It knew IPv4 only, so this meant everybody. */
const EVERYBODY = '0.0.0.0/0'

export const VPOP3_ONE: Writing = {
  head: useGlobalAccess => (useGlobalAccess ? [] : ['NOGLOBAL']),
  any: '0.0.0.0 0.0.0.0',
  localNetworks: undefined,
  routers: undefined,
  block: block => (block.family === 4 ? `${formatValue(4, block.first)} ${netmaskOf(block)}` : undefined),
  row({ action, withoutAuthentication, users, comment }, where) {
    const words = [where, ...(withoutAuthentication ? ['noauth'] : []), ...users].join(' ')
    return [...(comment === '' ? [] : [`# ${comment}`]), `${action === 'block' ? '!' : ''}${words}`]
  },
  canName: name => !/\s|^#|^noauth$/i.test(name) && !LIKE_ADDRESS.test(name),
  hasComments: true,
}

export function readVpop3One(lines: readonly TextLine[], remarks: Remarks): Read {
  const entries: Entry[] = []
  let useGlobalAccess = true
  let comment: string[] = []
  for (const { number, text } of lines) {
    const [said = '', remark] = parts(text)
    if (remark !== undefined && remark !== '') comment.push(remark)
    if (said === '') continue
    if (said.toUpperCase() === 'NOGLOBAL') {
      useGlobalAccess = false
      continue
    }
    const row = readRow(
      said,
      keptComment(comment.join('; '), sentence => remarks.note(number, sentence)),
    )
    if (row.ok) entries.push({ row: row.row, line: number })
    else remarks.lose(number, row.problem)
    comment = []
  }
  if (comment.length > 0) {
    remarks.note(lines.at(-1)?.number ?? 0, 'The comment at the end belongs to no row; it was left out.')
  }
  return { entries, smtp: { useGlobalAccess }, emptyMeant: 'everybody' }
}

/** What a line says, and its comment. */
function parts(text: string): readonly [string, string?] {
  const at = text.search(/(?:^|\s)#/)
  if (at < 0) return [text.trim()]
  return [text.slice(0, at).trim(), text.slice(text.indexOf('#', at) + 1).trim()]
}

function readRow(said: string, comment: string) {
  const isBlock = said.startsWith('!')
  const words = said
    .slice(isBlock ? 1 : 0)
    .trim()
    .split(/\s+/)
  const withoutAuthentication = words.some(isNoAuth)
  const [network = '', ...rest] = words.filter(word => !isNoAuth(word))
  const [mask = ''] = rest
  const hasMask = isIPv4(mask)
  const from = readFrom(hasMask ? `${network} ${mask}` : network)
  const names = namesOf(hasMask ? rest.slice(1) : rest)
  const number = names.find(name => LIKE_ADDRESS.test(name))
  const problem = from.ok ? (number === undefined ? tooLong(names) : noMask(number)) : from.problem
  if (!from.ok || problem !== undefined) return { ok: false, problem: problem ?? '' } as const
  return {
    ok: true,
    row: rowOf({
      action: isBlock ? 'block' : 'allow',
      from: from.from === EVERYBODY ? 'any' : from.from,
      withoutAuthentication,
      users: names,
      comment,
    }),
  } as const
}

/** Digits and dots, or hexadecimal and colons: a netmask that was mistyped, and no account's name. */
const LIKE_ADDRESS = /^[\d./]+$|^[\da-f.]*:[\da-f:./]*$/i

function noMask(text: string): string {
  return `"${text}" is no netmask such as 255.255.255.0, and no name of an account: write the mask whole.`
}

function isNoAuth(word: string): boolean {
  return word.toLowerCase() === 'noauth'
}
