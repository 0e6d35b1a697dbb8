/** The rows of a list that hold the words searched for; a long list is searched a few rows at a time. */
import { useEffect, useMemo, useState } from 'react'
import { holds } from '../parts/search.ts'
import type { AccessRow } from '../state/settings.ts'
import { rowWords } from './rows.ts'

/** Rows searched at once: a few milliseconds. */
const atOnce = 2000

interface Search {
  readonly rows: readonly AccessRow[]
  readonly searched: string
  readonly found: readonly number[]
}

/** Places, ascending; undefined where nothing is searched for. Those of a long list come as they are found. */
export function useFound(rows: readonly AccessRow[], searched: string): readonly number[] | undefined {
  const [search, setSearch] = useState<Search>()
  const first = useMemo(() => placesIn(rows, searched, 0), [rows, searched])
  useEffect(() => {
    if (searched === '' || rows.length <= atOnce) return
    let found = placesIn(rows, searched, 0)
    let at = atOnce
    const look = () => {
      found = found.concat(placesIn(rows, searched, at))
      at += atOnce
      if (at >= rows.length) setSearch({ rows, searched, found })
      else timer = setTimeout(look)
    }
    let timer = setTimeout(look)
    return () => clearTimeout(timer)
  }, [rows, searched])
  if (searched === '') return undefined
  return search?.rows === rows && search.searched === searched ? search.found : first
}

function placesIn(rows: readonly AccessRow[], searched: string, from: number): readonly number[] {
  if (searched === '') return []
  return rows
    .slice(from, from + atOnce)
    .flatMap((row, at) => (holds(searched, rowWords(row), row.comment) ? [from + at] : []))
}

/** Of ascending places. */
export function isAmong(places: readonly number[], place: number): boolean {
  let [low, high] = [0, places.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((places[middle] ?? 0) < place) low = middle + 1
    else high = middle
  }
  return places[low] === place
}
