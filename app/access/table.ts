/** Where an address is looked up: the whole space, a word of 32 bits at a time (a multibit trie over ranges). */

/** Cell i holds the words from its start to before the next start; the first one starts at 0. */
export interface Table {
  readonly starts: Uint32Array
  /** Where to look: the words in equal parts, for each the cell in which it begins, and after them the last cell. */
  readonly index: Uint32Array
  /** How far a word is shifted to the right to have the number of its part. */
  readonly shift: number
  /** The row of the cell, counted from 1; 0 where none decides. */
  readonly rows: Uint32Array
  /** By cell, where the next word of the address decides; such a cell holds one word. Undefined where no cell has one. */
  readonly next: readonly (Table | undefined)[] | undefined
}

/** Words of 32 bits, the first one first: one for IPv4, four for IPv6. */
export type Words = Uint32Array

/** The row of the range that holds the address. O(log n) in the worst case, about constant in most. */
export function lookUp(table: Table, words: Words): number {
  for (let level = 0; ; level++) {
    const cell = cellAt(table, words[level] ?? 0)
    const next = table.next?.[cell]
    if (!next) return table.rows[cell] ?? 0
    table = next
  }
}

/** The same for addresses of one word. */
export function rowOf(table: Table, word: number): number {
  return table.rows[cellAt(table, word)] ?? 0
}

/** Of ranges from each start to before the next one, the first of which starts at 0; `words` has `width` for each. */
export function makeTable(words: Uint32Array, rows: Uint32Array, width: number): Table {
  return tableOf({ words, rows, width }, 0, rows.length, 0, rows[0] ?? 0)
}

interface Starts {
  readonly words: Uint32Array
  readonly rows: Uint32Array
  readonly width: number
}

/** For the starts `from` to before `to`, which have the same words before `level`; `row` holds where they begin. */
function tableOf(all: Starts, from: number, to: number, level: number, row: number): Table {
  const { words, width } = all
  const starts: number[] = []
  const rows: number[] = []
  const next: (Table | undefined)[] = []
  const open = (start: number, held: number) => {
    starts.push(start)
    rows.push(held)
  }
  if (words[from * width + level] !== 0) open(0, row)
  for (let at = from, held = row; at < to; ) {
    const word = words[at * width + level] ?? 0
    let end = at + 1
    while (end < to && words[end * width + level] === word) end++
    const last = all.rows[end - 1] ?? 0
    open(word, last)
    if (end - at > 1 || !endsInZeros(all, at, level + 1)) {
      next[starts.length - 1] = tableOf(all, at, end, level + 1, held)
      // After that word the last of its rows goes on.
      const follower = end < to ? words[end * width + level] : 2 ** 32
      if (follower !== word + 1) open(word + 1, last)
    }
    held = last
    at = end
  }
  const cells = Uint32Array.from(starts)
  const { index, shift } = indexOf(cells)
  const tables = next.length > 0 ? starts.map((_, cell) => next[cell]) : undefined
  return { starts: cells, index, shift, rows: Uint32Array.from(rows), next: tables }
}

function endsInZeros({ words, width }: Starts, at: number, level: number): boolean {
  for (let word = at * width + level; word < (at + 1) * width; word++) if (words[word] !== 0) return false
  return true
}

function cellAt({ starts, index, shift }: Table, word: number): number {
  const part = word >>> shift
  let low = index[part] ?? 0
  let high = (index[part + 1] ?? 0) + 1
  while (high - low > 1) {
    const middle = (low + high) >>> 1
    if ((starts[middle] ?? 0) <= word) low = middle
    else high = middle
  }
  return low
}

/** A power of two of parts, about as many as cells, and at most 2^16: they take little time to make. */
function indexOf(starts: Uint32Array): Pick<Table, 'index' | 'shift'> {
  const bits = Math.min(16, 33 - Math.clz32(starts.length))
  const shift = 32 - bits
  const index = new Uint32Array(2 ** bits + 1)
  let at = 0
  for (let part = 0; part < 2 ** bits; part++) {
    while ((starts[at + 1] ?? 2 ** 32) <= part * 2 ** shift) at++
    index[part] = at
  }
  index[2 ** bits] = starts.length - 1
  return { index, shift }
}
