/** Findings about rows that can never decide, since the rows above them take all their addresses. */
import type { AccessRow } from '../settings/settings.ts'
import { type Finding, type Mend, MOST } from './finding.ts'
import { hostNameOf } from './name-answer.ts'
import { formatSpan, type Span } from './network.ts'
import { type AccessList, asksInternal, type Policy, spansOf } from './policy.ts'
import { rowsOnlyWithin, rowsWithin } from './ranges.ts'
import { EVERYWHERE, joinSpans } from './spans.ts'
import { enumerate } from './wording.ts'

export function findShadowed(list: AccessList, policy: Policy): readonly Finding[] {
  const deciding = new Set([...list.ranges.v4Rows, ...list.ranges.v6Rows])
  const findings: Finding[] = []
  for (const [index, { enabled, from }] of list.rows.entries()) {
    if (findings.length >= MOST) break
    if (!enabled || deciding.has(index + 1)) continue
    const spans = spansOf(from, policy.machine)
    // Where this machine has no router, say, the row waits for one.
    if (spans.length === 0 || (hostNameOf({ from }) !== undefined && !isForEver(list, index + 1))) continue
    findings.push(shadowed(list, index + 1, spans, policy))
  }
  return findings
}

/** A host name moves: its row is silenced for good only where those above take every address. */
function isForEver(list: AccessList, row: number): boolean {
  return EVERYWHERE.every(whole => rowsWithin(list.ranges, whole).every(other => other > 0 && other < row))
}

function shadowed(list: AccessList, row: number, spans: readonly Span[], policy: Policy): Finding {
  const above = [...new Set(spans.flatMap(span => rowsWithin(list.ranges, span)))].sort((a, b) => a - b)
  const of = policy.global ? ` of ${list.name === 'global' ? 'the global list' : "the service's list"}` : ''
  const rows = `${above.length === 1 ? 'row' : 'rows'} ${enumerate(above.map(String))}`
  const takes = above.length === 1 ? 'takes' : 'take'
  return {
    kind: 'shadowed',
    list: list.name,
    row,
    text: `Row ${row}${of} can never decide: ${rows} above it ${takes} all its addresses.`,
    mend: moveUp(list, row, spans, above, policy, of) ?? remove(list, row, of),
  }
}

function remove({ name }: AccessList, row: number, of: string): Mend {
  return {
    words: `Remove row ${row}${of}. Who can send stays as it is.`,
    edits: [{ kind: 'remove', list: name, row }],
  }
}

/** A row that blocks what others let in is hardly meant to stand below them; undefined where moving it would silence one. */
function moveUp(
  list: AccessList,
  row: number,
  spans: readonly Span[],
  above: readonly number[],
  policy: Policy,
  of: string,
): Mend | undefined {
  const to = above.find(number => list.rows[number - 1]?.action === 'allow')
  if (list.rows[row - 1]?.action !== 'block' || to === undefined) return undefined
  const silenced = rowsOnlyWithin(list.ranges, joinSpans(spans))
  const isSilenced = above.some(number => number >= to && silenced.has(number))
  if (isSilenced) return undefined
  return {
    words: `Move row ${row}${of} above row ${to}, so that it blocks: nobody can send to addresses outside from ${enumerate(spans.map(formatSpan))} any more${internalWords(policy, list.rows[row - 1])}. All other addresses stay as they are.`,
    edits: [{ kind: 'move', list: list.name, row, to }],
  }
}

/** What a row that blocks does to mail to mailboxes here, as it goes on a sentence. */
function internalWords(policy: Policy, row: AccessRow | undefined): string {
  if (policy.antiRelay === 'authenticated-users')
    return ', nor even connect with mail to your own users: incoming mail from there stops'
  if (!asksInternal(policy)) return ''
  const needs = row?.withoutAuthentication && row.users.length === 0 ? 'needs no log-on' : 'needs a log-on'
  return `, and mail to your own users ${needs} from there`
}
