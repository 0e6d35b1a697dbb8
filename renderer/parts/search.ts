/** What is searched for on the page, and whether words hold it. */
import { createContext, useContext } from 'react'

export const SearchContext = createContext('')

/** True while nothing is searched for. */
export function useFound(...words: readonly string[]): boolean {
  return holds(useContext(SearchContext), ...words)
}

export function holds(searched: string, ...words: readonly string[]): boolean {
  const wanted = searched.trim().toLowerCase()
  return wanted === '' || words.join(' ').toLowerCase().includes(wanted)
}
