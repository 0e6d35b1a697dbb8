/** An access list in words: its rows, and how it is read from the top. */
import type { AccessRow } from '../settings/settings.ts'
import type { Client } from './network.ts'
import { type Match, matchAt, type Policy } from './policy.ts'
import { matches } from './ruling.ts'

/** More rows than this are passed over in one sentence. */
const ROWS_NAMED = 8
/** Of more names than these, and one more, the first are told and the others counted. */
export const NAMES = 5

/** How the lists that count are read for a client, a sentence for each step; bounded, however long they are. */
export function readLists(policy: Policy, client: Client): readonly string[] {
  return [...matches(policy, client).flatMap(match => readList(policy, match)), ...mending(policy, client)]
}

/** What the lists say of line ends, whoever the recipient: a sentence, or none. */
export function mending(policy: Policy, client: Client): readonly string[] {
  const answers = matches(policy, client)
  if (!answers.every(({ mends }) => mends)) return []
  const rows = enumerate(answers.map(match => nameRow(policy, match)))
  return [`Lines that end in LF alone are taken from it, and mended, by ${rows}.`]
}

function readList(policy: Policy, match: Match): readonly string[] {
  const { rows } = match.list
  if (rows.length === 0) return [`${capital(nameList(policy, match))} is empty: that lets nobody in.`]
  if (match.number === 0) {
    return [...passOver(policy, match, rows.length), `No row of ${nameList(policy, match)} matches.`]
  }
  return [
    ...passOver(policy, match, match.number - 1),
    `${describeRow(policy, match)} matches: the first row that matches decides.`,
    ...contradiction(match),
  ]
}

/** `row 3`; with a global list `row 3 of the service's list`. */
export function nameRow(policy: Policy, match: Match): string {
  return policy.global ? `row ${match.number} of ${nameList(policy, match)}` : `row ${match.number}`
}

/** `the access list`; with a global list `the service's list` or `the global list`. */
export function nameList(policy: Policy, { list }: Match): string {
  if (!policy.global) return 'the access list'
  return list.name === 'global' ? 'the global list' : "the service's list"
}

/** `a, b and c`; of many only the first ones. */
export function enumerate(words: readonly string[]): string {
  if (words.length > NAMES + 1) return `${words.slice(0, NAMES).join(', ')} and ${words.length - NAMES} more`
  return [words.slice(0, -1).join(', '), words.at(-1) ?? ''].filter(part => part !== '').join(' and ')
}

export function capital(text: string): string {
  return /^[^\s.]+\.\S/.test(text) ? text : text.charAt(0).toUpperCase() + text.slice(1)
}

function describeRow(policy: Policy, match: Match): string {
  const row = match.list.rows[match.number - 1]
  return `${capital(nameRow(policy, match))}${row ? ` (${describe(row)})` : ''}`
}

function describe({ action, from, withoutAuthentication, mendLineEnds, users }: AccessRow): string {
  return [
    `${action} ${from.trim()}`,
    ...(withoutAuthentication ? ['without authentication'] : []),
    ...(users.length > 0 ? [`${users.length === 1 ? 'user' : 'users'} ${enumerate(users)}`] : []),
    ...(mendLineEnds ? ['line ends mended'] : []),
  ].join(', ')
}

/** The first `count` rows, none of which matched. */
function passOver(policy: Policy, match: Match, count: number): string[] {
  const rows = match.list.rows.slice(0, count)
  if (count <= ROWS_NAMED) {
    return rows.map(({ enabled }, index) => {
      const row = describeRow(policy, matchAt(match.list, index + 1))
      return enabled ? `${row} doesn't match.` : `${row} is switched off.`
    })
  }
  const off = rows.filter(({ enabled }) => !enabled).length
  const where = policy.global ? ` of ${nameList(policy, match)}` : ''
  return [`Rows 1 to ${count}${where} don't match${off > 0 ? ` (${off} of them switched off)` : ''}.`]
}

function contradiction(match: Match): string[] {
  const row = match.list.rows[match.number - 1]
  if (!row?.withoutAuthentication || !match.users) return []
  return ['It names users, so "without authentication" has no effect on it.']
}
