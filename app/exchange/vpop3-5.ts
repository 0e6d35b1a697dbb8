/** VPOP3 5's store: `allow|type|address|prefix|noauth|users|comment`, and before it whether the global list counts. */
import { formatValue } from '../access/network.ts'
import type { AccessRow } from '../settings/settings.ts'
import type { TextLine } from './decode.ts'
import { type Entry, keptComment, type Read, rowOf } from './imported.ts'
import type { Remarks } from './remarks.ts'
import { namesOf, readFrom, tooLong, type Writing } from './vpop3-words.ts'

/** By prefix. */
const SPECIAL = ['any', 'local-networks', 'routers'] as const

export const VPOP3_FIVE: Writing = {
  head: useGlobalAccess => [useGlobalAccess ? '1' : '0'],
  any: '0||0',
  localNetworks: '0||1',
  routers: '0||2',
  block: ({ family, first, prefix }) => `${family === 4 ? 2 : 23}|${formatValue(family, first)}|${prefix}`,
  row: ({ action, withoutAuthentication, users, comment }, where) => [
    [action === 'allow' ? 1 : 0, where, withoutAuthentication ? 1 : 0, users.join('\t'), comment].join('|'),
  ],
  canName: name => !/[|\t]|^\s|\s$/.test(name),
  hasComments: true,
}

export function readVpop3Five(lines: readonly TextLine[], remarks: Remarks): Read {
  const entries: Entry[] = []
  let useGlobalAccess: boolean | undefined
  for (const { number, text } of lines) {
    const said = text.trim()
    if (said === '0' || said === '1') {
      if (useGlobalAccess === undefined && entries.length === 0) useGlobalAccess = said === '1'
      else
        remarks.lose(number, 'Whether the global list counts stands in the first line only; remove this one.')
      continue
    }
    const row = readRow(text, sentence => remarks.note(number, sentence))
    if (row.ok) entries.push({ row: row.row, line: number })
    else remarks.lose(number, row.problem)
  }
  if (useGlobalAccess === undefined) {
    remarks.lose(
      lines[0]?.number ?? 0,
      'The first line should be 0 or 1: whether the global list counts too.',
    )
  }
  return {
    entries,
    smtp: useGlobalAccess === undefined ? {} : { useGlobalAccess },
    emptyMeant: 'everybody',
  }
}

type ReadRow =
  | { readonly ok: true; readonly row: AccessRow }
  | { readonly ok: false; readonly problem: string }

function readRow(text: string, note: (sentence: string) => void): ReadRow {
  const fields = text.split('|')
  const [allow = '', type = '', address = '', prefix = '', noauth = '', users = '', ...comment] = fields
  if (fields.length < 6) {
    return refuse(
      'This line needs seven parts with | between: allow, type, address, prefix, noauth, users, comment.',
    )
  }
  const flags = [allow.trim(), noauth.trim()]
  if (!flags.every(flag => flag === '0' || flag === '1'))
    return refuse('The first and the fifth part must be 0 or 1.')
  const from = readWhere(type.trim(), address.trim(), prefix.trim(), note)
  if (!from.ok) return from
  const names = namesOf(
    users
      .split('\t')
      .map(name => name.trim())
      .filter(name => name !== ''),
  )
  const problem = tooLong(names)
  if (problem !== undefined) return refuse(problem)
  return {
    ok: true,
    row: rowOf({
      action: flags[0] === '1' ? 'allow' : 'block',
      from: from.from,
      withoutAuthentication: flags[1] === '1',
      users: names,
      comment: keptComment(comment.join('|').trim(), note),
    }),
  }
}

function readWhere(type: string, address: string, prefix: string, note: (sentence: string) => void) {
  switch (type) {
    case '0': {
      const special = /^\d$/.test(prefix) ? SPECIAL[Number(prefix)] : undefined
      if (special === undefined)
        return refuse('For type 0 the prefix must be 0 (Any), 1 (Local Networks) or 2 (Routers).')
      if (address !== '')
        note(`The address ${address.slice(0, 60)} doesn't count beside type 0; it was left out.`)
      return { ok: true, from: special } as const
    }
    case '2':
    case '23':
      return readNetwork(type, address, prefix)
    case '100':
      return refuse(
        'GeoIP rows (type 100) have nothing like them in Postern: write the networks that are meant.',
      )
    default:
      return refuse(
        `The type "${type.slice(0, 20)}" is unknown: 0, 2 (IPv4), 23 (IPv6) and 100 (GeoIP) are known.`,
      )
  }
}

function readNetwork(type: string, address: string, prefix: string) {
  if (address.includes(':') !== (type === '23')) {
    return refuse(`Type ${type} stands for IPv${type === '23' ? 6 : 4}, and the address is another kind.`)
  }
  if (!/^\d{1,3}$/.test(prefix)) return refuse('The fourth part must be a prefix such as 24.')
  return readFrom(`${address}/${Number(prefix)}`)
}

function refuse(problem: string): ReadRow & { ok: false } {
  return { ok: false, problem }
}
