/** VPOP3 3 and 4's lines: `Allow Any No Auth - fred bob`. */
import { formatValue } from '../access/network.ts'
import type { AccessRow } from '../settings/settings.ts'
import { netmaskOf } from './blocks.ts'
import type { TextLine } from './decode.ts'
import { type Entry, type Read, rowOf } from './imported.ts'
import type { Remarks } from './remarks.ts'
import { namesOf, readFrom, tooLong, type Writing } from './vpop3-words.ts'

const SHAPE = /^(allow|block)\s+(?:-\s+)?(.*?)(?:\s+-\s*(.*))?$/i
const NO_AUTH = /(?:^|\s)no\s?auth$/i

const SPECIAL: readonly (readonly [RegExp, string])[] = [
  [/^any$/i, 'any'],
  [/^(?:local\s?nets?|local\s?networks?)$/i, 'local-networks'],
  [/^routers?$/i, 'routers'],
]

export const VPOP3_THREE: Writing = {
  head: () => [],
  any: 'Any',
  localNetworks: 'Local Nets',
  routers: 'routers',
  block(block) {
    if (block.family === 6) return undefined
    return `${formatValue(4, block.first)}${block.prefix === 32 ? '' : ` ${netmaskOf(block)}`}`
  },
  row: ({ action, withoutAuthentication, users }, where) => [
    [
      action === 'allow' ? 'Allow' : 'Block',
      where,
      ...(withoutAuthentication ? ['No Auth'] : []),
      ...(users.length > 0 ? ['-', ...users] : []),
    ].join(' '),
  ],
  canName: name => !/[\s,]|^-|^no$|^noauth$/i.test(name),
  hasComments: false,
}

export function readVpop3Three(lines: readonly TextLine[], remarks: Remarks): Read {
  const entries: Entry[] = []
  for (const { number, text } of lines) {
    const said = text.trim().replace(/\s+/g, ' ')
    if (said.startsWith('#')) {
      remarks.note(number, 'A comment has no place in this dialect; it was left out.')
      continue
    }
    const row = readRow(said)
    if (row.ok) entries.push({ row: row.row, line: number })
    else remarks.lose(number, row.problem)
  }
  return { entries, smtp: {}, emptyMeant: 'everybody' }
}

type ReadRow =
  | { readonly ok: true; readonly row: AccessRow }
  | { readonly ok: false; readonly problem: string }

function readRow(said: string): ReadRow {
  const [, action = '', middle = '', tail = ''] = SHAPE.exec(said) ?? []
  if (action === '')
    return refuse('This line begins with neither Allow nor Block; write one of them before it.')
  const withoutAuthentication = NO_AUTH.test(middle)
  const from = readWhere(middle.replace(NO_AUTH, '').trim())
  if (!from.ok) return from
  const names = namesOf(tail.split(/[\s,]+/).filter(name => name !== ''))
  // As names they would ask for two accounts; nobody can have meant that.
  if (/(?:^|\s)no\s?auth(?:\s|$)/i.test(tail))
    return refuse('Write "No Auth" before the dash; behind it stand names of users.')
  const problem = tooLong(names)
  if (problem !== undefined) return refuse(problem)
  const users = { withoutAuthentication, users: names }
  return {
    ok: true,
    row: rowOf({ action: action.toLowerCase() === 'block' ? 'block' : 'allow', from: from.from, ...users }),
  }
}

function readWhere(text: string) {
  const special = SPECIAL.find(([shape]) => shape.test(text))
  return special ? ({ ok: true, from: special[1] } as const) : readFrom(text)
}

function refuse(problem: string): ReadRow & { ok: false } {
  return { ok: false, problem }
}
