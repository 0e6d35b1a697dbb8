/** The word a person probably meant, for “did you mean”. */

/** The candidate nearest to `word`, without case; undefined when none is near. */
export function closest(word: string, candidates: readonly string[]): string | undefined {
  if (word.length > 60) return undefined
  const wanted = word.toLowerCase()
  const near = candidates
    .map(candidate => ({ candidate, edits: editsBetween(wanted, candidate.toLowerCase()) }))
    .filter(({ candidate, edits }) => edits <= Math.max(1, Math.floor(candidate.length / 3)))
  return near.sort((one, other) => one.edits - other.edits)[0]?.candidate
}

/** Levenshtein's distance, where two letters swapped count as one edit. */
function editsBetween(one: string, other: string): number {
  let earlier: number[] = []
  let last = Array.from({ length: other.length + 1 }, (_, column) => column)
  for (let row = 1; row <= one.length; row++) {
    const next = [row]
    for (let column = 1; column <= other.length; column++) {
      const same = one[row - 1] === other[column - 1] ? 0 : 1
      const swapped = row > 1 && one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1]
      next[column] = Math.min(
        at(last, column) + 1,
        at(next, column - 1) + 1,
        at(last, column - 1) + same,
        swapped ? at(earlier, column - 2) + 1 : Number.POSITIVE_INFINITY,
      )
    }
    earlier = last
    last = next
  }
  return at(last, other.length)
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Number.POSITIVE_INFINITY
}
