/** A draft that was begun from settings with every default filled in, as it would be written by hand: without them. */
import { same } from './change.ts'
import { isObject } from './path.ts'

/**
 * `filled` is `raw` with its defaults. What the draft leaves as it was is written as in `raw`, or not at all; what it
 * changes stands as in the draft.
 */
export function thin(raw: unknown, filled: unknown, draft: unknown): unknown {
  if (raw !== undefined && same(filled, draft)) return raw
  if (isObject(raw) && isObject(filled) && isObject(draft)) return thinObject(raw, filled, draft)
  if (Array.isArray(raw) && Array.isArray(filled) && Array.isArray(draft)) return thinList(raw, filled, draft)
  return draft
}

type Fields = Readonly<Record<string, unknown>>

function thinObject(raw: Fields, filled: Fields, draft: Fields): Fields {
  const entries = Object.entries(draft).flatMap(([key, value]) => {
    if (Object.hasOwn(raw, key)) return [[key, thin(raw[key], filled[key], value)] as const]
    const isDefault = Object.hasOwn(filled, key) && same(filled[key], value)
    return isDefault ? [] : [[key, value] as const]
  })
  return Object.fromEntries(entries)
}

/** An entry that stood elsewhere in the list before is known again by its content, a changed one by its place. */
function thinList(raw: readonly unknown[], filled: readonly unknown[], draft: readonly unknown[]): unknown[] {
  const left = new Set(raw.keys())
  const places = placesOf(filled)
  const found = draft.map(entry => {
    // A list may be long: no entry is compared with all the others.
    const at = places.get(contentOf(entry))?.shift()
    if (at !== undefined) left.delete(at)
    return at
  })
  return draft.map((entry, index) => {
    const at = found[index]
    if (at !== undefined) return raw[at]
    return left.has(index) ? thin(raw[index], filled[index], entry) : entry
  })
}

/** Where each content stands, from the top. */
function placesOf(list: readonly unknown[]): ReadonlyMap<string, number[]> {
  const places = new Map<string, number[]>()
  for (const [index, entry] of list.entries()) {
    const content = contentOf(entry)
    const there = places.get(content)
    if (there) there.push(index)
    else places.set(content, [index])
  }
  return places
}

/** The same text for entries that are `same`: names in order. */
function contentOf(entry: unknown): string {
  return JSON.stringify(entry, (_name, value: unknown) =>
    isObject(value)
      ? Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)))
      : value,
  )
}
