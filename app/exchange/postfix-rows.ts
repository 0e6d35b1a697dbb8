/** Rows that let through whom a Postfix's restrictions let through, to others and to mailboxes of its own. */
import { formatSpan, type Span } from '../access/network.ts'
import { spansOf } from '../access/policy.ts'
import { compileRanges, type Ranges, rowsWithin } from '../access/ranges.ts'
import { ANYONE, NEVER, type Relaying } from '../access/relaying.ts'
import { EVERYWHERE } from '../access/spans.ts'
import type { AccessRow } from '../settings/settings.ts'
import { type Entry, rowOf } from './imported.ts'
import type { Ruled } from './postfix-restrictions.ts'
import type { Remarks } from './remarks.ts'

/** For restrictions that take mail for their own domains from everybody. */
export function plainRows(ruled: readonly Ruled[]): readonly Entry[] {
  return ruled.map(({ from, relaying, line, file }) => ({
    row: rowFor(from, relaying, relaying.kind === 'anyone'),
    line,
    ...(file === undefined ? {} : { file }),
  }))
}

export interface Lists {
  readonly external: readonly Ruled[]
  /** Undefined: everybody. */
  readonly internal: readonly Ruled[] | undefined
  /** Who may connect at all; undefined: everybody. */
  readonly connect: readonly Ruled[] | undefined
  readonly logOns: boolean
}

export interface Joined {
  readonly entries: readonly Entry[]
  /** Whether somebody must log on to send to mailboxes here. */
  readonly asksInternal: boolean
}

const NO_ROW =
  'there is no row for it in Postern, where who may connect, send to others and send to mailboxes here hang together'

/** One list out of several: cut wherever one of them changes. What no row can say is lost. */
export function joinedRows(lists: Lists, remarks: Remarks): Joined {
  for (const { from, line } of lists.external) {
    if (from === 'local-networks')
      remarks.lose(line, 'Write mynetworks out: its networks are to be cut here.')
  }
  const pieces = piecesOf(lists)
  const asksInternal = pieces.some(
    ({ internal, mayConnect }) => mayConnect && internal.kind === 'after-login',
  )
  const entries: Entry[] = []
  let run: { readonly span: Span; readonly row: AccessRow; readonly piece: Piece } | undefined
  const write = () => {
    if (!run) return
    const { row, span, piece } = run
    const { line = 0, file } = piece.by ?? {}
    entries.push({ row: { ...row, from: formatSpan(span) }, line, ...(file === undefined ? {} : { file }) })
  }
  for (const piece of pieces) {
    const { span, by } = piece
    const row = rowOfPiece(piece, asksInternal, lists)
    if (!row) {
      remarks.lose(by?.line ?? 0, `${formatSpan(span)} was not taken: ${NO_ROW}.`, by?.file)
    } else if (run && sameRow(run.row, row) && touches(run.span, span)) {
      run = { ...run, span: { ...run.span, last: span.last } }
    } else {
      write()
      run = { span, row, piece }
    }
  }
  write()
  return { entries, asksInternal }
}

/** Addresses that are treated alike. */
interface Piece {
  readonly span: Span
  /** What decides on relaying. */
  readonly by: Ruled | undefined
  readonly internal: Relaying
  readonly mayConnect: boolean
}

function piecesOf({ external, internal, connect }: Lists): readonly Piece[] {
  const [relays, owns, connects] = [external, internal ?? [], connect ?? []].map(rangesOf)
  if (!relays || !owns || !connects) return []
  return cut([relays, owns, connects]).map(span => ({
    span,
    by: ruledAt(external, relays, span),
    internal: internal ? (ruledAt(internal, owns, span)?.relaying ?? NEVER) : ANYONE,
    // Whom that list doesn't hold may connect.
    mayConnect: ruledAt(connect ?? [], connects, span)?.relaying.kind !== 'never',
  }))
}

/** Undefined for what no row can say. */
function rowOfPiece({ by, internal, mayConnect }: Piece, asks: boolean, { connect, logOns }: Lists) {
  if (!mayConnect) return rowFor('any', NEVER, false)
  const external = by?.relaying ?? NEVER
  const isAsked = internal.kind === 'after-login' && internal.users === null
  if (internal.kind !== 'anyone' && !isAsked) return undefined
  // A row that lets go of the log-on lets go of it for all recipients.
  const waives = asks ? !isAsked : external.kind === 'anyone'
  if (connect) {
    // Relaying needs a log-on then, whatever the row says.
    if (external.kind === 'anyone') return undefined
    if (external.kind === 'never') return logOns ? undefined : rowFor('any', ANYONE, false)
    return external.users && waives ? undefined : rowFor('any', external, waives)
  }
  if (external.kind === 'never') return rowFor('any', external, waives)
  return waives === (external.kind === 'anyone') ? rowFor('any', external, waives) : undefined
}

function rowFor(from: string, relaying: Relaying, withoutAuthentication: boolean): AccessRow {
  const users = relaying.kind === 'after-login' ? (relaying.users ?? []) : []
  return rowOf({ action: relaying.kind === 'never' ? 'block' : 'allow', from, withoutAuthentication, users })
}

function sameRow(one: AccessRow, other: AccessRow): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}

function touches(one: Span, other: Span): boolean {
  return one.family === other.family && one.last + 1n === other.first
}

function rangesOf(ruled: readonly Ruled[]): Ranges {
  const nowhere = { localNetworks: [], routers: [] }
  const spans = ruled.flatMap(({ from }, index) =>
    spansOf(from, nowhere).map(span => ({ row: index + 1, span })),
  )
  return compileRanges(spans)
}

function ruledAt(ruled: readonly Ruled[], ranges: Ranges, { family, first }: Span): Ruled | undefined {
  const [row = 0] = rowsWithin(ranges, { family, first, last: first })
  return ruled[row - 1]
}

/** All addresses, ascending, cut at the beginning of each range. */
function cut(all: readonly Ranges[]): readonly Span[] {
  return EVERYWHERE.flatMap(({ family, last }) => {
    const starts = all.flatMap(({ v4Starts, v6Starts }) =>
      family === 4 ? Array.from(v4Starts, BigInt) : [...v6Starts],
    )
    const sorted = [...new Set(starts)].sort((a, b) => (a < b ? -1 : 1))
    return sorted.map((first, index) => ({ family, first, last: (sorted[index + 1] ?? last + 1n) - 1n }))
  })
}
