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

  /** What was lost first; of each file the earlier lines first. */
  get listed(): readonly Remark[] {
    const files = [...new Set([...this.#lost, ...this.#notes].map(({ file }) => file))]
    const byPlace = (one: Remark, other: Remark) =>
      files.indexOf(one.file) - files.indexOf(other.file) || one.line - other.line
    return [...this.#lost.toSorted(byPlace), ...this.#notes.toSorted(byPlace)]
  }
}

/** `line 3`, `main.cf, line 3` or `the file`. */
export function placeOf({ file, line }: Pick<Remark, 'file' | 'line'>): string {
  const where = line === 0 ? [] : [`line ${line}`]
  return [...(file === undefined ? [] : [file]), ...where].join(', ') || 'the file'
}

function remark(line: number, lost: boolean, text: string, file: string | undefined): Remark {
  return { ...(file === undefined ? {} : { file }), line, lost, text }
}
