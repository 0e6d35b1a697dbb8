/** Settings whose long lists stand as pieces of lists that the other side holds too: so no long list crosses whole. */
import { isObject } from '../settings/path.ts'

/** The lists that may be long. */
export const LONG_LISTS = ['smtp.access', 'globalAccess'] as const
export type LongList = (typeof LONG_LISTS)[number]

/** Rows of a list up to which it crosses whole. */
export const LONG = 1000

/** Rows `from` to before `from + count` of a list that stands in the settings, or the import, called `of`. */
export interface Kept {
  readonly of: string
  readonly list: LongList
  readonly from: number
  readonly count: number
}

/** What stands in place of a long list. */
export interface Pieces {
  readonly pieces: readonly (Kept | { readonly rows: readonly unknown[] })[]
}

export type Rows = readonly unknown[]

/** A list that both sides hold. */
export interface Held {
  readonly of: string
  readonly list: LongList
  readonly rows: Rows
}

/** Undefined where there is none. */
export function listIn(settings: unknown, list: LongList): unknown {
  if (!isObject(settings)) return undefined
  if (list === 'globalAccess') return settings['globalAccess']
  return isObject(settings['smtp']) ? settings['smtp']['access'] : undefined
}

/** Undefined where there is no list. */
export function rowsIn(settings: unknown, list: LongList): Rows | undefined {
  const rows = listIn(settings, list)
  return Array.isArray(rows) ? rows : undefined
}

export function withList<Value>(settings: Value, list: LongList, rows: unknown): Value {
  // What is put stands where its kind stood before, so the settings keep their shape.
  return put(settings, list, rows) as Value
}

function put(settings: unknown, list: LongList, rows: unknown): unknown {
  const top = isObject(settings) ? settings : {}
  if (list === 'globalAccess') return { ...top, globalAccess: rows }
  return { ...top, smtp: { ...(isObject(top['smtp']) ? top['smtp'] : {}), access: rows } }
}

export function isLong(settings: unknown): boolean {
  return LONG_LISTS.some(list => isLongList(listIn(settings, list)))
}

/** In place of each long list, that it is the whole of it in the settings called `of`. */
export function withoutRows<Value>(settings: Value, of: string): Value {
  return LONG_LISTS.reduce<Value>((light, list) => {
    const rows = listIn(settings, list)
    if (!isLongList(rows)) return light
    return withList(light, list, { pieces: [{ of, list, from: 0, count: rows.length }] })
  }, settings)
}

/** The settings whole again. Throws a sentence where a list isn't held. */
export function unpacked(
  settings: unknown,
  rowsOf: (of: string, list: LongList) => Rows | undefined,
): unknown {
  return LONG_LISTS.reduce((whole, list) => {
    const value = listIn(whole, list)
    return isPieces(value) ? withList(whole, list, joined(value, rowsOf)) : whole
  }, settings)
}

const GONE = 'The list that this was made from is no longer kept: discard the changes, or import it again.'

/** Rows of one list; the settings hold fewer. */
const MOST = 1_000_000

function joined({ pieces }: Pieces, rowsOf: (of: string, list: LongList) => Rows | undefined): Rows {
  const count = pieces.reduce((sum, piece) => sum + ('rows' in piece ? piece.rows.length : piece.count), 0)
  if (count > MOST) throw new Error(`Make the list shorter: it has more rows than ${MOST}.`)
  return pieces.flatMap(piece => {
    if ('rows' in piece) return piece.rows
    const rows = rowsOf(piece.of, piece.list)
    if (!rows) throw new Error(GONE)
    return rows.slice(piece.from, piece.from + piece.count)
  })
}

/** The settings with pieces of what is held in place of each long list. */
export function packed(settings: unknown, held: readonly Held[]): unknown {
  return LONG_LISTS.reduce((light, list) => {
    const rows = listIn(settings, list)
    return isLongList(rows) ? withList(light, list, piecesOf(rows, held)) : light
  }, settings)
}

interface Place {
  readonly in: Held
  readonly at: number
}

/** Rows are known again by their content. */
function piecesOf(rows: Rows, held: readonly Held[]): Pieces {
  const places = new Map<string, Place>()
  for (const one of held)
    for (const [at, row] of one.rows.entries()) {
      const key = JSON.stringify(row)
      if (!places.has(key)) places.set(key, { in: one, at })
    }
  const pieces: (Kept | { readonly rows: unknown[] })[] = []
  let last: Place | undefined
  for (const row of rows) {
    const key = JSON.stringify(row)
    const follows = last && { in: last.in, at: last.at + 1 }
    const goesOn = follows !== undefined && JSON.stringify(follows.in.rows[follows.at]) === key
    last = goesOn ? follows : places.get(key)
    const end = pieces.at(-1)
    if (!last) {
      if (end && 'rows' in end) end.rows.push(row)
      else pieces.push({ rows: [row] })
    } else if (goesOn && end && !('rows' in end)) {
      pieces[pieces.length - 1] = { ...end, count: end.count + 1 }
    } else pieces.push({ of: last.in.of, list: last.in.list, from: last.at, count: 1 })
  }
  return { pieces }
}

export function isPieces(value: unknown): value is Pieces {
  return isObject(value) && Array.isArray(value['pieces']) && value['pieces'].every(isPiece)
}

function isPiece(piece: unknown): boolean {
  if (!isObject(piece)) return false
  if ('rows' in piece) return Array.isArray(piece['rows'])
  const { of, list, from, count } = piece
  return typeof of === 'string' && LONG_LISTS.some(one => one === list) && isIndex(from) && isIndex(count)
}

function isIndex(value: unknown): boolean {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
}

function isLongList(rows: unknown): rows is Rows {
  return Array.isArray(rows) && rows.length > LONG
}
