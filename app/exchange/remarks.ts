/** What is said of an import, each with its line: what couldn't be taken, and what is to be known. */

export interface Remark {
  /** Absent where there is one file only. */
  readonly file?: string
  /** Counted from 1; 0 for the file as a whole. */
  readonly line: number
  /** Whether something was written there that the import doesn't have. */
  readonly lost: boolean
  /** One sentence. */
  readonly text: string
  /** The beginning of the line, as it stood in the list itself. */
  readonly excerpt?: string
}

/** Kept of each kind; the others are counted. */
const LISTED = 500

/** Collects them: bounded, however many lines are wrong. */
export class Remarks {
  readonly #lost: Remark[] = []
  readonly #notes: Remark[] = []
  #lostCount = 0
  #noteCount = 0

  /** What stood there couldn't be taken. */
  lose(line: number, text: string, file?: string): void {
    this.#lostCount += 1
    if (this.#lost.length < LISTED) this.#lost.push(remark(line, true, text, file))
  }

  /** It was taken, but there is something to know. */
  note(line: number, text: string, file?: string): void {
    this.#noteCount += 1
    if (this.#notes.length < LISTED) this.#notes.push(remark(line, false, text, file))
  }

  get lostCount(): number {
    return this.#lostCount
  }

  get count(): number {
    return this.#lostCount + this.#noteCount
  }

  /** As `inOrder`. */
  get listed(): readonly Remark[] {
    return inOrder([...this.#lost, ...this.#notes])
  }
}

/** `line 3`, `lines 1-4, 9`: runs joined, and of very many the first. */
export function linesInWords(lines: readonly number[]): string {
  const runs: (readonly [number, number])[] = []
  for (const line of lines) {
    const [first, last] = runs.at(-1) ?? []
    if (first !== undefined && last !== undefined && line <= last + 1) runs[runs.length - 1] = [first, line]
    else runs.push([line, line])
  }
  const words = runs.slice(0, RUNS).map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`))
  const more = runs.length > RUNS ? ` and ${lines.length} in all` : ''
  return `${lines.length === 1 ? 'line' : 'lines'} ${words.join(', ')}${more}`
}

/** Runs of lines named in one sentence. */
const RUNS = 200

/** What was lost first; then the list itself before the tables that it names, and of each file the earlier lines first. */
export function inOrder(remarks: readonly Remark[]): readonly Remark[] {
  return remarks.toSorted(
    (one, other) =>
      Number(other.lost) - Number(one.lost) ||
      compare(one.file ?? '', other.file ?? '') ||
      one.line - other.line,
  )
}

function compare(one: string, other: string): number {
  return one === other ? 0 : one < other ? -1 : 1
}

/** `line 3`, `main.cf, line 3` or `the file`. */
export function placeOf({ file, line }: Pick<Remark, 'file' | 'line'>): string {
  const where = line === 0 ? [] : [`line ${line}`]
  return [...(file === undefined ? [] : [file]), ...where].join(', ') || 'the file'
}

function remark(line: number, lost: boolean, text: string, file: string | undefined): Remark {
  return { ...(file === undefined ? {} : { file }), line, lost, text }
}
