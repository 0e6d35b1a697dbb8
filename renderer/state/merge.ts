/** A draft carried over to settings that were changed elsewhere meanwhile. */
import { alike, isRecord } from './paths.ts'

/** What `mine` changed of `base`, on top of `theirs`; where both changed the same place, mine stands. */
export function merge<Value>(base: Value, mine: Value, theirs: Value): Value {
  return mergeAny(base, mine, theirs) as Value
}

function mergeAny(base: unknown, mine: unknown, theirs: unknown): unknown {
  if (alike(mine, base)) return theirs
  if (alike(theirs, base)) return mine
  if (isRecord(mine) && isRecord(theirs)) return mergeRecords(isRecord(base) ? base : {}, mine, theirs)
  if (Array.isArray(mine) && Array.isArray(theirs) && Array.isArray(base)) {
    const sameLength = mine.length === theirs.length && base.length === mine.length
    return sameLength ? mine.map((entry, index) => mergeAny(base[index], entry, theirs[index])) : mine
  }
  return mine
}

function mergeRecords(
  base: Readonly<Record<string, unknown>>,
  mine: Readonly<Record<string, unknown>>,
  theirs: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const keys = new Set([...Object.keys(theirs), ...Object.keys(mine)])
  const entries = [...keys].map(key => [key, mergeAny(base[key], mine[key], theirs[key])] as const)
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined))
}
