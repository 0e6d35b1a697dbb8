/** A long list as pieces of lists that the relay's side holds too, and back: so that it never crosses whole. */
import type { Pieces } from '../../main/bridge.ts'
import { isRecord } from './paths.ts'
import { Places } from './places.ts'

export type Rows = readonly unknown[]

/** A list that both sides hold: that of settings by their revision, or of an import. */
export interface HeldList {
  readonly of: string
  readonly list: LongList
  readonly rows: Rows
}

/** The lists that may be long, as the relay knows them. */
export const longLists = ['smtp.access', 'globalAccess'] as const
export type LongList = (typeof longLists)[number]

/** Rows up to which a list crosses whole. */
export const long = 1000

type Piece = Pieces['pieces'][number]
type Kept = Extract<Piece, { of: string }>

export function isPieces(value: unknown): value is Pieces {
  return isRecord(value) && Array.isArray(value['pieces'])
}

/** Rows are known again by being the very same objects. */
export function piecesOf(rows: Rows, held: readonly HeldList[]): Pieces {
  const whole = held.find(one => one.rows === rows)
  if (whole) return { pieces: [kept(whole, 0, rows.length)] }
  const lists = held.map(one => ({ ...one, places: new Places(one.rows) }))
  const pieces: Piece[] = []
  let at = 0
  let [last, next] = [lists[0], 0]
  while (at < rows.length) {
    const place = placeOf(rows[at], last, next, lists)
    const end = place ? endOfRun(rows, at, place) : at + 1
    if (place) pieces.push(kept(place.in, place.at, end - at))
    else addFresh(pieces, rows[at])
    if (place) last = place.in
    next = (place?.at ?? next) + end - at
    at = end
  }
  return { pieces }
}

interface Searched extends HeldList {
  readonly places: Places
}

interface Place {
  readonly in: Searched
  readonly at: number
}

function placeOf(
  row: unknown,
  last: Searched | undefined,
  next: number,
  lists: readonly Searched[],
): Place | undefined {
  const found = last?.places.find(row, next)
  if (last && found !== undefined) return { in: last, at: found }
  for (const list of lists) {
    const at = list === last ? undefined : list.places.find(row, next)
    if (at !== undefined) return { in: list, at }
  }
  return undefined
}

function endOfRun(rows: Rows, at: number, place: Place): number {
  let end = at + 1
  while (end < rows.length && rows[end] === place.in.rows[place.at + end - at]) end++
  return end
}

function addFresh(pieces: Piece[], row: unknown): void {
  const end = pieces.at(-1)
  if (end && 'rows' in end) pieces[pieces.length - 1] = { rows: [...end.rows, row] }
  else pieces.push({ rows: [row] })
}

function kept({ of, list }: HeldList, from: number, count: number): Kept {
  return { of, list, from, count }
}

/** The rows of pieces; `rowsOf` fetches a list that is held. */
export async function joined(
  { pieces }: Pieces,
  rowsOf: (of: string, list: LongList) => Promise<Rows>,
): Promise<Rows> {
  const parts: Rows[] = []
  for (const piece of pieces) {
    if ('rows' in piece) parts.push(piece.rows)
    else {
      const rows = await rowsOf(piece.of, piece.list)
      const isWhole = piece.from === 0 && piece.count === rows.length
      parts.push(isWhole ? rows : rows.slice(piece.from, piece.from + piece.count))
    }
  }
  const [first = [], ...more] = parts
  return more.length === 0 ? first : first.concat(...more)
}

export function listIn(settings: unknown, list: LongList): unknown {
  if (!isRecord(settings)) return undefined
  if (list === 'globalAccess') return settings['globalAccess']
  return isRecord(settings['smtp']) ? settings['smtp']['access'] : undefined
}

export function withList(settings: unknown, list: LongList, rows: unknown): unknown {
  const top = isRecord(settings) ? settings : {}
  if (list === 'globalAccess') return { ...top, globalAccess: rows }
  return { ...top, smtp: { ...(isRecord(top['smtp']) ? top['smtp'] : {}), access: rows } }
}

/** `rows` with those objects of `before` that are alike, so that what stayed is seen to have stayed. */
export class Interning {
  readonly #before: Rows
  #at = 0

  constructor(before: Rows) {
    this.#before = before
  }

  take(row: unknown): unknown {
    for (const step of [0, 1, 2]) {
      const old = this.#before[this.#at + step]
      if (old === undefined || !sameRow(old, row)) continue
      this.#at += step + 1
      return old
    }
    return row
  }
}

function sameRow(one: unknown, other: unknown): boolean {
  if (!isRecord(one) || !isRecord(other) || one['from'] !== other['from']) return false
  return JSON.stringify(one) === JSON.stringify(other)
}
