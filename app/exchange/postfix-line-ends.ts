/** From whom lines that end in LF alone are taken: `smtpd_forbid_bare_newline` and its exclusions, as rows that mend. */
import { mendingSpans } from '../access/mend-difference.ts'
import { type Family, formatSpan, parseFrom, type Span } from '../access/network.ts'
import type { Policy } from '../access/policy.ts'
import { compileRanges } from '../access/ranges.ts'
import { commonSpans, EVERYWHERE, joinSpans, sameSpans } from '../access/spans.ts'
import type { Stretch } from '../access/stretch.ts'
import { blocksOf, formatBlock } from './blocks.ts'
import { type Entry, rowOf } from './imported.ts'
import type { Word } from './postfix-config.ts'
import type { PostfixParts } from './postfix-restrictions.ts'
import { readPattern, type TableEntry } from './postfix-table.ts'

const FORBID = 'smtpd_forbid_bare_newline'
const EXCLUDE = 'smtpd_forbid_bare_newline_exclusions'
/** Rows that are put in at most. */
const MOST = 1000

/** Where every list that counts takes them, as a table; undefined where none does. */
export function lineEndTable(map: readonly Stretch[], policy: Policy): string | undefined {
  const spans = mendingSpans({ policy, map })
  const blocks = spans.flatMap(span => [...blocksOf(span)])
  return blocks.length === 0 ? undefined : blocks.map(block => `${formatBlock(block)}\tOK\n`).join('')
}

/** The rows with mending where the exclusions say so; who may send stays as it is. What can't be taken is told. */
export function withLineEnds(
  entries: readonly Entry[],
  { config, tables, remarks }: PostfixParts,
): readonly Entry[] {
  const forbids = config.word(FORBID, remarks)
  const words = config.words(EXCLUDE, remarks)
  const line = config.lineOf(FORBID)
  if (forbids !== undefined && forbids !== 'reject') remarks.note(line, lostOf(forbids))
  if (words === undefined || words.length === 0) {
    if (words === undefined && forbids === 'reject')
      remarks.note(
        line,
        `${EXCLUDE} is not set: Postfix takes lines that end in LF alone from $mynetworks. Here no row does: switch mendLineEnds on for the devices that need it.`,
      )
    return entries
  }
  if (forbids === undefined || forbids === 'no') {
    remarks.note(config.lineOf(EXCLUDE), `${EXCLUDE} has no effect, since ${FORBID} is not on.`)
    return entries
  }
  const lose = (word: Word, why: string) =>
    remarks.lose(word.line, `${EXCLUDE}: ${word.text} was not taken: ${why}.`)
  const excluded = words.flatMap((word): readonly Span[] => {
    if (/^cidr:/i.test(word.text))
      return (tables.networks(word, () => ({ kind: 'pass' })) ?? []).map(({ span }: TableEntry) => span)
    const read = readPattern(word.text)
    if (read.ok) return [read.span]
    lose(word, 'write it as a network, or as a cidr table')
    return []
  })
  const mended = mendedRows(entries, joinSpans(excluded))
  if (typeof mended !== 'string') return mended
  for (const word of words) lose(word, mended)
  return entries
}

function lostOf(forbids: string): string {
  const taken =
    forbids === 'no'
      ? 'Postfix takes lines that end in LF alone from everybody'
      : 'Postfix takes lines that end in LF alone from everybody, and wants CR LF only where a message ends'
  return `${FORBID} is ${forbids}: ${taken}. Postern refuses them: switch mendLineEnds on for the rows of devices that need it.`
}

/** A row that decides for some of them only is parted: a copy before it, for those, mends. A phrase where it can't be. */
function mendedRows(entries: readonly Entry[], excluded: readonly Span[]): readonly Entry[] | string {
  const pieces = piecesOf(entries)
  if (!pieces) return "the rows are for networks of this machine, which aren't known here"
  const copies = new Map<number, readonly Span[]>()
  const whole = new Set<number>()
  for (const [row, spans] of pieces) {
    const inside = commonSpans(spans, excluded)
    if (inside.length === 0) continue
    if (row > 0 && sameSpans(inside, spans)) whole.add(row)
    else copies.set(row, inside)
  }
  if ([...copies.values()].flat().length > MOST) return `it would take more than ${MOST} rows more`
  const copied = (row: number, like: Entry) =>
    (copies.get(row) ?? []).map(
      (span): Entry => ({ ...like, row: { ...like.row, from: formatSpan(span), mendLineEnds: true } }),
    )
  const rows = entries.flatMap((entry, index) => [
    ...copied(index + 1, entry),
    whole.has(index + 1) ? { ...entry, row: { ...entry.row, mendLineEnds: true } } : entry,
  ])
  return [...rows, ...copied(0, { row: rowOf({ action: 'block', from: 'any' }), line: 0 })]
}

/** The addresses for which each row decides, by its number; of 0 those for which none does. */
function piecesOf(entries: readonly Entry[]): ReadonlyMap<number, readonly Span[]> | undefined {
  const spans: { readonly row: number; readonly span: Span }[] = []
  for (const [index, { row }] of entries.entries()) {
    const { from } = row
    const parsed = parseFrom(from)
    if (!parsed.ok || (parsed.from.kind !== 'span' && parsed.from.kind !== 'any')) return undefined
    const own = parsed.from.kind === 'any' ? EVERYWHERE : [parsed.from.span]
    if (row.enabled) spans.push(...own.map(span => ({ row: index + 1, span })))
  }
  const { v4Starts, v4Rows, v6Starts, v6Rows } = compileRanges(spans)
  const pieces = new Map<number, Span[]>()
  const add = (family: Family, starts: ArrayLike<number | bigint>, rows: ArrayLike<number>) => {
    const end = EVERYWHERE.find(whole => whole.family === family)?.last ?? 0n
    for (let at = 0; at < starts.length; at++) {
      const [first, next, row] = [BigInt(starts[at] ?? 0), starts[at + 1], rows[at] ?? 0]
      const span = { family, first, last: next === undefined ? end : BigInt(next) - 1n }
      const known = pieces.get(row)
      if (known) known.push(span)
      else pieces.set(row, [span])
    }
  }
  add(4, v4Starts, v4Rows)
  add(6, v6Starts, v6Rows)
  return pieces
}
